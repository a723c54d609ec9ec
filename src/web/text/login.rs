//! Texts of the sign-in page.

crate::texts! {
    /// The sign-in page.
    pub struct Login {
        title: "登录" / "Sign in",
        wechat: "微信登录" / "Sign in with WeChat",
        wechat_note: "扫码或发送几位数字，不用密码" / "Scan, or send a few digits. No password needed",
        or: "或者" / "or",
        no_account: "还没有账号？" / "No account yet?",
        register: "注册一个" / "Register",
        forgot: "忘记密码？" / "Forgot password?",
        done: "登录成功" / "You are signed in",
    }
}
