//! The settings that may change while the program runs: their keys, what values they take, and where they are.

use crate::{
    config::{ChatCommands, Commands, Confirm, Limits, Message, Settings, Signin, Unfollow},
    core::error::{CoreError, FieldError, Problem},
};

/// The longest value as text, in characters: see `setting_values.new_value`.
const VALUE_MAX_CHARS: usize = 1_000;
/// The longest name of the site.
const NAME_MAX_CHARS: usize = 64;

/// The groups of settings that hold such settings.
#[derive(Debug, Clone)]
pub struct Values {
    pub signin: Signin,
    pub message: Message,
    pub limits: Limits,
    pub words: ChatCommands,
    /// The name that people see where the account has none of its own. Empty: the account's.
    pub site_name: String,
}

impl Values {
    /// Those of the environment, the file and the defaults.
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            signin: settings.signin.clone(),
            message: settings.message.clone(),
            limits: settings.limits.clone(),
            words: settings.chat.commands.clone(),
            site_name: settings.wechat.account_name.clone(),
        }
    }
}

/// The values that a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number, both ends included.
    Number { min: i64, max: i64 },
    /// Words of a chat command, separated by commas; none switches it off.
    Words,
    /// A text of at most so many characters; it may be empty.
    Text(usize),
}

/// A setting that may change while the program runs.
#[derive(Debug)]
pub struct Definition {
    /// As in the settings file: `signin.confirm`.
    pub key: &'static str,
    pub kind: Kind,
    read: fn(&Values) -> String,
    /// Only called with a text that [`Definition::checked`] accepted.
    write: fn(&mut Values, &str),
}

macro_rules! number {
    ($key:literal, $min:literal, $max:literal, $group:ident.$field:ident) => {
        Definition {
            key: $key,
            kind: Kind::Number { min: $min, max: $max },
            read: |values| values.$group.$field.to_string(),
            write: |values, text| values.$group.$field = text.parse().unwrap_or_default(),
        }
    };
}

macro_rules! words {
    ($key:literal, $field:ident) => {
        Definition {
            key: $key,
            kind: Kind::Words,
            read: |values| values.words.$field.join(", "),
            write: |values, text| values.words.$field = split(text),
        }
    };
}

const CONFIRM: [(&str, Confirm); 3] =
    [("always", Confirm::Always), ("risky", Confirm::Risky), ("never", Confirm::Never)];
const UNFOLLOW: [(&str, Unfollow); 3] =
    [("keep", Unfollow::Keep), ("signout", Unfollow::Signout), ("delete", Unfollow::Delete)];

/// All of them, in the order of the settings file.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        key: "wechat.account-name",
        kind: Kind::Text(NAME_MAX_CHARS),
        read: |values| values.site_name.clone(),
        write: |values, text| text.clone_into(&mut values.site_name),
    },
    Definition {
        key: "signin.confirm",
        kind: Kind::Choice(&["always", "risky", "never"]),
        read: |values| name_of(&CONFIRM, values.signin.confirm),
        write: |values, text| set(&CONFIRM, text, &mut values.signin.confirm),
    },
    Definition {
        key: "signin.unfollow",
        kind: Kind::Choice(&["keep", "signout", "delete"]),
        read: |values| name_of(&UNFOLLOW, values.signin.unfollow),
        write: |values, text| set(&UNFOLLOW, text, &mut values.signin.unfollow),
    },
    number!("signin.welcome-credits", 0, 1_000_000, signin.welcome_credits),
    number!("message.keep-days", 0, 3650, message.keep_days),
    words!("chat.commands.help", help),
    words!("chat.commands.code", code),
    words!("chat.commands.me", me),
    words!("chat.commands.list", list),
    words!("chat.commands.show", show),
    words!("chat.commands.add", add),
    words!("chat.commands.edit", edit),
    words!("chat.commands.delete", delete),
    words!("chat.commands.on", on),
    words!("chat.commands.off", off),
    words!("chat.commands.password", password),
    words!("chat.commands.unbind", unbind),
    words!("chat.commands.undo", undo),
    words!("chat.commands.more", more),
    words!("chat.commands.redeem", redeem),
    words!("chat.commands.check-in", check_in),
    number!("limits.guesses-per-session", 1, 20, limits.guesses_per_session),
    number!("limits.wrong-codes-per-address", 1, 1000, limits.wrong_codes_per_address),
    number!("limits.wrong-codes-per-minute", 1, 100_000, limits.wrong_codes_per_minute),
    number!("limits.slowed-guesses-per-minute", 1, 100_000, limits.slowed_guesses_per_minute),
    number!("limits.unbound-codes-per-hour", 1, 100_000, limits.unbound_codes_per_hour),
    number!("limits.sent-codes-per-minute", 1, 1000, limits.sent_codes_per_minute),
    number!("limits.password-failures-per-minute", 1, 100_000, limits.password_failures_per_minute),
    number!("limits.new-sessions-per-minute", 1, 100_000, limits.new_sessions_per_minute),
    number!("limits.chat-codes-per-minute", 1, 1000, limits.chat_codes_per_minute),
    number!("limits.qr-codes-per-minute", 0, 100_000, limits.qr_codes_per_minute),
    number!("limits.qr-codes-per-day", 0, 100_000_000, limits.qr_codes_per_day),
    number!("limits.requests-per-second", 1, 100_000, limits.requests_per_second),
    number!("limits.event-streams-per-session", 1, 100, limits.event_streams_per_session),
];

impl Definition {
    /// The setting of this key; `None` if it does not change while the program runs.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        DEFINITIONS.iter().find(|of| of.key == key)
    }

    /// Its value as text.
    #[must_use]
    pub fn read(&self, values: &Values) -> String {
        (self.read)(values)
    }

    /// Sets it, if the text is a value that it takes and that fits beside the others.
    ///
    /// # Errors
    /// A field error of `value`, or of `command_words`.
    pub fn write(&self, values: &mut Values, text: &str) -> Result<(), CoreError> {
        let text = self.checked(text)?;
        let before = self.read(values);
        (self.write)(values, &text);
        if self.kind == Kind::Words && Commands::new(&values.words).is_err() {
            (self.write)(values, &before);
            return Err(CoreError::field_error("command_words", Problem::Malformed));
        }
        Ok(())
    }

    /// The text in the form in which it is stored.
    fn checked(&self, text: &str) -> Result<String, CoreError> {
        let text = text.trim();
        let problem = match self.kind {
            _ if text.chars().count() > VALUE_MAX_CHARS => Problem::TooLong(VALUE_MAX_CHARS),
            Kind::Text(most) if text.chars().count() > most => Problem::TooLong(most),
            Kind::Text(_) if text.chars().any(char::is_control) => Problem::Malformed,
            Kind::Text(_) => return Ok(text.to_owned()),
            Kind::Words => return Ok(split(text).join(", ")),
            _ if text.is_empty() => Problem::Empty,
            Kind::Choice(words) if words.contains(&text) => return Ok(text.to_owned()),
            Kind::Choice(_) => Problem::Malformed,
            Kind::Number { min, max } => match text.parse::<i64>() {
                Ok(n) if (min..=max).contains(&n) => return Ok(n.to_string()),
                Ok(_) => Problem::OutOfRange(min, max),
                Err(_) => Problem::Malformed,
            },
        };
        Err(CoreError::Invalid(vec![FieldError { field: "value", problem }]))
    }
}

fn name_of<T: Copy + PartialEq>(all: &[(&str, T)], value: T) -> String {
    all.iter().find(|(_, known)| *known == value).map(|(name, _)| (*name).to_owned()).unwrap_or_default()
}

fn set<T: Copy>(all: &[(&str, T)], name: &str, value: &mut T) {
    if let Some((_, known)) = all.iter().find(|(known, _)| *known == name) {
        *value = *known;
    }
}

/// The words of a list that people write with any comma.
fn split(text: &str) -> Vec<String> {
    let words = text.split([',', '，', '、', '\n']).map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Checked, catalog};

    fn values() -> Values {
        Values::of(&Settings::default())
    }

    #[test]
    fn every_setting_is_in_the_file_with_this_default() {
        let all = catalog();
        for of in DEFINITIONS {
            let known = all.iter().find(|known| known.key == of.key).unwrap_or_else(|| panic!("{}", of.key));
            assert_eq!(of.read(&values()), known.default, "{}", of.key);
            assert!(of.write(&mut values(), &known.default).is_ok(), "{}", of.key);
        }
    }

    /// What the console takes, the file takes too: otherwise a value could not be moved there.
    #[test]
    fn the_ranges_are_those_of_the_file() {
        let numbers = DEFINITIONS.iter().filter_map(|of| match of.kind {
            Kind::Number { min, max } => Some((of, min, max)),
            _ => None,
        });
        for (of, min, max) in numbers {
            for n in [min, max] {
                let mut changed = values();
                of.write(&mut changed, &n.to_string()).unwrap();
                assert_eq!(of.read(&changed), n.to_string());
                let (signin, message, limits) = (changed.signin, changed.message, changed.limits);
                assert!(
                    Checked::new(Settings { signin, message, limits, ..Settings::default() }).is_ok(),
                    "{} {n}",
                    of.key
                );
            }
            for wrong in
                [(min - 1).to_string(), (max + 1).to_string(), "many".to_owned(), String::new(), "1.5".to_owned()]
            {
                let mut same = values();
                assert!(of.write(&mut same, &wrong).is_err(), "{} {wrong}", of.key);
                assert_eq!(of.read(&same), of.read(&values()), "{}", of.key);
            }
        }
    }

    #[test]
    fn words_are_separated_by_any_comma_and_belong_to_one_command() {
        let (help, undo) =
            (Definition::find("chat.commands.help").unwrap(), Definition::find("chat.commands.undo").unwrap());
        let mut values = values();
        help.write(&mut values, " 帮助，说明、 sign help ,\n？ ").unwrap();
        assert_eq!(help.read(&values), "帮助, 说明, sign help, ？");
        for wrong in ["列表", "1234", "确认", &"长".repeat(30)] {
            assert!(help.write(&mut values, wrong).is_err(), "{wrong}");
        }
        assert_eq!(help.read(&values), "帮助, 说明, sign help, ？");
        undo.write(&mut values, "").unwrap();
        assert_eq!(undo.read(&values), "");
    }
}
