//! Files that are kept here: whose they are, how much room they take, and when they go.

use super::{
    KEPT, kept_by,
    kind::{Format, Kind},
    measure, send,
};
use crate::{
    core::{CoreError, Ctx, Problem, reply::Content},
    store::{self, file::PIECE_BYTES, media::MediaRow, rule::ContentRow},
};
use futures::{Stream, stream};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// The longest voice that the platform takes (docs/WECHAT.md, 4.7), and what of a second is no matter.
const VOICE_MAX_SECS: i64 = 60;
const VOICE_MAX_MS: u64 = 60_500;
/// Files that are listed.
const MOST: i64 = 500;
/// Characters of a file's name.
const NAME_MAX_CHARS: usize = 80;
/// Pieces of a file that are read at a time.
const PIECES_AT_ONCE: usize = 32;
const DAY_MS: i64 = 24 * 3_600_000;
/// How long a file waits for the rule that it was uploaded for.
const UNUSED_MS: i64 = DAY_MS;

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: i64,
    pub owner_id: i64,
    pub format: Format,
    /// As it was called where it came from, without folders.
    pub name: String,
    pub size_bytes: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Its name in rules and in its address; nobody can guess it.
    pub key: String,
    /// Where everybody who knows it can look at it.
    pub url: String,
    /// A rule has been seen to use it.
    pub is_used: bool,
}

impl Kept {
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

    /// What a rule says that uses it: `weida:<key>`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{KEPT}{}", self.key)
    }

    /// The content of a rule that answers with it.
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

/// Where a file is to be looked at.
pub(super) fn address(ctx: &Ctx, access_key: &str) -> String {
    format!("{}/media/{access_key}", ctx.settings.public_url.as_str().trim_end_matches('/'))
}

/// Keeps a file for an owner's rules, and begins to send it to the platform. A file that the owner has already is that one.
///
/// # Errors
/// Flaws of `file`: empty, not JPG, PNG, GIF, MP3, AMR or MP4, too large for its kind, [`Problem::Wrong`] for a GIF that moves,
/// [`Problem::OutOfRange`] with seconds for a voice that is too long; of `files`: no room is left.
pub async fn add(ctx: &Ctx, owner_id: i64, name: &str, bytes: Vec<u8>) -> Result<Kept, CoreError> {
    if bytes.is_empty() {
        return Err(CoreError::flaw("file", Problem::Empty));
    }
    let format = Format::of(&bytes).ok_or_else(|| CoreError::flaw("file", Problem::Malformed))?;
    let max_bytes = format.kind().max_bytes();
    if bytes.len() > max_bytes {
        return Err(CoreError::flaw("file", Problem::TooManyBytes(max_bytes)));
    }
    if format == Format::Gif && measure::is_animated(&bytes) {
        return Err(CoreError::flaw("file", Problem::Wrong));
    }
    if measure::length_ms(format, &bytes).is_some_and(|length| length > VOICE_MAX_MS) {
        return Err(CoreError::flaw("file", Problem::OutOfRange(0, VOICE_MAX_SECS)));
    }
    let row = MediaRow {
        id: ctx.next_id(),
        owner_id,
        access_key: ctx.chance.token(),
        format: format.as_str().to_owned(),
        name: tidy(name, format),
        digest: hex::encode(Sha256::digest(&bytes)),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        created_at: ctx.now(),
        used_at: None,
    };
    // The second time a rival's rows are there.
    for _ in 0..3 {
        match keep(ctx, &row, &bytes).await {
            Ok(kept) => {
                send::start(ctx, kept.id, false);
                return Kept::of(ctx, kept).ok_or(CoreError::NotFound);
            }
            Err(CoreError::Collided) => {}
            Err(e) => return Err(e),
        }
    }
    Err(CoreError::Busy)
}

async fn keep(ctx: &Ctx, row: &MediaRow, bytes: &[u8]) -> Result<MediaRow, CoreError> {
    let most = ctx.settings.settings.media.megabytes_per_owner * 1024 * 1024;
    let mut tx = ctx.store.begin().await?;
    if let Some(known) = store::media::find_media_by_digest(&mut tx, row.owner_id, &row.digest).await?
        && store::media::update_touched(&mut tx, known.id, ctx.now()).await?
    {
        tx.commit().await?;
        return Ok(known);
    }
    if !store::media::update_room_taken(&mut tx, row.owner_id, row.size_bytes, most).await? {
        if store::media::find_room_taken(&mut tx, row.owner_id).await?.is_some() || row.size_bytes > most {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            return Err(CoreError::flaw("files", Problem::TooManyBytes(most)));
        }
        store::media::insert_owner(&mut tx, row.owner_id, row.size_bytes).await?;
    }
    store::media::insert_media(&mut tx, row).await?;
    store::file::insert_file(&mut tx, row.id, bytes).await?;
    tx.commit().await?;
    Ok(row.clone())
}

/// A name fit for a header and a list, with the ending that belongs to the format.
fn tidy(name: &str, format: Format) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = stem.trim().chars().filter(|c| !c.is_control() && *c != '"').take(NAME_MAX_CHARS).collect();
    let stem = if stem.is_empty() { format.kind().as_str() } else { &stem };
    format!("{stem}.{}", format.as_str())
}

/// An owner's files, newest first, and how many bytes they have of how many.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<(Vec<Kept>, i64, i64), CoreError> {
    let mut db = ctx.store.read().await?;
    let rows = store::media::list_media(&mut db, owner_id, MOST).await?;
    let used = store::media::find_room_taken(&mut db, owner_id).await?.unwrap_or_default();
    let most = ctx.settings.settings.media.megabytes_per_owner * 1024 * 1024;
    Ok((rows.into_iter().filter_map(|row| Kept::of(ctx, row)).collect(), used, most))
}

/// An owner's file.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, owner_id: i64, id: i64) -> Result<Kept, CoreError> {
    let row = store::media::find_media(&mut ctx.store.read().await?, id).await?;
    row.filter(|row| row.owner_id == owner_id).and_then(|row| Kept::of(ctx, row)).ok_or(CoreError::NotFound)
}

/// The file with this key in its address.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn look(ctx: &Ctx, access_key: &str) -> Result<Kept, CoreError> {
    let row = store::media::find_media_by_key(&mut ctx.store.read().await?, access_key).await?;
    row.and_then(|row| Kept::of(ctx, row)).ok_or(CoreError::NotFound)
}

/// Bytes `first` to `last` of a file, both counted from 0 and included, bit by bit: however slow a reader is, no more than some
/// 200 KB wait for it here, and no connection.
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
            // Whole pieces, but for the first and the last.
            let end = (at - at % PIECE_BYTES + PIECES_AT_ONCE * PIECE_BYTES - 1).min(last);
            let place = ctx.apart.pieces.acquire().await.map_err(|e| CoreError::Fault(e.to_string()))?;
            let bytes = store::file::find_part(&mut ctx.store.read().await?, file_id, at, end).await?;
            drop(place);
            // Deleted meanwhile: what was promised cannot be kept.
            if bytes.len() == end + 1 - at { Ok(Some((bytes, end + 1))) } else { Err(CoreError::NotFound) }
        }
    })
}

/// Removes a file that no rule uses.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] where a rule uses it.
pub async fn delete(ctx: &Ctx, owner_id: i64, id: i64) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    let row = store::media::find_media(&mut tx, id).await?.filter(|row| row.owner_id == owner_id);
    let row = row.ok_or(CoreError::NotFound)?;
    let bodies = store::media::list_bodies_with(&mut tx, &format!("{KEPT}{}", row.access_key)).await?;
    if used(&bodies).contains(&row.access_key) {
        return Err(CoreError::Conflict);
    }
    store::media::delete_media(&mut tx, &row).await?;
    Ok(tx.commit().await?)
}

/// The keys of the files that contents name.
fn used(bodies: &[String]) -> HashSet<String> {
    let content = |body: &String| Content::from(ContentRow { kind: String::new(), body: body.clone() });
    bodies.iter().filter_map(|body| kept_by(&content(body))).collect()
}

/// Notes which files are used, and removes those that nothing can use any more: a rule of the history may come back with its
/// pictures. Then begins to send what the platform is about to forget. Called every few minutes.
///
/// # Errors
/// The database cannot be reached.
pub async fn tend(ctx: &Ctx) -> Result<(), CoreError> {
    if !store::media::has_media(&mut ctx.store.read().await?).await? {
        return Ok(());
    }
    let (now, mut after) = (ctx.now(), 0);
    loop {
        let found = store::media::list_bodies(&mut ctx.store.read().await?, after).await?;
        let Some((last, bodies)) = found else { break };
        let used: Vec<String> = used(&bodies).into_iter().collect();
        let mut tx = ctx.store.begin().await?;
        store::media::update_used(&mut tx, &used, now).await?;
        tx.commit().await?;
        after = last;
    }
    let history_ms = (ctx.settings.settings.reply.history_days + 1) * DAY_MS;
    // One a transaction: a film is thousands of rows.
    loop {
        let mut tx = ctx.store.begin().await?;
        let unused = store::media::find_unused(&mut tx, now - history_ms, now - UNUSED_MS).await?;
        let Some(row) = unused else { break };
        store::media::delete_media(&mut tx, &row).await?;
        tx.commit().await?;
    }
    send::renew(ctx, now - DAY_MS).await
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
