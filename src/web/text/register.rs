//! Texts of registering.

crate::texts! {
    /// The page that begins a registration.
    pub struct Register {
        title: "注册" / "Register",
        step_fill: "填写" / "Fill in",
        step_follow: "关注" / "Follow",
        step_done: "完成" / "Done",
        username_hint: "2 到 32 个字，可以用中文" / "2 to 32 letters or digits of any script",
        password_hint: "至少 8 个字，不要用太常见的" / "At least 8 characters, and no common one",
        follows: "下一步用微信关注公众号，账号就建好了。" / "Next you follow the account on WeChat, and that is all.",
        has_account: "已有账号？" / "Have an account?",
        done: "注册成功，欢迎！" / "Welcome! Your account is ready",
    }
}
