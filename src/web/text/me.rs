//! Texts of the personal centre.

crate::texts! {
    /// The personal centre.
    pub struct Me {
        title: "个人中心" / "My account",
        id: "用户编号" / "User id",

        wechat: "微信" / "WeChat",
        wechat_none: "还没有绑定微信。绑定后可以扫码登录，忘记密码也能自己设置。"
            / "No WeChat is linked. With one you sign in by a scan and can set a forgotten password yourself.",
        wechat_bind: "绑定微信" / "Link WeChat",
        followed: "已关注" / "Following",
        unfollowed: "已取消关注" / "Not following",
        open_id: "OpenID" / "OpenID",
        since: "关注时间" / "Following since",

        replies_on: "我的自动回复已开启" / "My replies are on",
        replies_off: "我的自动回复已关闭" / "My replies are off",
        replies_note: "关闭后，你发的消息只由公众号的规则回答" / "When off, only the account’s own rules answer you",
        turn_on: "开启" / "Turn on",
        turn_off: "关闭" / "Turn off",
        manage: "管理规则" / "Manage rules",

        profile: "资料" / "Profile",
        password: "修改密码" / "Change the password",
        password_first: "设置用户名和密码" / "Set a username and a password",
        password_first_note: "设置后可以不用微信登录，也可以解绑微信。" / "With them you can sign in without WeChat, and unlink it.",
        password_note: "修改后，其他浏览器都要重新登录。" / "Every other browser will have to sign in again.",
        old_password: "旧密码" / "Old password",
        new_password: "新密码" / "New password",
        password_hint: "至少 8 个字，不要用太常见的" / "At least 8 characters, and no common one",
        password_save: "保存密码" / "Save the password",
        profile_save: "保存资料" / "Save the profile",

        sessions: "登录的浏览器" / "Signed-in browsers",
        browser: "浏览器" / "Browser",
        address: "地址" / "Address",
        seen: "最近使用" / "Last used",
        current: "当前" / "This one",
        revoke: "退出" / "Sign out",
        revoke_one: "退出 {browser}（{address}）" / "Sign out {browser} ({address})",
        revoke_others: "退出其他浏览器" / "Sign out the others",

        ledger: "积分明细" / "Credits",
        ledger_none: "还没有积分变动。关注公众号就送积分。" / "Nothing yet. Following the account earns credits.",
        reason: "事由" / "What for",
        change: "变动" / "Change",
        balance: "余额" / "Balance",
        reason_welcome: "关注公众号" / "Following the account",
        kind_grant: "发放" / "Granted",
        kind_spend: "使用" / "Spent",
        kind_refund: "退回" / "Refunded",
        kind_adjust: "调整" / "Adjusted",

        data: "我的数据" / "My data",
        export: "下载我的数据" / "Download my data",
        export_note: "资料、规则、积分与消息，JSON 格式" / "Profile, rules, credits and messages, as JSON",
        delete: "删除账号" / "Delete my account",
        delete_note: "规则、积分和消息一起删除，不能恢复" / "With rules, credits and messages; cannot be undone",

        unbind_title: "解绑微信？" / "Unlink your WeChat?",
        unbind_text: "解绑后不能再用它登录，公众号也不再用你的规则回答它。积分和规则留在账号里。"
            / "It can no longer sign you in, and your rules no longer answer it. Credits and rules stay with the account.",
        unbind_yes: "解绑微信" / "Unlink WeChat",
        unbind_needs_password: "先设置用户名和密码，再解绑：否则就没有办法登录了" / "Set a username and a password first: otherwise you could not sign in any more",

        delete_title: "删除账号？" / "Delete your account?",
        delete_text: "资料、规则、积分、消息和登录都会删除，不能恢复。微信仍然关注公众号，但不再有账号。"
            / "Profile, rules, credits, messages and sign-ins are deleted for good. Your WeChat still follows the account, without being a user.",
        delete_label: "输入“{name}”以确认" / "Type “{name}” to confirm",
        delete_yes: "永久删除我的账号" / "Delete my account for good",

        // What the next page says.
        signed_out: "已退出登录" / "You are signed out",
        password_set: "密码已保存，其他浏览器已退出" / "The password is saved; other browsers are signed out",
        revoked: "已退出" / "Signed out",
        unbound: "微信已解绑" / "Your WeChat is unlinked",
        deleted: "账号已删除" / "Your account is deleted",
    }
}
