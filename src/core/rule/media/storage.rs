//! Stored files: owners, quotas and cleanup.

use super::{
    KEPT, kept_by,
    kind::{Format, Kind},
    measure, upload,
};
use crate::{
    core::{CoreError, Ctx, OfficialCtx, Problem, account::lock_owner, rule::Content},
    store::{self, file::PIECE_BYTES, media::MediaRow, rule::ContentRow},
    text::cut,
};
use futures::{Stream, stream};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// The longest voice that the platform accepts (docs/WECHAT.md, 4.7), with half a second of tolerance.
const VOICE_MAX_SECS: i64 = 60;
const VOICE_MAX_MS: u64 = 60_500;
/// The most files in a list.
const MOST: i64 = 500;
/// The most characters of a file's name.
const NAME_MAX_CHARS: usize = 80;
/// Parts of a file that are read per query.
const PIECES_AT_ONCE: usize = 32;
const DAY_MS: i64 = 24 * 3_600_000;
/// How long an unused file is stored before a rule must use it.
const UNUSED_MS: i64 = DAY_MS;

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub id: i64,
    pub owner_id: i64,
    pub format: Format,
    /// The original file name, without folders.
    pub name: String,
    pub size_bytes: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Its name in rules and in its URL; cannot be guessed.
    pub key: String,
    /// The URL at which every client that knows it can view the file.
    pub url: String,
    /// True if a rule was found to use it.
    pub is_used: bool,
}

impl StoredFile {
    fn of(ctx: &Ctx, row: MediaRow) -> Option<Self> {
        Some(Self {
            id: row.id,
            owner_id: row.owner_id,
            format: Format::of_name(&row.format)?,
            url: address(ctx, &row.access_key),
            key: row.access_key,
            name: row.name,
            size_bytes: row.size_bytes,
            created_at: row.created_at,
            is_used: row.used_at.is_some(),
        })
    }

    /// The reference in rules: `weida:<key>`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{KEPT}{}", self.key)
    }

    /// A rule's content that answers with the file.
    #[must_use]
    pub fn content(&self) -> Content {
        let media = self.reference();
        match self.format.kind() {
            Kind::Image => Content::Image { media },
            Kind::Voice => Content::Voice { media },
            Kind::Video => Content::Video { media, title: String::new(), description: String::new() },
        }
    }
}

/// The URL of a file.
pub(super) fn address(ctx: &Ctx, access_key: &str) -> String {
    format!("{}/media/{access_key}", ctx.settings.public_url.as_str().trim_end_matches('/'))
}

/// Stores a file for an owner's rules, and starts to upload it to the platform. If the owner has the same file already,
/// returns that one.
///
/// # Errors
/// Field errors of `file`: empty, not JPG, PNG, GIF, MP3, AMR or MP4, too large for its kind, [`Problem::Wrong`] for an animated GIF,
/// [`Problem::OutOfRange`] with seconds for a voice that is too long; of `files`: no room is left.
pub async fn add(ctx: &OfficialCtx, owner_id: i64, name: &str, bytes: Vec<u8>) -> Result<StoredFile, CoreError> {
    if bytes.is_empty() {
        return Err(CoreError::field_error("file", Problem::Empty));
    }
    let format = Format::of(&bytes).ok_or_else(|| CoreError::field_error("file", Problem::Malformed))?;
    let max_bytes = format.kind().max_bytes();
    if bytes.len() > max_bytes {
        return Err(CoreError::field_error("file", Problem::TooManyBytes(max_bytes)));
    }
    if format == Format::Gif && measure::is_animated(&bytes) {
        return Err(CoreError::field_error("file", Problem::Wrong));
    }
    if measure::length_ms(format, &bytes).is_some_and(|length| length > VOICE_MAX_MS) {
        return Err(CoreError::field_error("file", Problem::OutOfRange(0, VOICE_MAX_SECS)));
    }
    let row = MediaRow {
        id: ctx.next_id(),
        owner_id,
        access_key: ctx.rng.token(),
        format: format.as_str().to_owned(),
        name: tidy(name, format),
        digest: hex::encode(Sha256::digest(&bytes)),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        created_at: ctx.now(),
        used_at: None,
    };
    let kept = keep(ctx, &row, &bytes).await.map_err(CoreError::busy_if_collided)?;
    upload::start(ctx, kept.id, false);
    StoredFile::of(ctx, kept).ok_or(CoreError::NotFound)
}

async fn keep(ctx: &Ctx, row: &MediaRow, bytes: &[u8]) -> Result<MediaRow, CoreError> {
    let most = ctx.settings.settings.media.megabytes_per_owner * 1024 * 1024;
    store::transact!(ctx.store, |tx| {
        lock_owner(tx, row.owner_id).await?;
        if let Some(known) = store::media::find_media_by_digest(tx, row.owner_id, &row.digest).await?
            && store::media::update_touched(tx, known.id, ctx.now()).await?
        {
            return Ok(known);
        }
        if store::media::count_media(tx, row.owner_id).await? >= MOST {
            let most = usize::try_from(MOST).unwrap_or(usize::MAX);
            return Err(CoreError::field_error("files", Problem::TooMany(most)));
        }
        if !store::media::update_room_taken(tx, row.owner_id, row.size_bytes, most).await? {
            if store::media::find_room_taken(tx, row.owner_id).await?.is_some() || row.size_bytes > most {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                return Err(CoreError::field_error("files", Problem::TooManyBytes(most)));
            }
            store::media::insert_owner(tx, row.owner_id, row.size_bytes).await?;
        }
        store::media::insert_media(tx, row).await?;
        store::file::insert_file(tx, row.id, bytes).await?;
        Ok(row.clone())
    })
}

/// A file name fit for a header and a list, with the format's extension.
fn tidy(name: &str, format: Format) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = stem.trim().chars().filter(|c| !c.is_control() && *c != '"').collect();
    let stem = cut::chars(&stem, NAME_MAX_CHARS);
    let stem = if stem.is_empty() { format.kind().as_str() } else { stem };
    format!("{stem}.{}", format.as_str())
}

/// An owner's files, newest first, with the used and allowed bytes.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<(Vec<StoredFile>, i64, i64), CoreError> {
    let mut db = ctx.store.read().await?;
    let rows = store::media::list_media(&mut db, owner_id, MOST).await?;
    let used = store::media::find_room_taken(&mut db, owner_id).await?.unwrap_or_default();
    let most = ctx.settings.settings.media.megabytes_per_owner * 1024 * 1024;
    Ok((rows.into_iter().filter_map(|row| StoredFile::of(ctx, row)).collect(), used, most))
}

/// An owner's file.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, owner_id: i64, id: i64) -> Result<StoredFile, CoreError> {
    let row = store::media::find_media(&mut ctx.store.read().await?, id).await?;
    row.filter(|row| row.owner_id == owner_id).and_then(|row| StoredFile::of(ctx, row)).ok_or(CoreError::NotFound)
}

/// The file with this key in its URL.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn look(ctx: &Ctx, access_key: &str) -> Result<StoredFile, CoreError> {
    let row = store::media::find_media_by_key(&mut ctx.store.read().await?, access_key).await?;
    row.and_then(|row| StoredFile::of(ctx, row)).ok_or(CoreError::NotFound)
}

/// Streams bytes `first` to `last` of a file, both inclusive and counted from 0: for a slow client at most about 200 KB are
/// buffered, and no connection is held.
pub fn bytes(
    ctx: &Ctx,
    file_id: i64,
    (first, last): (usize, usize),
) -> impl Stream<Item = Result<Vec<u8>, CoreError>> + Send + 'static {
    let ctx = ctx.clone();
    stream::try_unfold(first, move |at| {
        let ctx = ctx.clone();
        async move {
            if at > last {
                return Ok(None);
            }
            // Whole parts, except the first and the last.
            let end = (at - at % PIECE_BYTES + PIECES_AT_ONCE * PIECE_BYTES - 1).min(last);
            let place = ctx.worker_pool.pieces.acquire().await.map_err(|e| CoreError::Fault(e.to_string()))?;
            let bytes = store::file::find_part(&mut ctx.store.read().await?, file_id, at, end).await?;
            drop(place);
            // The file was deleted meanwhile: the announced length cannot be delivered.
            if bytes.len() == end + 1 - at { Ok(Some((bytes, end + 1))) } else { Err(CoreError::NotFound) }
        }
    })
}

/// Deletes a file that no rule of its owner or of the account uses. Rules of other users answer without it: any client that knows a
/// file's URL may use it, but must not prevent its deletion.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if such a rule uses it.
pub async fn delete(ctx: &Ctx, owner_id: i64, id: i64) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        let row = store::media::find_media(tx, id).await?.filter(|row| row.owner_id == owner_id);
        let row = row.ok_or(CoreError::NotFound)?;
        let bodies = store::media::list_bodies_with(tx, owner_id, &format!("{KEPT}{}", row.access_key)).await?;
        if used(&bodies).contains(&row.access_key) {
            return Err(CoreError::Conflict);
        }
        store::media::delete_media(tx, &row).await?;
        Ok(())
    })
}

/// The keys of the files that contents use.
fn used(bodies: &[String]) -> HashSet<String> {
    let content = |body: &String| Content::from(ContentRow { kind: String::new(), body: body.clone() });
    bodies.iter().filter_map(|body| kept_by(&content(body))).collect()
}

/// Records which files are used, and deletes those that cannot be used any more: a rule restored from the history may need
/// its pictures. Then starts to upload files that the platform is about to delete. Called every few minutes.
///
/// # Errors
/// The database cannot be reached.
pub async fn delete_unused(ctx: &OfficialCtx) -> Result<(), CoreError> {
    if !store::media::has_media(&mut ctx.store.read().await?).await? {
        return Ok(());
    }
    let (now, mut after) = (ctx.now(), 0);
    loop {
        let found = store::media::list_bodies(&mut ctx.store.read().await?, after).await?;
        let Some((last, bodies)) = found else { break };
        let used: Vec<String> = used(&bodies).into_iter().collect();
        store::transact!(ctx.store, |tx| store::media::update_used(tx, &used, now).await)?;
        after = last;
    }
    let history_ms = (ctx.settings.settings.reply.history_days + 1) * DAY_MS;
    // One per transaction: a video has thousands of rows.
    loop {
        let is_deleted = store::transact!(ctx.store, |tx| {
            let unused = store::media::find_unused(tx, now - history_ms, now - UNUSED_MS).await?;
            if let Some(row) = &unused {
                store::media::delete_media(tx, row).await?;
            }
            Ok::<_, CoreError>(unused.is_some())
        })?;
        if !is_deleted {
            break;
        }
    }
    upload::renew(ctx, now - DAY_MS).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folder_and_the_ending_of_its_format() {
        assert_eq!(tidy("C:\\图片\\海报.PNG", Format::Png), "海报.png");
        assert_eq!(tidy("../../etc/passwd", Format::Jpg), "passwd.jpg");
        assert_eq!(tidy("a\"\r\nb.html", Format::Gif), "ab.gif");
        assert_eq!(tidy(".png", Format::Png), "image.png");
        assert_eq!(tidy(&"长".repeat(200), Format::Mp4).chars().count(), 84);
    }

    #[test]
    fn the_files_of_contents_are_found() {
        let bodies = [
            r#"{"kind":"image","media":"weida:0123456789abcdefABCDEF"}"#,
            r#"{"kind":"music","thumb":"weida:ZZZZ456789abcdefABCDEF"}"#,
            r#"{"kind":"voice","media":"MEDIA_ID"}"#,
            "not JSON",
        ];
        assert_eq!(
            used(&bodies.map(str::to_owned)),
            ["0123456789abcdefABCDEF", "ZZZZ456789abcdefABCDEF"].map(str::to_owned).into()
        );
    }
}
