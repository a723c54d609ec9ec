//! Texts of the command menu.

crate::texts! {
    /// The command menu.
    pub struct CommandMenu {
        title: "快速跳转" / "Go to",
        hint: "去哪里，找什么" / "Go to a page or search",
        accounts: "公众号自动回复" / "Official Account auto-reply",
        find_rules: "在我的规则里找“{text}”" / "Find “{text}” in my rules",
        find_account_rules: "在公众号规则里找“{text}”" / "Find “{text}” in the account’s rules",
        find_users: "找用户“{text}”" / "Find user “{text}”",
    }
}
