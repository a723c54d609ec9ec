//! Texts of the settings page.

use crate::core::setting::Origin;

crate::texts! {
    /// The settings page.
    pub struct SettingTexts {
        title: "设置" / "Settings",
        note: "改完马上生效，每一台服务器 1 秒内" / "In force at once, on every server within a second",
        order: "环境变量优先于这里，这里优先于设置文件，设置文件优先于默认值。环境变量设定的，这里改不了。"
            / "The environment wins over this page, this page over the settings file, and the file over the defaults. What the environment sets cannot be changed here.",
        live: "随时可改" / "Change at any time",
        fixed: "重启后生效" / "Need a restart",
        fixed_text: "在设置文件或环境变量里改，然后重启。" / "Change them in the settings file or the environment, then restart.",
        signin: "登录与关注" / "Sign-in and followers",
        words: "聊天命令" / "Chat commands",
        words_text: "词之间用逗号隔开；每种语言的第一个词会写在帮助里；留空就停用这个命令。" / "Separate words by commas. Help shows the first word of each language; an empty field switches the command off.",
        limits: "限额" / "Limits",
        limits_text: "防止猜验证码、猜密码和刷请求。改小了，已经在等的人也会受限。" / "Against guessing and floods. A lower limit also counts for people who are already waiting.",
        save: "保存" / "Save",
        unset: "撤回到{origin}" / "Back to the {origin}",
        saved: "已保存：{name}" / "Saved: {name}",
        only_environment: "这一项由环境变量设定，不能在这里改" / "The environment sets this value; it can’t be changed here",
        same: "没有变化" / "Nothing changed",
        undone: "已撤销：{name}" / "Undone: {name}",
        undo: "撤销" / "Undo",
        by_environment: "由 {name} 设定" / "Set by {name}",
        hidden: "已设置" / "Set",
        empty: "空" / "Empty",
        name: "设置" / "Setting",
        value: "现在的值" / "Value",
        origin: "来自" / "From",
        origin_default: "默认值" / "default",
        origin_file: "设置文件" / "settings file",
        origin_console: "这里" / "this page",
        history: "修改记录" / "History",
        history_none: "还没有改过。" / "Nothing has been changed yet.",
        who: "谁" / "Who",
        when: "时间" / "When",
        change: "修改" / "Change",
        gone: "已删除的用户" / "A deleted user",
        from_file: "（没有在这里设定）" / "(not set here)",
        is_undo: "撤销" / "Undo",
        always: "每次都问" / "Always ask",
        risky: "换了浏览器或地址才问" / "Ask in a new browser or place",
        never: "不问" / "Never ask",
        keep: "保留账号" / "Keep the account",
        signout: "退出所有浏览器" / "Sign out everywhere",
        delete_account: "删除账号" / "Delete the account",
        site_name: "站点名称" / "Name of the site",
        site_name_text: "显示在登录页和标题里，最多 64 个字。公众号自己有名称时，用公众号的。" / "Shown on the sign-in page and in titles, up to 64 characters. An account with a name of its own shows that one.",
        confirm: "扫码登录要不要确认" / "Confirm sign-ins in the chat",
        confirm_text: "首次注册、绑定和管理员总是要确认。不问时，骗人扫码的人能登录对方的账号。" / "First registrations, binding and admins are always asked. Without a question, an attacker whose QR code a person scans is signed in as that person.",
        unfollow: "取消关注以后" / "After an unfollow",
        unfollow_text: "选「删除账号」时，取消关注会连同规则和积分一起删掉，不能恢复。" / "“Delete the account” also deletes rules and credits, for good.",
        welcome_credits: "新关注送的积分" / "Credits for a new follower",
        welcome_credits_text: "每个人只送一次。" / "Each person gets them once.",
        keep_days: "聊天内容保存几天" / "Days that messages are kept",
        keep_days_text: "0 表示不保存。改小后，旧内容在几分钟内删除，撤销也找不回来。" / "0: never stored. With a smaller number older contents are deleted within minutes; undo does not bring them back.",
        help: "帮助" / "Help",
        code: "验证码" / "Code",
        me: "我的账号" / "My account",
        list: "列出规则" / "List rules",
        show: "查看规则" / "Show a rule",
        add: "添加规则" / "Add a rule",
        edit: "修改规则" / "Edit a rule",
        delete: "删除规则" / "Delete rules",
        on: "开启" / "Switch on",
        off: "关闭" / "Switch off",
        password: "改密码" / "Reset the password",
        unbind: "解绑" / "Unlink WeChat",
        undo_rule: "撤销修改" / "Undo a change",
        more: "更多" / "More",
        redeem: "兑换" / "Redeem a code",
        check_in: "签到" / "Check in",
        guesses: "一次登录最多试几个验证码" / "Codes tried in one sign-in",
        wrong_address: "每个地址每分钟输错的验证码" / "Wrong codes a minute and address",
        wrong_minute: "所有人每分钟输错的验证码" / "Wrong codes a minute in total",
        slowed: "超过以后每分钟还可以试" / "Guesses a minute beyond the total",
        unbound: "没有打开网页时每小时输错的验证码" / "Wrong codes an hour without a page",
        sent: "每个人每分钟在聊天里发错的验证码" / "Wrong codes a minute sent by a follower",
        failures: "每个地址每分钟输错的密码" / "Wrong passwords a minute and address",
        sessions: "每个地址每分钟开始的登录" / "New sign-ins a minute and address",
        chat_codes: "每个人每分钟要的验证码" / "Codes a minute that a follower requests",
        qr_minute: "每分钟生成的二维码" / "QR codes a minute",
        qr_day: "每天生成的二维码" / "QR codes a day",
        requests: "每个人每秒的请求" / "Requests a second of one user",
        streams: "一次登录同时打开的网页" / "Pages open at a time for one sign-in",
    }
}

impl SettingTexts {
    /// The name of a setting that may change at any time; the key of another one.
    pub fn name_of<'a>(&self, key: &'a str) -> &'a str {
        match key {
            "wechat.account-name" => self.site_name,
            "signin.confirm" => self.confirm,
            "signin.unfollow" => self.unfollow,
            "signin.welcome-credits" => self.welcome_credits,
            "message.keep-days" => self.keep_days,
            "chat.commands.help" => self.help,
            "chat.commands.code" => self.code,
            "chat.commands.me" => self.me,
            "chat.commands.list" => self.list,
            "chat.commands.show" => self.show,
            "chat.commands.add" => self.add,
            "chat.commands.edit" => self.edit,
            "chat.commands.delete" => self.delete,
            "chat.commands.on" => self.on,
            "chat.commands.off" => self.off,
            "chat.commands.password" => self.password,
            "chat.commands.unbind" => self.unbind,
            "chat.commands.undo" => self.undo_rule,
            "chat.commands.more" => self.more,
            "chat.commands.redeem" => self.redeem,
            "chat.commands.check-in" => self.check_in,
            "limits.guesses-per-session" => self.guesses,
            "limits.wrong-codes-per-address" => self.wrong_address,
            "limits.wrong-codes-per-minute" => self.wrong_minute,
            "limits.slowed-guesses-per-minute" => self.slowed,
            "limits.unbound-codes-per-hour" => self.unbound,
            "limits.sent-codes-per-minute" => self.sent,
            "limits.password-failures-per-minute" => self.failures,
            "limits.new-sessions-per-minute" => self.sessions,
            "limits.chat-codes-per-minute" => self.chat_codes,
            "limits.qr-codes-per-minute" => self.qr_minute,
            "limits.qr-codes-per-day" => self.qr_day,
            "limits.requests-per-second" => self.requests,
            "limits.event-streams-per-session" => self.streams,
            other => other,
        }
    }

    /// What a setting does, where its name does not say it.
    pub fn about(&self, key: &str) -> Option<&'static str> {
        match key {
            "wechat.account-name" => Some(self.site_name_text),
            "signin.confirm" => Some(self.confirm_text),
            "signin.unfollow" => Some(self.unfollow_text),
            "signin.welcome-credits" => Some(self.welcome_credits_text),
            "message.keep-days" => Some(self.keep_days_text),
            _ => None,
        }
    }

    /// A choice; any other value as it is.
    pub fn value_of<'a>(&self, value: &'a str) -> &'a str {
        match value {
            "always" => self.always,
            "risky" => self.risky,
            "never" => self.never,
            "keep" => self.keep,
            "signout" => self.signout,
            "delete" => self.delete_account,
            other => other,
        }
    }

    /// Where a value comes from.
    pub fn origin_of(&self, origin: &Origin) -> String {
        match origin {
            Origin::Default => self.origin_default.to_owned(),
            Origin::File => self.origin_file.to_owned(),
            Origin::Console => self.origin_console.to_owned(),
            Origin::Environment(name) => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SettingTexts;
    use crate::{core::setting::DEFINITIONS, text::Lang};

    #[test]
    fn every_setting_that_may_change_has_a_name() {
        for lang in [Lang::Zh, Lang::En] {
            for of in DEFINITIONS {
                assert_ne!(SettingTexts::of(lang).name_of(of.key), of.key);
            }
        }
    }
}
