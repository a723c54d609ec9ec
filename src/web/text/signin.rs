//! Texts of the page that waits for a phone.

crate::texts! {
    /// The waiting page of a sign-in session.
    pub struct Signin {
        title_register: "关注公众号，完成注册" / "Follow the account to register",
        title_login: "微信登录" / "Sign in with WeChat",
        title_bind: "绑定微信" / "Link your WeChat",

        // Door 1.
        scan: "打开微信“扫一扫”" / "Scan it with WeChat",
        scan_follow: "打开微信“扫一扫”，关注公众号" / "Scan it with WeChat and follow the account",
        long_press: "长按二维码，选“识别图中的二维码”" / "Press the code long and choose to read the QR code",
        qr_alt: "用微信扫描的二维码" / "QR code to scan with WeChat",
        account_alt: "公众号的二维码" / "QR code of the account",
        account_scan: "还没关注？先扫这个码关注公众号" / "Not following yet? Scan this to follow the account",
        valid: "{n} 分钟内有效" / "Valid for {n} minutes",

        // Door 2.
        send: "用微信把这 {n} 位数字发送给公众号「{name}」" / "On WeChat, send these {n} digits to the account “{name}”",
        send_nameless: "用微信把这 {n} 位数字发送给公众号" / "On WeChat, send these {n} digits to the account",
        send_instead: "扫不了码？" / "Cannot scan?",
        waiting_send: "等待你在微信里发送" / "Waiting for your message",

        // Door 3.
        type_hint: "在公众号里发送“验证码”，把收到的数字填在这里" / "Send “code” to the account and type the digits it answers here",
        type_title: "也可以输入验证码" / "Or type a code",
        guesses_left: "{error}，还可以再试 {n} 次" / "{error}. You may try {n} more times",

        // Going on.
        not_yet: "还没有收到你的扫码或消息。做完以后稍等一下，再点“下一步”。" / "Neither a scan nor a message of yours has arrived. Once done, wait a moment and press “Next” again.",
        followed: "关注并确认后，页面会自己继续。" / "The page goes on by itself once you have confirmed.",
        reloads: "页面会自己刷新。" / "This page reloads by itself.",
        stay: "停止刷新" / "Stop reloading",
        back: "返回" / "Back",

        // Ends.
        expired: "已过期" / "Expired",
        expired_text: "二维码和数字都失效了，换一个再试。" / "The QR code and the digits are void. Get new ones and try again.",
        refused: "已在手机上拒绝" / "Refused on the phone",
        refused_text: "没有登录，什么都没有发生。点错了的话，换一个再试。" / "Nobody was let in and nothing happened. If it was a slip, get a new code and try again.",
        renew: "换一个" / "Get a new one",
        registered: "这个微信已经有账号了" / "This WeChat has an account already",
        registered_text: "没有重复注册。直接用微信登录；用户名和密码可以在个人中心设置。"
            / "Nothing was registered twice. Sign in with WeChat; name and password can be set in your account.",
        taken: "用户名刚刚被别人注册了" / "Somebody has just taken the username",
        taken_text: "换一个用户名，再来一次。" / "Choose another one and try again.",
        taken_do: "重新填写" / "Fill in again",
        bound: "没有绑定" / "Not linked",
        bound_text: "这个微信属于别的账号，或者你的账号已绑定另一个微信。先解绑，再试一次。"
            / "This WeChat belongs to another account, or yours is linked to another WeChat. Unlink it first, then try again.",
        disabled: "账号已被停用" / "The account is disabled",
        disabled_text: "现在不能登录，请联系管理员。" / "It cannot sign in now. Please ask the administrator.",
        guesses: "试错次数太多" / "Too many wrong codes",
        guesses_text: "为了安全，这一次已经作废。换一个，再从头来。" / "To be safe, this one is void. Get a new one and start again.",
        failed: "没有成功" / "It did not work",
        failed_text: "换一个再试。" / "Get a new one and try again.",

        // What the next page says.
        over: "已过期或已完成，请重新开始" / "This has expired or is done. Please start again",
        linked: "微信已绑定" / "Your WeChat is linked",
    }
}
