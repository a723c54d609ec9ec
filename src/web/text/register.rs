//! Texts of the registration page.

crate::texts! {
    /// The page that begins a registration.
    pub struct Register {
        title: "注册" / "Register",
        step_fill: "填写" / "Fill in",
        step_follow: "关注" / "Follow",
        step_done: "完成" / "Done",
        username_hint: "2 到 32 个字，可以用中文" / "2 to 32 characters; letters of any language are allowed",
        password_hint: "至少 8 位，别用常见密码" / "At least 8 characters; avoid common passwords",
        follows: "下一步用微信关注公众号，在聊天里点一下确认，账号就建好了。" / "Next, follow the account on WeChat and confirm in the chat to create your account.",
        has_account: "已有账号？" / "Already have an account?",
        done: "注册成功，欢迎！" / "Welcome! Your account is ready",
    }
}
