//! Texts of the first start.

crate::texts! {
    /// The page that makes the first admin.
    pub struct Setup {
        title: "创建管理员" / "Create the administrator",
        note: "这是第一个管理员，能管理所有用户和公众号规则。这个链接只能用一次。"
            / "This is the first administrator, who manages all users and the account’s rules. The link works once.",
        submit: "创建并登录" / "Create and sign in",
        done: "管理员已创建" / "The administrator is created",
        spent: "链接无效或已用过" / "This link is wrong or was used",
        spent_do: "重新启动程序会打印新的链接；已经有管理员时，请直接登录。"
            / "A restart prints a new one. If there is an administrator already, please sign in.",
    }
}
