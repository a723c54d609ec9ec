//! Where a picture, voice or video of an answer is: at the platform, or with Weida.
//!
//! The platform's media ids live for three days, so a file that was uploaded here is kept here ([`keep`]), and sent to the platform
//! again and again ([`send`]) while rules use it. Where the account may not send files, its readers get a link.

pub mod keep;
pub mod kind;
mod measure;
pub mod send;

pub use kind::{Format, Kind};

use super::Content;
use crate::{
    core::{CoreError, Ctx},
    store::{self, Link, media_upload::Sending},
};

/// The longest media id of the platform that is believed, in bytes; theirs have 64 today.
const MEDIA_ID_MAX_BYTES: usize = 128;
/// What a file that Weida keeps is called in a rule, before its key.
pub const KEPT: &str = "weida:";
/// Bytes of a thumbnail.
const THUMB_MAX_BYTES: i64 = 64 * 1024;
/// Letters and digits of a key: whoever knows one may look at the file, and answer with it.
pub const KEY_CHARS: usize = 22;

/// What a rule says about a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A media id of the platform, as typed.
    Platform(String),
    /// A file that Weida keeps, by its key.
    Kept(String),
}

impl Reference {
    /// Reads what a rule says; None where it is neither.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if let Some(key) = text.strip_prefix(KEPT) {
            return is_key(key).then(|| Self::Kept(key.to_owned()));
        }
        let is_id = (1..=MEDIA_ID_MAX_BYTES).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        is_id.then(|| Self::Platform(text.to_owned()))
    }
}

/// How a rule's medium can be sent just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sendable {
    /// By this media id.
    Platform(String),
    /// Not by the platform (yet): by a link to this address.
    Link { kind: Kind, url: String },
    /// Not at all: the file is gone.
    Gone,
}

/// How a rule's medium can be sent. A file that the platform does not know is sent there in the background, for the next time. Called
/// inside the transaction of a message: nothing slow, and no other connection. A content without a medium can always be sent.
///
/// # Errors
/// The database cannot be reached.
pub async fn resolve(ctx: &Ctx, db: &mut impl Link, content: &Content) -> Result<Sendable, CoreError> {
    let (sendable, unsent) = find(ctx, db, content).await?;
    if let Some(Unsent { file_id, is_thumb }) = unsent {
        send::start(ctx, file_id, is_thumb);
    }
    Ok(sendable)
}

/// A file that the platform does not have yet, and would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent {
    file_id: i64,
    is_thumb: bool,
}

/// [`resolve`] for who only looks: nothing is sent.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx, db: &mut impl Link, content: &Content) -> Result<(Sendable, Option<Unsent>), CoreError> {
    let Some(text) = content.media() else { return Ok((Sendable::Platform(String::new()), None)) };
    let key = match Reference::of(text) {
        Some(Reference::Platform(id)) => return Ok((Sendable::Platform(id), None)),
        Some(Reference::Kept(key)) => key,
        None => return Ok((Sendable::Gone, None)),
    };
    let Some(row) = store::media::find_media_by_key(db, &key).await? else { return Ok((Sendable::Gone, None)) };
    let is_thumb = matches!(content, Content::Music { .. });
    let of = Sending { file_id: row.id, appid: &ctx.appid, is_thumb };
    if let Some(media_id) = store::media_upload::find_upload(db, of, ctx.now()).await? {
        return Ok((Sendable::Platform(media_id), None));
    }
    // What the platform would not take is not offered to it.
    let would_be_taken = !is_thumb || may_be_thumb(Format::of_name(&row.format), row.size_bytes);
    let unsent = would_be_taken.then_some(Unsent { file_id: row.id, is_thumb });
    let kind = Format::of_name(&row.format).map_or(Kind::Image, Format::kind);
    Ok((Sendable::Link { kind, url: keep::address(ctx, &key) }, unsent))
}

/// True for a file that the platform takes as the thumbnail of a piece of music: a JPG of up to 64 KB (docs/WECHAT.md, 4.7).
#[must_use]
pub fn may_be_thumb(format: Option<Format>, size_bytes: i64) -> bool {
    format == Some(Format::Jpg) && size_bytes <= THUMB_MAX_BYTES
}

/// Where a file that Weida keeps can be looked at, by what a rule says; None for a medium of the platform.
#[must_use]
pub fn address(ctx: &Ctx, text: &str) -> Option<String> {
    match Reference::of(text)? {
        Reference::Kept(key) => Some(keep::address(ctx, &key)),
        Reference::Platform(_) => None,
    }
}

/// True for what may be a key.
#[must_use]
pub fn is_key(text: &str) -> bool {
    text.len() == KEY_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The key of the file that a content names, if it is one that Weida keeps.
pub(super) fn kept_by(content: &Content) -> Option<String> {
    match Reference::of(content.media()?) {
        Some(Reference::Kept(key)) => Some(key),
        Some(Reference::Platform(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_medium_is_the_platforms_or_ours() {
        let key = "0123456789abcdefABCDEF";
        assert_eq!(Reference::of(&format!("weida:{key}")), Some(Reference::Kept(key.to_owned())));
        assert_eq!(Reference::of("Wx_9-a"), Some(Reference::Platform("Wx_9-a".to_owned())));
        for wrong in ["", "weida:", "weida:42", "weida:../../etc/passwd12345", "a b", "图", &"x".repeat(129)] {
            assert_eq!(Reference::of(wrong), None, "{wrong}");
        }
    }
}
