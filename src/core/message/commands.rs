//! What a message asks of the account, and what stands behind it.

mod args;

pub use crate::config::{Command, Commands};
pub use args::{Args, Invocation, parted};

impl Commands {
    /// Parses a typed message; `None` if it is not a command.
    #[must_use]
    pub fn read(&self, message: &str) -> Option<Invocation> {
        args::read(self, message)
    }

    /// The command that would answer a message before any rule, whether or not a question is open; `None` if rules may
    /// answer.
    ///
    /// For editors: an exact keyword equal to such a message never answers, and a starts-with keyword not always.
    #[must_use]
    pub fn shadow(&self, keyword: &str) -> Option<Command> {
        let invocation = self.read(keyword)?;
        (!matches!(invocation.command, Command::Confirm | Command::Refuse | Command::More | Command::Join))
            .then_some(invocation.command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("取消注册", Command::Unregister),
        ] {
            assert_eq!(commands.shadow(keyword), Some(command), "{keyword}");
        }
        for free in ["列表很长", "查看日程", "1", "取消", "添加剂", "价格"] {
            assert_eq!(commands.shadow(free), None, "{free}");
        }
    }
}
