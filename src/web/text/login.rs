//! Texts of the sign-in page.

crate::texts! {
    /// The sign-in page.
    pub struct Login {
        title: "登录" / "Sign in",
        wechat: "微信登录" / "Sign in with WeChat",
        password: "用密码登录" / "Sign in with a password",
        or: "或" / "or",
        no_account: "没有账号？注册" / "No account? Sign up",
        forgot: "忘记密码？" / "Forgot password?",
        done: "登录成功" / "You are signed in",
    }
}
