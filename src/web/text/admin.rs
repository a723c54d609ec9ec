//! Texts of the console's frame.

crate::texts! {
    /// The console.
    pub struct Console {
        title: "管理后台" / "Console",
        users: "用户" / "Users",
        replies: "公众号规则" / "Account rules",
    }
}
