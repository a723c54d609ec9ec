//! The words that the account understands by itself.

use crate::{core::reply::fold::fold, text::Lang};
use std::collections::HashMap;

/// What a person asks of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Help,
    /// A code to type into a page.
    Code,
    Me,
    /// A code to set a forgotten password with.
    Password,
    /// Yes, it was me. A command only while a question is open.
    Confirm,
    /// No, it was not. A command only while a question is open.
    Refuse,
}

const TABLE: &[(Command, Lang, &[&str])] = &[
    (Command::Help, Lang::Zh, &["帮助", "？", "菜单"]),
    (Command::Help, Lang::En, &["help"]),
    (Command::Code, Lang::Zh, &["验证码", "登录", "登陆", "注册"]),
    (Command::Code, Lang::En, &["code", "login", "sign in", "register", "sign up"]),
    (Command::Me, Lang::Zh, &["我的"]),
    (Command::Me, Lang::En, &["me"]),
    (Command::Password, Lang::Zh, &["改密", "改密码", "忘记密码"]),
    (Command::Password, Lang::En, &["password", "reset password"]),
    (Command::Confirm, Lang::Zh, &["1", "确认", "是"]),
    (Command::Confirm, Lang::En, &["yes", "confirm"]),
    (Command::Refuse, Lang::Zh, &["取消", "拒绝", "不是我"]),
    (Command::Refuse, Lang::En, &["no", "cancel"]),
];

/// The words, folded, and what each means; the language is the one to answer in.
#[derive(Debug)]
pub struct Commands(HashMap<String, (Command, Lang)>);

impl Default for Commands {
    fn default() -> Self {
        Self(TABLE.iter().flat_map(|(command, lang, words)| words.iter().map(|word| (fold(word), (*command, *lang)))).collect())
    }
}

impl Commands {
    /// The command that a folded message is.
    #[must_use]
    pub fn find(&self, folded: &str) -> Option<(Command, Lang)> {
        self.0.get(folded).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_heard_in_every_width_and_case() {
        let commands = Commands::default();
        for (typed, command) in [("帮助", Command::Help), (" HELP ", Command::Help), ("登陆", Command::Code), ("１", Command::Confirm), ("取消。", Command::Refuse)] {
            assert_eq!(commands.find(&fold(typed)).unwrap().0, command, "{typed}");
        }
        assert!(commands.find(&fold("帮助我")).is_none());
    }
}
