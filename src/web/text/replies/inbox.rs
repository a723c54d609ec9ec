//! Texts of the list of unanswered messages.

crate::texts! {
    /// Messages that no rule answered.
    pub struct Inbox {
        title: "未命中的消息" / "Unanswered messages",
        note_own: "你发给公众号、但没有关键词规则回答的消息，最常见的在前。" / "Your messages that no keyword rule answered, most frequent first.",
        note_account: "大家发来、但没有关键词规则回答的消息，最常见的在前。" / "Messages that no keyword rule answered, most frequent first.",
        message: "消息" / "Message",
        times: "次数" / "Count",
        last: "最近一次" / "Last sent",
        make: "建规则" / "Create rule",
        make_one: "建规则：“{text}”" / "Create rule: “{text}”",
        ignore: "忽略" / "Ignore",
        ignore_one: "忽略“{text}”" / "Ignore “{text}”",
        try_one: "试一试“{text}”" / "Try “{text}”",
        ignored: "已忽略“{text}”，以后再有人发会重新出现" / "“{text}” is ignored. It will reappear if it is sent again",
        gone: "这些消息已经不在列表里了" / "These messages are no longer in the list",
        empty: "没有遗漏" / "No unanswered messages",
        empty_text: "每条消息都有规则回答。" / "Every message was answered by a rule.",
        not_kept: "按设置，消息内容不保存，所以这里总是空的。把保留天数设为 1 天以上就能看到。" / "Message contents are not stored, so this list is always empty. Set the retention to one day or more to see messages here.",
        most: "只列出最常见的 {n} 组。" / "Only the {n} most frequent messages are shown.",
        log: "逐条查看" / "View all messages",
    }
}
