//! Texts of the messages that came in.

crate::texts! {
    /// Messages that came in.
    pub struct Messages {
        title: "收到的消息" / "Messages",
        note_own: "你发给公众号的消息，和每一条为什么这样回答。" / "What you wrote to the account, and why each was answered as it was.",
        note_account: "发给公众号的消息，和每一条为什么这样回答。" / "What was written to the account, and why each was answered as it was.",
        kept: "消息内容保留 {days} 天。" / "Contents are kept for {days} days.",
        not_kept: "按设置，消息内容不保存。" / "By its settings, Weida keeps no contents.",
        one: "一条消息" / "A message",
        back: "全部消息" / "All messages",

        filter: "筛选消息" / "Which messages",
        all: "全部" / "All",
        unanswered: "没有答上的" / "Not answered",
        of_rule: "规则 {n} 回答的" / "Answered by rule {n}",

        said: "消息" / "Message",
        who: "谁" / "Who",
        stranger: "未注册的粉丝" / "Not registered",
        user: "用户 {id}" / "User {id}",
        answer: "回答" / "Answer",
        reply_kind: "回复类型" / "Answered with",
        took: "用时" / "Took",
        took_ms: "{n} 毫秒" / "{n} ms",
        when: "时间" / "When",
        why: "为什么" / "Why",
        forgotten: "内容没有保存" / "Not kept",
        no_trace: "这条消息没有保存判断过程，或者已经过了保留期。" / "How this message was decided was not kept, or is forgotten by now.",
        again: "现在再试一次" / "Try it now",
        older: "更早的消息" / "Older",
        newest: "最新的消息" / "Newest",

        empty: "还没有消息" / "No messages yet",
        empty_text: "有人给公众号发消息后，这里会列出来。" / "Once somebody writes to the account, it is here.",
        nothing: "没有这样的消息" / "No such messages",

        by_command: "聊天命令" / "Chat command",
        by_signin: "登录" / "Signing in",
        by_own: "本人的规则" / "Their own rule",
        by_account: "公众号规则" / "The account’s rule",
        by_default: "收到消息回复" / "Reply to any message",
        by_follow: "被关注回复" / "Reply to new followers",
        by_none: "没有回复" / "Not answered",

        event: "事件" / "Event",
    }
}

impl Messages {
    /// What answered, by the log's word.
    pub fn answered_by(&self, word: &str) -> &'static str {
        match word {
            "command" => self.by_command,
            "signin" => self.by_signin,
            "own_rule" => self.by_own,
            "account_rule" => self.by_account,
            "default" => self.by_default,
            "follow" => self.by_follow,
            _ => self.by_none,
        }
    }
}
