//! Texts of the account page.

crate::texts! {
    /// The account page.
    pub struct Me {
        title: "个人中心" / "My account",
        pass: "我的会员卡" / "My membership card",
        level_until: "到 {date}" / "until {date}",
        number: "编号 {id}" / "No. {id}",

        wechat: "微信" / "WeChat",
        wechat_unlinked: "未绑定" / "Not linked",
        wechat_none: "还没有绑定微信。绑定后可以扫码登录，忘记密码也能自己设置。"
            / "No WeChat is linked. Link one to sign in by scanning and to reset a forgotten password.",
        wechat_bind: "绑定微信" / "Link WeChat",
        followed: "已关注" / "Following",
        unfollowed: "已取消关注" / "Not following",
        open_id: "OpenID" / "OpenID",
        since: "关注时间" / "Following since",

        other: "这个微信的另一个账号" / "Another account of this WeChat",
        other_note: "两个账号各用各的，不会自动合并。想合并，用这个微信给公众号发送「合并账号」，看清楚再确认。"
            / "The accounts are not merged automatically. To merge them, send “join accounts” to the Official Account from this WeChat, and confirm there.",
        other_number: "账号 {id}" / "Account {id}",
        other_named: "{name}（账号 {id}）" / "{name} (account {id})",

        own_replies: "我的自动回复" / "My replies",
        replies_note: "关掉后只用公众号的规则" / "When off, only the account’s rules answer",
        manage: "管理规则" / "Manage rules",
        rules: "{n} 条" / "{n}",

        profile: "资料" / "Profile",
        password_cell: "密码" / "Password",
        password_set_already: "已设置" / "Set",
        password_unset: "未设置" / "Not set",
        password: "修改密码" / "Change password",
        password_first: "设置用户名和密码" / "Set a username and password",
        password_first_note: "设置后可以不用微信登录，也可以解绑微信。" / "Then you can sign in without WeChat, or unlink it.",
        password_note: "修改后，其他浏览器都要重新登录。" / "You will have to sign in again in all other browsers.",
        old_password: "旧密码" / "Old password",
        new_password: "新密码" / "New password",
        password_hint: "至少 8 位，别用常见密码" / "At least 8 characters; avoid common passwords",
        password_save: "保存密码" / "Save password",
        profile_save: "保存资料" / "Save profile",

        devices: "登录的设备" / "Devices",
        devices_count: "{n} 台" / "{n}",
        devices_others: "其他 {n} 台" / "{n} more",
        devices_unknown: "有不认识的？先退出它，再" / "Don’t recognize one? Sign it out, then ",
        devices_password: "修改密码" / "change your password",
        browser: "浏览器" / "Browser",
        address: "地址" / "Address",
        door: "登录方式：{door}" / "{door}",
        door_password: "密码" / "Password",
        door_wechat: "微信" / "WeChat",
        door_register: "注册" / "Registration",
        door_unknown: "未记录" / "Not recorded",
        seen: "最近使用" / "Last used",
        current: "这台" / "This device",
        revoke: "退出" / "Sign out",
        revoke_one: "退出 {browser}（{address}）" / "Sign out {browser} ({address})",
        revoke_others: "退出其他 {n} 台" / "Sign out {n} others",

        ledger: "积分明细" / "Credits",
        ledger_today: "今天 {n}" / "{n} today",
        ledger_empty: "还没有积分变动" / "No credits yet",
        ledger_none: "关注公众号就送积分。" / "Follow the account to earn some.",
        reason: "事由" / "Reason",
        change: "变动" / "Change",
        balance: "余额" / "Balance",
        balance_after: "余额 {n}" / "Balance {n}",

        export: "下载我的数据" / "Download my data",
        delete: "删除账号" / "Delete my account",

        unbind_title: "解绑微信？" / "Unlink your WeChat?",
        unbind_text: "解绑后不能再用它登录，用它登录的浏览器都会退出，公众号也不再用你的规则回答它。积分和规则留在账号里。"
            / "You can no longer sign in with it, browsers signed in with it are signed out, and your rules no longer answer it. Your account keeps its credits and rules.",
        unbind_yes: "解绑微信" / "Unlink WeChat",
        unbind_needs_password: "先设置用户名和密码，再解绑：否则就没有办法登录了" / "Set a username and password first. Otherwise you could no longer sign in",

        delete_title: "真的要删除账号吗？" / "Delete your account?",
        delete_final: "删除以后找不回来。" / "This cannot be undone.",
        delete_along: "会一起删除" / "Also deleted",
        delete_rules: "自动回复规则" / "Reply rules",
        delete_rest: "资料、消息、登录、绑定" / "Profile, messages, sign-ins, linked WeChat",
        delete_all: "全部" / "All",
        delete_export: "先下载我的数据" / "Download my data first",
        delete_text: "微信仍然关注公众号，但不再有账号。运行日志和旧备份里的记录，最多再留 {days} 天。"
            / "Your WeChat will still follow the Official Account. Logs and older backups expire within {days} days.",
        delete_label: "输入“{name}”以确认" / "Type “{name}” to confirm",
        delete_no: "不删了" / "Keep it",
        delete_yes: "永久删除" / "Delete for good",

        // Notices on the next page.
        signed_out: "已退出登录" / "You are signed out",
        password_set: "密码已保存，其他设备已退出" / "Password saved. Other devices were signed out",
        revoked: "已退出" / "Signed out",
        unbound: "微信已解绑，用它登录的浏览器已退出" / "WeChat unlinked. Browsers signed in with it were signed out",
        unbound_signed_out: "微信已解绑，请用用户名和密码登录" / "WeChat unlinked. Sign in with your username and password",
        deleted: "账号已删除" / "Your account has been deleted",
    }
}
