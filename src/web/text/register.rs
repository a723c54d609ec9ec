//! Texts of the registration page.

crate::texts! {
    /// The page that begins a registration.
    pub struct Register {
        title: "注册" / "Sign up",
        says: "起个名字，设个密码" / "Pick a name and a password",
        state: "两步就好，下一步用微信关注" / "Two steps. Next, follow on WeChat",
        username_hint: "2 到 32 个字，可以用中文" / "2 to 32 characters; letters of any language are allowed",
        password_hint: "至少 8 位，别用常见密码" / "At least 8 characters; avoid common passwords",
        wechat: "用微信直接登录" / "Continue with WeChat",
        or: "或者" / "or",
        has_account: "已有账号？登录" / "Have an account? Sign in",
        follow_next: "下一步，在微信里点「关注」" / "Next, tap Follow in WeChat",
        follow: "关注" / "Follow",
        account_about: "公众号" / "WeChat Official Account",
        tick_follow: "关注就注册好了，不用手机号，不用邮箱" / "Following signs you up. No phone number, no e-mail",
        tick_credits: "新朋友送 {n} 积分" / "{n credit|credits} to start with",
        tick_forgot: "忘了密码，给公众号发「改密」就能重设" / "Forgot your password? Send “password” to the account",
        done: "注册成功，欢迎！" / "Welcome! Your account is ready",
    }
}
