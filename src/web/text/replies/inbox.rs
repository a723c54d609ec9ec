//! Texts of the inbox of messages that no rule answered.

crate::texts! {
    /// Messages that no rule answered.
    pub struct Inbox {
        title: "没有答上的消息" / "Unanswered messages",
        note_own: "你发给公众号、但没有关键词规则回答的消息，最常见的在前。" / "What you wrote that no keyword rule answered, the most frequent first.",
        note_account: "大家发来、但没有关键词规则回答的消息，最常见的在前。" / "What people wrote that no keyword rule answered, the most frequent first.",
        message: "消息" / "Message",
        times: "次数" / "Times",
        last: "最近一次" / "Last time",
        make: "据此建规则" / "Make a rule",
        make_one: "用“{text}”建一条规则" / "Make a rule of “{text}”",
        ignore: "忽略" / "Ignore",
        ignore_one: "忽略“{text}”" / "Ignore “{text}”",
        try_one: "试一试“{text}”" / "Try “{text}”",
        ignored: "已忽略“{text}”，以后再有人发会重新出现" / "“{text}” is ignored; when it is written again, it comes back",
        gone: "这些消息已经不在列表里了" / "These messages are not in the list any more",
        empty: "没有遗漏" / "Nothing was missed",
        empty_text: "每条消息都有规则回答。" / "A rule answered every message.",
        not_kept: "按设置，消息内容不保存，所以这里总是空的。把保留天数设为 1 天以上就能看到。" / "By its settings, Weida keeps no contents, so this list is always empty. Keep them for a day or more to see them here.",
        most: "只列出最常见的 {n} 组。" / "Only the {n} most frequent ones are shown.",
        log: "逐条查看" / "One by one",
    }
}
