//! Texts of the message log.

use crate::core::message::AnsweredBy;

crate::texts! {
    /// The message log.
    pub struct Messages {
        title: "收到的消息" / "Messages",
        note_own: "你发给公众号的消息，和每一条为什么这样回答。" / "Messages you sent to the account, and why each got its reply.",
        note_account: "发给公众号的消息，和每一条为什么这样回答。" / "Messages sent to the account, and why each got its reply.",
        kept: "消息内容保留 {days} 天。" / "Message contents are kept for {days} days.",
        not_kept: "按设置，消息内容不保存。" / "Message contents are not stored.",
        one: "一条消息" / "Message details",
        back: "全部消息" / "All messages",

        filter: "筛选消息" / "Filter messages",
        all: "全部" / "All",
        unanswered: "未命中" / "Unanswered",
        of_rule: "规则 {n} 回答的" / "Answered by rule {n}",

        message: "消息" / "Message",
        who: "谁" / "Who",
        not_registered: "未注册的粉丝" / "Not registered",
        answer: "回答" / "Reply",
        took: "用时" / "Duration",
        took_ms: "{n} 毫秒" / "{n} ms",
        took_less: "<1 毫秒" / "<1 ms",
        when: "时间" / "When",
        why: "为什么" / "Why",
        forgotten: "内容没有保存" / "Not stored",
        no_trace: "这条消息没有保存判断过程，或者已经过了保留期。" / "The trace of this message was not stored or has been deleted.",
        again: "现在再试一次" / "Try it now",
        older: "更早的消息" / "Older",
        newest: "最新的消息" / "Newest",

        empty: "还没有消息" / "No messages yet",
        empty_text: "有人给公众号发消息后，这里会列出来。" / "Messages sent to the account appear here.",
        nothing: "没有这样的消息" / "No matching messages",

        by_command: "聊天命令" / "Chat command",
        by_signin: "登录" / "Sign-in",
        by_own: "本人的规则" / "User’s rule",
        by_account: "公众号规则" / "Account rule",
        by_default: "收到消息回复" / "Default reply",
        by_follow: "被关注回复" / "Welcome reply",
        by_none: "未命中" / "Unanswered",
    }
}

impl Messages {
    /// What answered.
    pub fn answered_by(&self, by: AnsweredBy) -> &'static str {
        match by {
            AnsweredBy::Command => self.by_command,
            AnsweredBy::Signin => self.by_signin,
            AnsweredBy::OwnRule => self.by_own,
            AnsweredBy::AccountRule => self.by_account,
            AnsweredBy::Default => self.by_default,
            AnsweredBy::Follow => self.by_follow,
            AnsweredBy::None => self.by_none,
        }
    }
}
