//! The words that the account understands by itself, and what may stand behind them.
//!
//! The operator may rename commands or switch them off (`[chat.commands]`); what answers an open question is fixed. A command never
//! swallows an ordinary sentence: `列表很长` and `查看日程` are none.

mod order;

pub use order::{Order, Said, parted};

use crate::{config::ChatCommands, core::reply::fold::fold, text::Lang};
use std::collections::HashMap;

/// What a person asks of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    Help,
    /// A code to type into a page.
    Code,
    Me,
    /// A page of the person's rules.
    List,
    /// One rule.
    Show,
    Add,
    Edit,
    /// Rules go, after a question.
    Delete,
    /// The person's auto-reply, or single rules.
    On,
    Off,
    /// A code to set a forgotten password with.
    Password,
    /// The account and this WeChat part, after a question.
    Unbind,
    /// The person's last change of rules is taken back.
    Undo,
    /// The rest of a long answer.
    More,
    /// Yes. A command only while a question is open.
    Confirm,
    /// No. A command only while a question is open.
    Refuse,
}

impl Command {
    /// All that the operator may name, in the order of the help.
    pub const NAMED: [Self; 14] = [
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
        Self::More,
        Self::Help,
    ];

    /// Its name in the settings.
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
            Self::Confirm => "confirm",
            Self::Refuse => "refuse",
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
            Self::Confirm | Self::Refuse => &[],
        }
    }
}

/// What answers a question. The operator cannot take it away: a question must have an answer.
const ANSWERS: [(Command, &[&str]); 2] = [
    (Command::Confirm, &["1", "确认", "是", "yes", "confirm"]),
    (Command::Refuse, &["取消", "拒绝", "不是我", "no", "cancel"]),
];

/// The longest word, in characters.
const WORD_MAX_CHARS: usize = 20;

/// The words, folded, and what each means; the language is the one to answer in.
#[derive(Debug)]
pub struct Commands {
    words: HashMap<String, (Command, Lang)>,
    /// The first word of each command in each language, as the operator wrote it.
    shown: HashMap<(Command, Lang), String>,
    /// Characters of the longest folded word.
    max_chars: usize,
}

impl Default for Commands {
    fn default() -> Self {
        // The words of the house differ from one another: a test says so.
        Self::new(&ChatCommands::default()).unwrap_or_else(|_| Self {
            words: HashMap::new(),
            shown: HashMap::new(),
            max_chars: 0,
        })
    }
}

impl Commands {
    /// The commands under the operator's names.
    ///
    /// # Errors
    /// One line: a word that is empty, too long or a number, or that stands for two commands.
    pub fn new(settings: &ChatCommands) -> Result<Self, String> {
        let mut commands = Self { words: HashMap::new(), shown: HashMap::new(), max_chars: 0 };
        for (command, words) in ANSWERS {
            for word in words {
                commands.words.insert(fold(word), (command, lang_of(word)));
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
            // Twice in one list is once.
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

    /// The command whose word a folded message is.
    #[must_use]
    pub fn find(&self, folded: &str) -> Option<(Command, Lang)> {
        self.words.get(folded).copied()
    }

    /// How a command is written in a language, else in the other one; None where it is switched off.
    #[must_use]
    pub fn word(&self, command: Command, lang: Lang) -> Option<&str> {
        let other = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
        self.shown.get(&(command, lang)).or_else(|| self.shown.get(&(command, other))).map(String::as_str)
    }

    /// What a message asks, as it was typed; None where it is no command.
    #[must_use]
    pub fn read(&self, message: &str) -> Option<Said> {
        order::read(self, message)
    }

    /// The command that would answer a message before any rule does, whatever is open; None where rules may answer.
    ///
    /// For editors: a keyword that is such a message is reached by no message, or for one that only begins with it, not always.
    #[must_use]
    pub fn shadow(&self, keyword: &str) -> Option<Command> {
        let said = self.read(keyword)?;
        (!matches!(said.command, Command::Confirm | Command::Refuse | Command::More)).then_some(said.command)
    }
}

/// Words in letters of ASCII are answered in English.
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
        ] {
            assert_eq!(commands.find(&fold(typed)).unwrap().0, command, "{typed}");
        }
        assert!(commands.find(&fold("帮助我")).is_none());
    }

    #[test]
    fn every_command_has_words_of_its_own_in_both_languages() {
        let commands = Commands::new(&ChatCommands::default()).unwrap();
        for command in Command::NAMED {
            for lang in [Lang::Zh, Lang::En] {
                let word = commands.word(command, lang).unwrap();
                assert_eq!(commands.find(&fold(word)), Some((command, lang)));
            }
        }
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

    #[test]
    fn a_keyword_in_a_commands_way_is_told() {
        let commands = Commands::default();
        for (keyword, command) in [
            ("帮助", Command::Help),
            ("List", Command::List),
            ("列表 2", Command::List),
            ("查看 03", Command::Show),
            ("添加 a=b", Command::Add),
            ("添加", Command::Add),
        ] {
            assert_eq!(commands.shadow(keyword), Some(command), "{keyword}");
        }
        for free in ["列表很长", "查看日程", "1", "取消", "添加剂", "价格"] {
            assert_eq!(commands.shadow(free), None, "{free}");
        }
    }
}
