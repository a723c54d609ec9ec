//! Validates the account's reply to a push, as strictly as the platform does. Facts: docs/WECHAT.md, 2.1 and 3.
//!
//! For an invalid reply the platform shows the follower that the account is out of order.

use super::{
    chat::{Article, ChatContent, Note},
    credentials::Credentials,
    push::Push,
};
use crate::wechat::{
    callback::{Mode, SUCCESS},
    crypto,
    reply::{TEXT_MAX_BYTES, Trigger},
    signature::verify,
    xml::{self, ENVELOPE_MAX_BYTES, Element, PLAIN_MAX_BYTES},
};

/// What is wrong with a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Not HTTP status 200.
    Status(u16),
    /// Neither `success` nor a document.
    NotXml,
    /// Unencrypted although the push was encrypted.
    NotSealed,
    /// Its signature is wrong.
    Signature,
    /// It cannot be decrypted, or is for another account.
    Crypto,
    /// This field is missing, empty or wrong.
    Field(&'static str),
    /// A text of more than 2048 bytes.
    TooLong,
    /// A `MsgType` that a reply cannot have.
    Kind,
}

/// Parses a reply: `None` for an empty one.
///
/// # Errors
/// [`Oddity`]
pub(super) fn read(
    as_: &Credentials,
    mode: Mode,
    push: &Push,
    status: u16,
    body: &[u8],
) -> Result<Option<ChatContent>, Oddity> {
    if status != 200 {
        return Err(Oddity::Status(status));
    }
    if body.is_empty() || body == SUCCESS.as_bytes() {
        return Ok(None);
    }
    let outer = xml::parse(body, ENVELOPE_MAX_BYTES).map_err(|_| Oddity::NotXml)?;
    let document = match (outer.field("Encrypt"), mode) {
        (Some(encrypt), Mode::Safe | Mode::Compatible) => open(as_, &outer, encrypt)?,
        (None, Mode::Safe) => return Err(Oddity::NotSealed),
        _ => outer,
    };
    content(as_, push, &document).map(Some)
}

fn open(as_: &Credentials, outer: &Element, encrypt: &str) -> Result<Element, Oddity> {
    let field = |name| outer.field(name).ok_or(Oddity::Field(name));
    let parts = [as_.token.as_str(), field("TimeStamp")?, field("Nonce")?, encrypt];
    if !verify(&parts, field("MsgSignature")?) {
        return Err(Oddity::Signature);
    }
    let key = as_.key().map_err(|_| Oddity::Crypto)?;
    let (plain, _) = crypto::decrypt(&[key], encrypt, &as_.appid).map_err(|_| Oddity::Crypto)?;
    xml::parse(plain.as_bytes(), PLAIN_MAX_BYTES).map_err(|_| Oddity::NotXml)
}

fn content(as_: &Credentials, push: &Push, document: &Element) -> Result<ChatContent, Oddity> {
    for (name, expected) in [("ToUserName", push.openid()), ("FromUserName", &as_.original_id)] {
        if document.field(name) != Some(expected) {
            return Err(Oddity::Field(name));
        }
    }
    if document.field("CreateTime").and_then(|t| t.trim().parse::<i64>().ok()).is_none() {
        return Err(Oddity::Field("CreateTime"));
    }
    match document.field("MsgType").unwrap_or_default() {
        "text" => text(document),
        "image" => Ok(ChatContent::Image { media_id: needed(document, "Image", "MediaId")? }),
        "voice" => Ok(ChatContent::Voice { media_id: needed(document, "Voice", "MediaId")? }),
        "video" => Ok(ChatContent::Video {
            media_id: needed(document, "Video", "MediaId")?,
            title: inner(document, "Video", "Title"),
            summary: inner(document, "Video", "Description"),
        }),
        "music" => music(document),
        "news" => news(document, if push.is_event() { Trigger::Event } else { Trigger::Message }),
        "transfer_customer_service" => Ok(ChatContent::Note(Note::HandedOver)),
        _ => Err(Oddity::Kind),
    }
}

fn text(document: &Element) -> Result<ChatContent, Oddity> {
    match document.field("Content").unwrap_or_default() {
        "" => Err(Oddity::Field("Content")),
        content if content.len() > TEXT_MAX_BYTES => Err(Oddity::TooLong),
        content => Ok(ChatContent::Text(content.to_owned())),
    }
}

fn music(document: &Element) -> Result<ChatContent, Oddity> {
    needed(document, "Music", "ThumbMediaId")?;
    let [hq, url] = ["HQMusicUrl", "MusicUrl"].map(|name| inner(document, "Music", name));
    Ok(ChatContent::Music {
        title: inner(document, "Music", "Title"),
        summary: inner(document, "Music", "Description"),
        url: if hq.is_empty() { url } else { hq },
    })
}

/// Surplus articles are dropped, not refused (since 2018-10-12).
fn news(document: &Element, trigger: Trigger) -> Result<ChatContent, Oddity> {
    let count = document.field("ArticleCount").and_then(|n| n.trim().parse::<usize>().ok());
    let items = document.child("Articles").map(Element::children).unwrap_or_default();
    if count != Some(items.len()) || items.is_empty() {
        return Err(Oddity::Field("ArticleCount"));
    }
    let field = |item: &Element, name| item.field(name).unwrap_or_default().to_owned();
    let articles = items.iter().take(trigger.articles_max()).map(|item| Article {
        title: field(item, "Title"),
        summary: field(item, "Description"),
        picture: field(item, "PicUrl"),
        url: field(item, "Url"),
    });
    Ok(ChatContent::News(articles.collect()))
}

fn inner(document: &Element, parent: &str, name: &str) -> String {
    document.child(parent).and_then(|p| p.field(name)).unwrap_or_default().to_owned()
}

fn needed(document: &Element, parent: &str, name: &'static str) -> Result<String, Oddity> {
    let value = inner(document, parent, name);
    if value.is_empty() { Err(Oddity::Field(name)) } else { Ok(value) }
}

#[cfg(test)]
mod tests;
