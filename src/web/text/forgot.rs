//! Texts of a forgotten password.

crate::texts! {
    /// The page that sets a forgotten password.
    pub struct Forgot {
        title: "忘记密码" / "Forgotten password",
        how: "用绑定的微信，在公众号{name}里发送“改密”，就会收到验证码。" / "From the WeChat that is linked, send “password” to the account {name}: it answers with a code.",
        how_nameless: "用绑定的微信，在公众号里发送“改密”，就会收到验证码。" / "From the WeChat that is linked, send “password” to the account: it answers with a code.",
        code_hint: "公众号发给你的 {n} 位数字" / "The {n} digits that the account sent you",
        password_hint: "至少 8 个字，不要用太常见的" / "At least 8 characters, and no common one",
        new_password: "新密码" / "New password",
        submit: "设置新密码" / "Set the new password",
        all_out: "设置后，所有浏览器都要重新登录。" / "Every browser will have to sign in again.",
        done: "新密码已设置，请登录" / "The new password is set. Please sign in",
        remembered: "想起来了？" / "Remembered it?",
    }
}
