//! Texts of the front page.

crate::texts! {
    /// The front page.
    pub struct Home {
        title: "首页" / "Home",
        hero: "关注即注册，扫码即登录" / "Follow to sign up. Scan to sign in.",
        lead: "扫一扫、点确认，网页自己登录。每个人都能设置自己的自动回复，发给公众号就有回应。"
            / "Scan and confirm, and the page signs you in. Everyone can set up their own replies and get them in the chat.",
        point_scan: "扫码登录" / "Scan to sign in",
        point_scan_text: "不用记密码。扫不了码时，把网页上的数字发给公众号也一样。"
            / "No password to remember. Can’t scan? Send the digits on the page to the account.",
        point_reply: "自动回复" / "Auto-reply",
        point_reply_text: "写下关键词和回复，马上生效。在聊天里也能查看自己的等级与积分。"
            / "Add a keyword and its reply; it takes effect immediately. Check your level and credits in the chat.",
        point_safe: "你说了算" / "You are in control",
        point_safe_text: "登录前在手机上确认；哪些浏览器登录过一目了然，数据可以下载，账号可以删除。"
            / "Confirm each sign-in on your phone. Review your browsers, download your data, or delete your account at any time.",
        try_sandbox: "没有公众号？先在沙箱里试试" / "No Official Account yet? Try the sandbox",
    }
}
