//! Texts of resetting a password.

crate::texts! {
    /// The page that resets a forgotten password.
    pub struct Forgot {
        title: "忘记密码" / "Forgot password",
        how: "用绑定的微信，在公众号{name}里发「改密」，就会收到验证码" / "Send “password” to the account {name} from the linked WeChat to get a code",
        how_nameless: "用绑定的微信，在公众号里发「改密」，就会收到验证码" / "Send “password” to the account from the linked WeChat to get a code",
        code_hint: "公众号发给你的 {n} 位数字" / "The {n} digits that the account sent you",
        password_hint: "至少 8 位，别用常见密码" / "At least 8 characters; avoid common passwords",
        new_password: "新密码" / "New password",
        submit: "设置新密码" / "Set new password",
        all_out: "设置后，所有浏览器都要重新登录。" / "You will have to sign in again in every browser.",
        done: "新密码已设置，请登录" / "Your new password is set. Please sign in",
        remembered: "想起来了？登录" / "Remembered it? Sign in",
    }
}
