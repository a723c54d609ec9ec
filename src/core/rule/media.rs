//! Media of answers: pictures, voices and videos at the platform or stored by Weida.
//!
//! The platform's media ids expire after three days, so an uploaded file is stored here ([`storage`]), and uploaded to the platform
//! repeatedly ([`upload`]) while rules use it. If the account may not upload files, followers get a link.

pub mod kind;
mod measure;
mod reference;
pub mod storage;
pub mod upload;

pub use kind::{Format, Kind};
pub use reference::{KEPT, KEY_CHARS, Reference, is_key};

use super::Content;
use crate::{
    core::{CoreError, Ctx, OfficialCtx},
    store::{self, Link, media_upload::Sending},
};

/// The most bytes of a thumbnail.
const THUMB_MAX_BYTES: i64 = 64 * 1024;

/// How a rule's medium can be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sendable {
    /// By this media id.
    Platform(String),
    /// Not by the platform (yet): by a link to this URL.
    Link { kind: Kind, url: String },
    /// Not at all: the file was deleted.
    Gone,
}

/// How a rule's medium can be sent. A file that the platform does not have is uploaded in the background, for the next time. Called
/// inside the transaction of a message: nothing slow, and no other connection. A content without a medium can always be sent.
///
/// # Errors
/// The database cannot be reached.
pub async fn resolve(ctx: &OfficialCtx, db: &mut impl Link, content: &Content) -> Result<Sendable, CoreError> {
    let (sendable, unsent) = find(ctx, db, content).await?;
    if let Some(Unsent { file_id, is_thumb }) = unsent {
        upload::start(ctx, file_id, is_thumb);
    }
    Ok(sendable)
}

/// A file that the platform does not have yet, and would accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent {
    file_id: i64,
    is_thumb: bool,
}

/// The key of a stored file, which must be looked up in the database.
#[derive(Debug)]
pub struct NeedsFile(String);

/// How a content can be sent that uses no stored file: known without the database.
///
/// # Errors
/// [`NeedsFile`] if it uses one.
pub fn without_file(content: &Content) -> Result<Sendable, NeedsFile> {
    let Some(text) = content.media() else { return Ok(Sendable::Platform(String::new())) };
    match Reference::of(text) {
        Some(Reference::Platform(id)) => Ok(Sendable::Platform(id)),
        Some(Reference::Kept(key)) => Err(NeedsFile(key)),
        None => Ok(Sendable::Gone),
    }
}

/// [`resolve`] without an upload.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(
    ctx: &OfficialCtx,
    db: &mut impl Link,
    content: &Content,
) -> Result<(Sendable, Option<Unsent>), CoreError> {
    let key = match without_file(content) {
        Ok(sendable) => return Ok((sendable, None)),
        Err(NeedsFile(key)) => key,
    };
    let Some(row) = store::media::find_media_by_key(db, &key).await? else { return Ok((Sendable::Gone, None)) };
    let is_thumb = content.has_thumb();
    let of = Sending { file_id: row.id, appid: &ctx.account.appid, is_thumb };
    if let Some(media_id) = store::media_upload::find_upload(db, of, ctx.now()).await? {
        return Ok((Sendable::Platform(media_id), None));
    }
    // A file that the platform would refuse is not uploaded.
    let would_be_taken = !is_thumb || may_be_thumb(Format::of_name(&row.format), row.size_bytes);
    let unsent = would_be_taken.then_some(Unsent { file_id: row.id, is_thumb });
    let kind = Format::of_name(&row.format).map_or(Kind::Image, Format::kind);
    Ok((Sendable::Link { kind, url: storage::address(ctx, &key) }, unsent))
}

/// True for a file that the platform accepts as the thumbnail of a piece of music: a JPG of up to 64 KB (docs/WECHAT.md,
/// 4.7).
#[must_use]
pub fn may_be_thumb(format: Option<Format>, size_bytes: i64) -> bool {
    format == Some(Format::Jpg) && size_bytes <= THUMB_MAX_BYTES
}

/// The URL of a stored file, by its reference; `None` for a medium of the platform.
#[must_use]
pub fn address(ctx: &Ctx, text: &str) -> Option<String> {
    match Reference::of(text)? {
        Reference::Kept(key) => Some(storage::address(ctx, &key)),
        Reference::Platform(_) => None,
    }
}

/// The key of the stored file that a content uses, if any.
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
