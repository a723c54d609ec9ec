//! Composes users' messages: the line in the chat, and the fields of the push. Facts: docs/WECHAT.md, 2.2.

use super::{act::Act, chat::ChatContent, credentials::letters, world::Refusal};
use crate::{
    base::rng::Rng,
    wechat::{message::UNSUPPORTED_PLACEHOLDER, xml::Writer},
};

/// The longest text that can be typed, in characters; a push may have 64 KiB.
const TEXT_MAX_CHARS: usize = 4_000;
/// The longest key of a menu item, in bytes.
pub(super) const KEY_MAX_BYTES: usize = 128;

/// The line in the chat, and the fields of the message.
pub(super) fn spoken(
    act: &Act,
    begin: impl Fn(&str) -> Writer,
    rng: &dyn Rng,
) -> Result<(ChatContent, Writer), Refusal> {
    let media_id = || letters(rng, 64);
    Ok(match act {
        Act::Text { content, menu_id } => {
            let content = typed(content)?;
            let menu_id = menu_id.as_deref().map(|id| within(id, KEY_MAX_BYTES)).transpose()?;
            let document = begin("text").text("Content", &content).text_if("bizmsgmenuid", menu_id.as_deref());
            (ChatContent::Text(content), document)
        }
        Act::Image => {
            let media_id = media_id();
            let document = begin("image").text("PicUrl", "http://mmbiz.qpic.cn/mmbiz_jpg/sandbox/0");
            let document = document.text("MediaId", &media_id);
            (ChatContent::Image { media_id }, document)
        }
        Act::Voice => {
            let media_id = media_id();
            let document = begin("voice").text("MediaId", &media_id).text("Format", "amr");
            (ChatContent::Voice { media_id }, document.text("MediaId16K", &letters(rng, 64)).text("Recognition", ""))
        }
        Act::Video => {
            let media_id = media_id();
            let document = begin("video").text("MediaId", &media_id).text("ThumbMediaId", &letters(rng, 64));
            (ChatContent::Video { media_id, title: String::new(), summary: String::new() }, document)
        }
        Act::Location => {
            let label = "广州市海珠区新港中路 397 号";
            let document = begin("location").text("Location_X", "23.097486").text("Location_Y", "113.324520");
            (ChatContent::Place { label: label.to_owned() }, document.number("Scale", 15).text("Label", label))
        }
        Act::Link => {
            let [title, summary, url] = ["微信公众平台", "再小的个体，也有自己的品牌", "https://mp.weixin.qq.com/"];
            let document = begin("link").text("Title", title).text("Description", summary).text("Url", url);
            let [title, summary, url] = [title, summary, url].map(str::to_owned);
            (ChatContent::Link { title, summary, url }, document)
        }
        // Only messages reach this match; for content that WeChat does not forward it sends the placeholder.
        _ => (ChatContent::Sticker, begin("text").text("Content", UNSUPPORTED_PLACEHOLDER)),
    })
}

/// The fields that every push has.
pub(super) fn head(to: &str, from: &str, secs: i64, kind: &str) -> Writer {
    Writer::new().text("ToUserName", to).text("FromUserName", from).number("CreateTime", secs).text("MsgType", kind)
}

/// Checks a text field of the phone: not empty, and not too long.
fn typed(content: &str) -> Result<String, Refusal> {
    let content = content.replace("\r\n", "\n");
    if content.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if content.chars().nth(TEXT_MAX_CHARS).is_some() {
        return Err(Refusal::TooLong);
    }
    Ok(content)
}

/// Checks that a text is not empty and has at most `max_bytes` bytes.
pub(super) fn within(text: &str, max_bytes: usize) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::Empty),
        text if text.len() > max_bytes => Err(Refusal::TooLong),
        text => Ok(text.to_owned()),
    }
}
