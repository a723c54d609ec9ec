//! Texts of the page that waits for a phone.

crate::texts! {
    /// The waiting page of a sign-in session.
    pub struct Signin {
        title_register: "关注公众号，完成注册" / "Follow the account to register",
        title_login: "微信登录" / "Sign in with WeChat",
        title_bind: "绑定微信" / "Link WeChat",

        // First method: scan.
        scan: "打开微信“扫一扫”" / "Scan with WeChat",
        scan_follow: "打开微信“扫一扫”，关注公众号，在聊天里确认" / "Scan with WeChat, follow the account and confirm in the chat",
        long_press: "长按二维码，选“识别图中的二维码”" / "Press and hold the code, then tap “Extract QR code”",
        qr_alt: "用微信扫描的二维码" / "QR code to scan with WeChat",
        account_alt: "公众号的二维码" / "The account’s QR code",
        account_scan: "还没关注？先扫这个码关注公众号" / "Not following yet? Scan this code to follow the account",
        valid: "{n} 分钟内有效" / "Valid for {n} minutes",

        // Second method: send digits.
        send: "用微信把这 {n} 位数字发送给公众号「{name}」" / "On WeChat, send these {n} digits to the account “{name}”",
        send_nameless: "用微信把这 {n} 位数字发送给公众号" / "On WeChat, send these {n} digits to the account",
        send_instead: "扫不了码？" / "Can’t scan?",
        waiting_send: "等待你在微信里发送" / "Waiting for your message",

        // Third method: type a code.
        type_hint: "在公众号里发送“验证码”，把收到的数字填在这里" / "Send “code” to the account and enter the digits you get",
        type_title: "也可以输入验证码" / "Or enter a code",
        guesses_left: "{error}，还可以再试 {n} 次" / "{error}. {n} tries left",

        // Progress.
        not_yet: "还没有收到你的扫码或消息。做完以后稍等一下，再点“下一步”。" / "We haven’t received your scan or message yet. Once done, wait a moment and press “Next” again.",
        followed: "关注并确认后，页面会自己继续。" / "This page continues automatically once you have confirmed.",
        reloads: "页面会自己刷新。" / "This page reloads automatically.",
        stay: "停止刷新" / "Stop reloading",
        back: "返回" / "Back",

        // Ended sessions.
        agreed: "手机上已确认" / "Confirmed on your phone",
        expired: "已过期" / "Expired",
        expired_text: "二维码和数字都失效了，换一个再试。" / "The QR code and the digits have expired. Get new ones and try again.",
        refused: "已在手机上拒绝" / "Refused on the phone",
        refused_text: "没有登录，什么都没有发生。点错了的话，换一个再试。" / "You were not signed in and nothing was changed. If that was a mistake, get a new code and try again.",
        refused_register: "没有注册，什么都没有发生。点错了的话，重新填写再试。" / "No account was created and nothing was changed. If that was a mistake, fill in the form again.",
        renew: "换一个" / "Get a new code",
        registered: "这个微信已经有账号了" / "This WeChat already has an account",
        registered_text: "没有重复注册。直接用微信登录；用户名和密码可以在个人中心设置。"
            / "No second account was created. Sign in with WeChat; you can set a username and password in your account.",
        taken: "用户名刚刚被别人注册了" / "This username was just taken",
        taken_text: "换一个用户名，再来一次。" / "Choose another one and try again.",
        taken_do: "重新填写" / "Fill in again",
        bound: "没有绑定" / "Not linked",
        bound_text: "这个微信属于别的账号，或者你的账号已绑定另一个微信。先解绑，再试一次。"
            / "This WeChat belongs to another account, or yours is linked to another WeChat. Unlink it first, then try again.",
        disabled: "账号已被停用" / "This account is disabled",
        disabled_text: "现在不能登录，请联系管理员。" / "You cannot sign in now. Please contact the administrator.",
        guesses: "试错次数太多" / "Too many wrong codes",
        guesses_text: "为了安全，这一次已经作废。换一个，再从头来。" / "For security, this code is no longer valid. Get a new one and start again.",
        failed: "没有成功" / "Something went wrong",
        failed_text: "换一个再试。" / "Get a new code and try again.",

        // Notices on the next page.
        over: "已过期或已完成，请重新开始" / "This has expired or was already completed. Please start again",
        linked: "微信已绑定" / "WeChat linked",
    }
}
