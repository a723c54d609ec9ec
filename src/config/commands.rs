//! The words of the chat commands.
//!
//! The operator may rename or disable commands (`[chat.commands]`); the answers to questions are fixed. A command never matches an
//! ordinary sentence: `列表很长` and `查看日程` are not commands.

use super::ChatCommands;
use crate::text::{Lang, fold::fold};
use std::collections::HashMap;

/// A command in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    Help,
    /// A code to type into a page.
    Code,
    Me,
    /// A page of the user's rules.
    List,
    /// One rule.
    Show,
    Add,
    Edit,
    /// Deletes rules, after a question.
    Delete,
    /// Switches all of the user's rules, or single ones.
    On,
    Off,
    /// A code to set a forgotten password.
    Password,
    /// Unbinds this WeChat from the account, after a question.
    Unbind,
    /// Undoes the user's last change of rules.
    Undo,
    /// The rest of a long answer.
    More,
    /// Redeems a code.
    Redeem,
    /// The check-in of the day.
    CheckIn,
    /// Yes. A command only while a question is open.
    Confirm,
    /// No. A command only while a question is open.
    Refuse,
    /// Undoes a registration of the last day, after a question.
    Unregister,
    /// Joins two accounts of this user, after a question. A command only if there are two.
    Join,
}

impl Command {
    /// All commands that the operator may rename, in the order of the help.
    pub const NAMED: [Self; 16] = [
        Self::List,
        Self::Show,
        Self::Add,
        Self::Edit,
        Self::Delete,
        Self::On,
        Self::Off,
        Self::Undo,
        Self::Code,
        Self::Me,
        Self::Password,
        Self::Unbind,
        Self::Redeem,
        Self::CheckIn,
        Self::More,
        Self::Help,
    ];

    /// The name in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Code => "code",
            Self::Me => "me",
            Self::List => "list",
            Self::Show => "show",
            Self::Add => "add",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::On => "on",
            Self::Off => "off",
            Self::Password => "password",
            Self::Unbind => "unbind",
            Self::Undo => "undo",
            Self::More => "more",
            Self::Redeem => "redeem",
            Self::CheckIn => "check-in",
            Self::Confirm => "confirm",
            Self::Refuse => "refuse",
            Self::Unregister => "unregister",
            Self::Join => "join",
        }
    }

    fn words(self, settings: &ChatCommands) -> &[String] {
        match self {
            Self::Help => &settings.help,
            Self::Code => &settings.code,
            Self::Me => &settings.me,
            Self::List => &settings.list,
            Self::Show => &settings.show,
            Self::Add => &settings.add,
            Self::Edit => &settings.edit,
            Self::Delete => &settings.delete,
            Self::On => &settings.on,
            Self::Off => &settings.off,
            Self::Password => &settings.password,
            Self::Unbind => &settings.unbind,
            Self::Undo => &settings.undo,
            Self::More => &settings.more,
            Self::Redeem => &settings.redeem,
            Self::CheckIn => &settings.check_in,
            Self::Confirm | Self::Refuse | Self::Unregister | Self::Join => &[],
        }
    }
}

/// Commands that answer a question (the words of its links first), undo a registration or join two accounts. The operator cannot disable them: a
/// question must have an answer.
const ANSWERS: [(Command, &[&str]); 4] = [
    (
        Command::Confirm,
        &[
            "1",
            "确认",
            "是",
            "是我",
            "是我，登录",
            "是我，注册",
            "是我，绑定",
            "是我登录",
            "是我注册",
            "是我绑定",
            "确认登录",
            "确认注册",
            "确认绑定",
            "确认删除",
            "yes",
            "confirm",
            "yes, sign in",
            "yes, register",
            "yes, link",
            "yes, delete",
        ],
    ),
    (
        Command::Refuse,
        &[
            "取消",
            "拒绝",
            "不是我",
            "不是我，取消",
            "不是我取消",
            "保留账号",
            "no",
            "cancel",
            "not me, cancel",
            "keep it",
        ],
    ),
    (Command::Unregister, &["取消注册", "cancel registration"]),
    (Command::Join, &["合并账号", "join accounts"]),
];

/// The longest word, in characters.
const WORD_MAX_CHARS: usize = 20;

/// The folded words with their commands; the language is that of the answer.
#[derive(Debug)]
pub struct Commands {
    words: HashMap<String, (Command, Lang)>,
    /// The first word of each command in each language, as the operator wrote it.
    shown: HashMap<(Command, Lang), String>,
    /// Length of the longest folded word in characters.
    max_chars: usize,
}

impl Default for Commands {
    fn default() -> Self {
        // The default words are unique: a test checks it.
        Self::new(&ChatCommands::default()).unwrap_or_else(|_| Self {
            words: HashMap::new(),
            shown: HashMap::new(),
            max_chars: 0,
        })
    }
}

impl Commands {
    /// The commands with the operator's words.
    ///
    /// # Errors
    /// One line: a word that is empty, too long or a number, or that belongs to two commands.
    pub fn new(settings: &ChatCommands) -> Result<Self, String> {
        let mut commands = Self { words: HashMap::new(), shown: HashMap::new(), max_chars: 0 };
        for (command, words) in ANSWERS {
            for word in words {
                let lang = lang_of(word);
                commands.words.insert(fold(word), (command, lang));
                commands.shown.entry((command, lang)).or_insert_with(|| (*word).to_owned());
            }
        }
        for command in Command::NAMED {
            for word in command.words(settings) {
                commands.add(command, word)?;
            }
        }
        commands.max_chars = commands.words.keys().map(|word| word.chars().count()).max().unwrap_or_default();
        Ok(commands)
    }

    fn add(&mut self, command: Command, word: &str) -> Result<(), String> {
        let (key, folded, lang) = (format!("chat.commands.{}", command.as_str()), fold(word), lang_of(word));
        if folded.is_empty() || folded.chars().count() > WORD_MAX_CHARS {
            return Err(format!("{key} has the word {word:?}: it must have 1 to {WORD_MAX_CHARS} characters"));
        }
        if folded.contains(['=', ':']) || folded.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("{key} has the word {word:?}: a word is no number and has neither = nor : in it"));
        }
        match self.words.insert(folded, (command, lang)) {
            // Repeated in one list is fine.
            Some((other, _)) if other != command => Err(format!(
                "{key} has the word {word:?}, which {} has too: a word stands for one command",
                other.as_str()
            )),
            _ => {
                self.shown.entry((command, lang)).or_insert_with(|| word.trim().to_owned());
                Ok(())
            }
        }
    }

    /// Length of the longest folded word in characters.
    #[must_use]
    pub fn max_chars(&self) -> usize {
        self.max_chars
    }

    /// The command whose word is the whole folded message.
    #[must_use]
    pub fn find(&self, folded: &str) -> Option<(Command, Lang)> {
        self.words.get(folded).copied()
    }

    /// The word of a command in a language, else in the other one; `None` if it is disabled.
    #[must_use]
    pub fn word(&self, command: Command, lang: Lang) -> Option<&str> {
        let other = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
        self.shown.get(&(command, lang)).or_else(|| self.shown.get(&(command, other))).map(String::as_str)
    }
}

/// ASCII words are answered in English.
fn lang_of(word: &str) -> Lang {
    if word.chars().any(|c| c.is_ascii_alphabetic()) && word.is_ascii() { Lang::En } else { Lang::Zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_heard_in_every_width_and_case() {
        let commands = Commands::default();
        for (typed, command) in [
            ("帮助", Command::Help),
            (" HELP ", Command::Help),
            ("？", Command::Help),
            ("登陆", Command::Code),
            ("Sign  In", Command::Code),
            ("１", Command::Confirm),
            ("取消。", Command::Refuse),
            ("ＵＮＤＯ", Command::Undo),
            ("是我，登录", Command::Confirm),
            ("是我,注册。", Command::Confirm),
            ("Yes, sign in", Command::Confirm),
            ("不是我，取消", Command::Refuse),
            ("取消注册", Command::Unregister),
            ("Cancel Registration!", Command::Unregister),
        ] {
            assert_eq!(commands.find(&fold(typed)).unwrap().0, command, "{typed}");
        }
        assert!(commands.find(&fold("帮助我")).is_none());
    }

    #[test]
    fn every_command_has_words_of_its_own_in_both_languages() {
        let commands = Commands::new(&ChatCommands::default().suggested()).unwrap();
        for command in Command::NAMED {
            for lang in [Lang::Zh, Lang::En] {
                let word = commands.word(command, lang).unwrap();
                assert_eq!(commands.find(&fold(word)), Some((command, lang)));
            }
        }
    }

    #[test]
    fn codes_and_check_ins_are_off_until_they_have_words() {
        let commands = Commands::default();
        for command in [Command::Redeem, Command::CheckIn] {
            assert_eq!(commands.word(command, Lang::Zh), None);
        }
        assert!(commands.find(&fold("签到")).is_none() && commands.find(&fold("兑换")).is_none());
    }

    #[test]
    fn the_operator_renames_and_switches_off() {
        let named = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let settings = ChatCommands { list: named(&["清单"]), undo: Vec::new(), ..ChatCommands::default() };
        let commands = Commands::new(&settings).unwrap();
        assert_eq!(commands.find("清单").unwrap().0, Command::List);
        assert!(commands.find("列表").is_none() && commands.find("undo").is_none());
        assert_eq!(commands.word(Command::List, Lang::En), Some("清单"));
        assert_eq!(commands.word(Command::Undo, Lang::Zh), None);
    }

    #[test]
    fn a_word_stands_for_one_command() {
        let named = |word: &str| vec![word.to_owned()];
        let with = |word: &str| ChatCommands { list: named(word), ..ChatCommands::default() };
        let refusal = |word: &str| Commands::new(&with(word)).unwrap_err();
        assert!(refusal("ＨＥＬＰ").contains("help"), "{}", refusal("ＨＥＬＰ"));
        assert!(refusal("确认").contains("confirm"));
        for wrong in ["", "  ", "1234", "a=b", &"长".repeat(21)] {
            assert!(Commands::new(&with(wrong)).is_err(), "{wrong}");
        }
    }
}
