//! Texts of the front page.

crate::texts! {
    /// The front page.
    pub struct Home {
        title: "首页" / "Home",
        hero: "关注公众号，就是注册" / "Follow the account, and you are in",
        lead: "扫一扫、点确认，网页自己登录。每个人都能设置自己的自动回复，发给公众号就有回应。"
            / "Scan, confirm, and the page signs in by itself. Everybody can set up replies of their own and gets them in the chat.",
        point_scan: "扫码登录" / "Scan to sign in",
        point_scan_text: "不用记密码。扫不了码时，把网页上的数字发给公众号也一样。"
            / "No password to remember. Where scanning is not possible, send the digits on the page to the account.",
        point_reply: "自动回复" / "Auto-reply",
        point_reply_text: "写下关键词和回复，马上生效。在聊天里也能查看自己的等级与积分。"
            / "Write a keyword and its reply; it works at once. Level and credits can be asked for in the chat.",
        point_safe: "你说了算" / "You decide",
        point_safe_text: "登录前在手机上确认；哪些浏览器登录过一目了然，数据可以下载，账号可以删除。"
            / "Your phone confirms each sign-in. See every browser, download your data, delete your account.",
        try_sandbox: "没有公众号？先在沙箱里试试" / "No account at WeChat? Try it in the sandbox",
    }
}
