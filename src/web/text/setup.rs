//! Texts of the first start.

crate::texts! {
    /// The page that creates the first admin.
    pub struct Setup {
        title: "创建管理员" / "Create administrator",
        note: "这是第一个管理员，能管理所有用户和公众号规则。这个链接只能用一次。"
            / "The first administrator manages all users and the account’s rules. This link can only be used once.",
        submit: "创建并登录" / "Create and sign in",
        done: "管理员已创建" / "Administrator created",
        spent: "链接无效或已用过" / "This link is invalid or was already used",
        spent_do: "重新启动程序会打印新的链接；已经有管理员时，请直接登录。"
            / "Restart the program to get a new one. If an administrator already exists, please sign in.",
    }
}
