//! Texts of the page that reviews access set up before the user signed in with their own WeChat.

crate::texts! {
    /// The review of an account's access.
    pub struct Review {
        title: "这些是你设置的吗？" / "Did you set these up?",
        note: "你用自己的微信登录了「{name}」。下面是在这之前设置的，不认识的就结束。"
            / "You signed in to “{name}” with your own WeChat. Everything below was set up before that. Revoke what you don’t recognize.",
        end: "结束" / "Revoke",
        end_one: "结束：{what}" / "Revoke: {what}",
        end_all: "全部结束" / "Revoke all",
        keep: "都是我设置的，继续" / "This is all mine, continue",
        go_on: "继续" / "Continue",
        nothing: "没有要检查的了" / "Nothing left to review",
        nothing_note: "现在只有你的微信能登录这个账号。" / "Now only your WeChat can sign in to this account.",

        password: "密码" / "Password",
        password_of: "用户名 {name} 的密码" / "Password of {name}",
        password_note: "结束后用微信登录，密码可以重新设置" / "If revoked, you sign in with WeChat and can set a new one",
        browsers: "其他登录的浏览器" / "Other signed-in browsers",
        tokens: "令牌" / "Tokens",
        tokens_all: "给其他程序的令牌" / "Tokens given to other programs",
        tokens_note: "结束后，那些程序要重新登录" / "If revoked, those programs have to sign in again",
        rules: "自动回复规则" / "Auto-reply rules",
        rules_note: "结束的规则只是停用，可以再启用。" / "Revoked rules are only disabled. You can enable them again.",
        rules_more: "还有 {n} 条规则没有列出。结束的规则只是停用，可以再启用。"
            / "{n} more rules are not listed. Revoked rules are only disabled. You can enable them again.",

        ended: "已结束" / "Revoked",
        all_ended: "已全部结束，只有这个浏览器还登录着" / "All revoked. Only this browser is still signed in",
        due: "有密码、登录或规则是在你用微信登录之前设置的" / "A password, sign-ins or rules were set up before you signed in with WeChat",
        due_link: "检查一下" / "Review",
        cell: "检查密码、登录和规则" / "Review password, sign-ins and rules",
        cell_note: "不认识的可以一次结束" / "Revoke what you don’t recognize",
    }
}
