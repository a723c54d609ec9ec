//! Settings of the chat: the words of its commands.

use serde::Deserialize;

/// The chat.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Chat {
    pub commands: ChatCommands,
}

/// The chat commands. An empty list disables a command.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ChatCommands {
    pub help: Vec<String>,
    /// Requests a code to type into a page.
    pub code: Vec<String>,
    pub me: Vec<String>,
    pub list: Vec<String>,
    pub show: Vec<String>,
    pub add: Vec<String>,
    pub edit: Vec<String>,
    pub delete: Vec<String>,
    pub on: Vec<String>,
    pub off: Vec<String>,
    /// Requests a code to reset a forgotten password.
    pub password: Vec<String>,
    pub unbind: Vec<String>,
    pub undo: Vec<String>,
    /// Requests the rest of a long reply.
    pub more: Vec<String>,
    /// Redeems a code. Off unless it has words.
    pub redeem: Vec<String>,
    /// Checks in for the day. Off unless it has words.
    pub check_in: Vec<String>,
}

impl ChatCommands {
    /// The words of the commands that are off, as the operator may switch them on.
    #[must_use]
    pub fn suggested(&self) -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let or = |given: &Vec<String>, all: Vec<String>| if given.is_empty() { all } else { given.clone() };
        Self {
            redeem: or(&self.redeem, words(&["兑换", "redeem"])),
            check_in: or(&self.check_in, words(&["签到", "check in", "checkin"])),
            ..self.clone()
        }
    }
}

impl Default for ChatCommands {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            help: words(&["帮助", "？", "菜单", "help"]),
            code: words(&["验证码", "登录", "登陆", "注册", "code", "login", "sign in", "register", "sign up"]),
            me: words(&["我的", "me"]),
            list: words(&["列表", "list"]),
            show: words(&["查看", "show"]),
            add: words(&["添加", "add"]),
            edit: words(&["修改", "edit"]),
            delete: words(&["删除", "delete"]),
            on: words(&["开启", "on"]),
            off: words(&["关闭", "off"]),
            password: words(&["改密", "改密码", "忘记密码", "password", "reset password"]),
            unbind: words(&["解绑", "unbind"]),
            undo: words(&["撤销", "undo"]),
            more: words(&["更多", "more"]),
            redeem: Vec::new(),
            check_in: Vec::new(),
        }
    }
}
