//! Texts of the channel in the chat.

use crate::{
    core::Ctx,
    text::{Lang, fill},
    texts,
};

texts! {
    /// Texts of the channel.
    pub struct ChannelTexts {
        more: "（还有 {n} 条，回复任意内容继续）" / "({n} more. Send anything to continue.)",
        reminder: "不到两小时后，我就不能给你发消息了。回复任意内容继续。" / "In less than two hours I can no longer send you messages. Send anything to continue.",
        needs_login: "你的个人微信通道断开了，自己的规则在个人微信里暂时不回复。重新扫码就能恢复：{site}me/wechat"
            / "Your personal WeChat channel was disconnected, and your rules do not reply there. Scan again to reconnect: {site}me/wechat",
    }
}

/// The hint behind the last message that the window allows.
pub(super) fn more(lang: Lang, waiting: i64) -> String {
    fill(ChannelTexts::of(lang).more, &[("n", &waiting.to_string())])
}

/// The message two hours before the window ends.
pub(super) fn reminder(lang: Lang) -> String {
    ChannelTexts::of(lang).reminder.to_owned()
}

/// The message of the Official Account about a connection that needs a new sign-in.
pub(super) fn needs_login(ctx: &Ctx, lang: Lang) -> String {
    fill(ChannelTexts::of(lang).needs_login, &[("site", ctx.settings.public_url.as_str())])
}
