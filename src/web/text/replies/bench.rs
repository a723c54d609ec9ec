//! Texts of the test bench, and of traces.

use crate::core::message::trace::Fate;

crate::texts! {
    /// The test bench, and traces.
    pub struct Bench {
        title: "试一试" / "Try it",
        note_own: "像在公众号里一样发一条消息，看看会怎么回答、为什么。这里不会真的发送，也不计入命中。" / "Send a message as you would in the account’s chat to see the reply and why it was chosen. Nothing is really sent or counted.",
        note_account: "像粉丝一样发一条消息，看看公众号会怎么回答、为什么。这里不会真的发送，也不计入命中。" / "Send a message as a follower would to see the account’s reply and why it was chosen. Nothing is really sent or counted.",
        phone: "公众号" / "Official Account",
        begin: "发一条消息试试" / "Send a message to begin",
        message: "要试的消息" / "Test message",
        message_hint: "消息、菜单 key 或场景值" / "A message, menu key or scene",
        send: "发送" / "Send",
        others: "也可以试" / "More",
        others_hint: "菜单和扫码：先在输入框里写 key 或场景值。" / "Menu and scan: enter the key or scene in the field first.",
        follow: "关注" / "Follow",
        menu: "点菜单" / "Tap a menu item",
        scan: "扫码" / "Scan",
        who: "以谁的身份" / "Send as",
        who_anyone: "普通粉丝" / "Any follower",
        who_me: "我" / "Me",

        followed: "关注了公众号" / "Followed the account",
        tapped: "点了菜单“{key}”" / "Tapped the menu item “{key}”",
        scanned: "扫了二维码“{key}”" / "Scanned the code “{key}”",
        sent: "发了一条{kind}消息" / "Sent a message: {kind}",
        silent: "没有回复" / "No reply",
        drawn: "随机回复下面的一条" / "One of these, at random",
        rest_sent: "下面的接着发出" / "These are sent right after",
        rest_asked: "下面的等对方回复“{word}”" / "These are sent after “{word}”",
        rest_both: "下面的：有客服消息权限时接着发出，否则等对方回复“{word}”" / "These are sent right after if the account has permission for customer-service messages, otherwise when the user replies “{word}”",

        why: "为什么这样回答" / "Why this reply",
        why_none: "为什么没有回复" / "Why no reply",
        by_own: "本人的规则 {n}" / "User’s rule {n}",
        by_mine: "我的规则 {n}" / "My rule {n}",
        by_account: "公众号规则 {n}" / "Account rule {n}",
        by_keyword: "关键词“{keyword}”，{way}" / "keyword “{keyword}”, {way}",
        by_command: "聊天命令“{word}”" / "Chat command “{word}”",
        by_signin: "登录与验证码" / "Sign-in",
        by_default: "收到消息回复" / "Default reply",
        by_follow: "被关注回复" / "Welcome reply",
        by_none: "没有规则匹配，也没有设置收到消息回复" / "No rule matches, and no default reply is set",

        answered_by: "由谁回答" / "Answered by",
        compared: "比较时看作" / "Compared as",
        compared_note: "不分大小写和全角半角，首尾空格忽略；末尾标点忽略（半匹配除外）" / "Case, character width and surrounding spaces are ignored. So is trailing punctuation, except for “contains” keywords",
        nothing_left: "（空）" / "(nothing)",
        tried: "匹配的规则" / "Matching rules",
        tried_none: "没有规则匹配这条消息。" / "No rule matches this message.",
        make: "用它建规则" / "Create rule",
        rule: "规则" / "Rule",
        keyword: "关键词" / "Keyword",
        way: "匹配方式" / "Match",
        priority: "优先级" / "Priority",
        fate: "结果" / "Result",
        every: "任何内容" / "anything",

        fate_won: "由它回答" / "Replies",
        fate_priority: "规则 {n} 的优先级更高" / "Rule {n} has a higher priority",
        fate_matching: "规则 {n} 匹配得更准" / "Rule {n} is a closer match",
        fate_age: "规则 {n} 添加得更早" / "Rule {n} is older",
        fate_own: "本人的规则先回答" / "The user’s own rules come first",
        fate_off: "本人的自动回复已关闭" / "The user’s own replies are off",
        fate_command: "被聊天命令占用" / "A chat command comes first",
        fate_signin: "这条消息用于登录" / "The message is part of a sign-in",
        fate_mute: "它的素材都不见了，没有可发的" / "All of its files are gone, so there is nothing to send",
        fate_disabled: "匹配，但停用了" / "Matches, but is disabled",
        shadowed: "“{word}”是聊天命令，规则永远轮不到它。给规则换个关键词。" / "“{word}” is a chat command, so this rule is never used. Choose another keyword.",
    }
}

impl Bench {
    /// Why a matching rule did or did not answer; `n` is the rule that did.
    pub fn fate(&self, fate: Fate) -> &'static str {
        match fate {
            Fate::Won => self.fate_won,
            Fate::Priority => self.fate_priority,
            Fate::Matching => self.fate_matching,
            Fate::Age => self.fate_age,
            Fate::Own => self.fate_own,
            Fate::Off => self.fate_off,
            Fate::Command => self.fate_command,
            Fate::Signin => self.fate_signin,
            Fate::Mute => self.fate_mute,
            Fate::Disabled => self.fate_disabled,
        }
    }
}
