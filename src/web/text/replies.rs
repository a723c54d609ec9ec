//! Texts of the rules' editor.

crate::texts! {
    /// The editor of reply rules.
    pub struct Replies {
        title: "自动回复" / "Auto-reply",
        note_own: "你把关键词发给公众号，它就这样回答你。" / "When you send a keyword to the account, this is what it answers you.",
        note_account: "所有人发来的消息，先看本人的规则，再看这些。" / "Whoever writes is answered by rules of their own first, then by these.",
        scopes: "谁的规则" / "Whose rules",
        scope_own: "我的规则" / "My rules",
        scope_account: "公众号规则" / "The account’s rules",
        switched_off: "你的自动回复已关闭，这些规则现在不会回答。" / "Your replies are off: none of these rules answers now.",
        to_switch: "去开启" / "Turn them on",

        empty: "还没有规则" / "No rules yet",
        empty_text: "写下第一个关键词和它的回复，马上就能用。" / "Write the first keyword and its reply; it works at once.",
        empty_do: "添加第一条" / "Add the first one",

        number: "编号" / "No.",
        keywords: "关键词" / "Keywords",
        text: "回复内容" / "Reply",
        hits: "次数" / "Hits",
        changed: "修改" / "Changed",
        cause: "规则类型" / "Kind of rule",
        cause_keyword: "关键词回复" / "Keyword reply",
        cause_default: "收到消息回复（默认）" / "Reply to any message (default)",
        cause_follow: "被关注回复" / "Reply to new followers",

        add_title: "添加规则" / "Add a rule",
        add: "添加规则" / "Add the rule",
        save: "保存规则" / "Save the rule",
        keywords_hint: "一行一个；不分大小写和全角半角" / "One a line; letter case and width do not matter",
        keywords_hint_account: "一行一个；只有关键词回复才需要" / "One a line; needed by keyword replies only",
        matching: "匹配方式" / "Matching",
        exact: "全匹配：消息就是关键词" / "Equals: the message is the keyword",
        prefix: "开头匹配：消息以关键词开头" / "Starts with: the message begins with it",
        contains: "半匹配：消息里有关键词" / "Contains: the keyword is in the message",
        regex: "正则表达式" / "Regular expression",
        exact_short: "全匹配" / "equals",
        prefix_short: "开头" / "starts with",
        contains_short: "半匹配" / "contains",
        regex_short: "正则" / "regex",
        text_hint: "可以用 {vars}" / "You may use {vars}",
        text_example: "早上好！今天也要开心。" / "Good morning! Have a nice day.",
        preview: "预览" / "Preview",

        edit_title: "修改规则 {n}" / "Edit rule {n}",
        edit_one: "修改规则 {n}" / "Edit rule {n}",
        enable_one: "启用规则 {n}" / "Enable rule {n}",
        disable_one: "停用规则 {n}" / "Disable rule {n}",
        delete_one: "删除规则 {n}" / "Delete rule {n}",
        delete_title: "删除规则 {n}？" / "Delete rule {n}?",
        delete_text: "删除后不能恢复。只想暂时不用的话，可以停用。" / "It cannot be undone. To pause it, disable it instead.",

        added: "规则 {n} 已添加，马上生效" / "Rule {n} is added and works at once",
        saved: "规则 {n} 已保存" / "Rule {n} is saved",
        enabled: "规则 {n} 已启用" / "Rule {n} is on",
        disabled: "规则 {n} 已停用" / "Rule {n} is off",
        deleted: "规则 {n} 已删除" / "Rule {n} is deleted",
    }
}
