//! Sending kept files to the platform, in the background: when they come, when they are asked for in vain, and before the
//! platform forgets them.

use super::kind::{Format, Kind};
use crate::{
    core::{CoreError, Ctx},
    store::{self, StoreError, media_upload::Sending},
    wechat::api::{ApiError, ErrorClass, MEDIA_LIFE_MS, Medium, MediumKind},
};
use std::sync::atomic::{AtomicI64, Ordering};

/// How long a refusal is believed before the platform is asked again.
const CLOSED_MS: i64 = 10 * 60_000;
/// How long one instance has for sending a file before another may try.
const LEASE_MS: i64 = 3 * 60_000;
/// A media id is not used in its last hour: a message may take its time.
const MARGIN_MS: i64 = 3_600_000;
/// A file is sent again when its media id has less than this left.
const EARLY_MS: i64 = 12 * 3_600_000;

/// Whether the account may send files.
#[derive(Debug, Default)]
pub struct Post {
    /// Epoch milliseconds until which it may not; 0: it may.
    closed_until: AtomicI64,
}

impl Post {
    /// The account's rights have changed: the next file tries again.
    pub fn reopen(&self) {
        self.closed_until.store(0, Ordering::SeqCst);
    }
}

/// Sends a file in the background, where the account may and the platform does not know it.
pub(super) fn start(ctx: &Ctx, file_id: i64, is_thumb: bool) {
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = send(&ctx, file_id, is_thumb).await {
            tracing::warn!(%error, file_id, "a file was not sent to the platform");
        }
    });
}

/// Begins to send the files in use since `used_since` that the platform is about to forget, one after the other.
pub(super) async fn renew(ctx: &Ctx, used_since: i64) -> Result<(), CoreError> {
    let fresh_until = ctx.now() + EARLY_MS;
    let due = store::media_upload::list_due(&mut ctx.store.read().await?, &ctx.appid, used_since, fresh_until).await?;
    if !due.is_empty() {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            for (file_id, is_thumb) in due {
                if let Err(error) = send(&ctx, file_id, is_thumb).await {
                    tracing::warn!(%error, file_id, "a file was not sent to the platform");
                }
            }
        });
    }
    Ok(())
}

/// Sends a file, as itself or as a thumbnail, unless the platform knows it well enough, another instance is about to, or the account
/// may not.
///
/// # Errors
/// The database cannot be reached. A refusal of the platform is logged.
pub async fn send(ctx: &Ctx, file_id: i64, is_thumb: bool) -> Result<(), CoreError> {
    let of = Sending { file_id, appid: &ctx.appid, is_thumb };
    if ctx.now() < ctx.post.closed_until.load(Ordering::SeqCst) || !take_lease(ctx, of).await? {
        return Ok(());
    }
    let mut db = ctx.store.read().await?;
    let Some(row) = store::media::find_media(&mut db, file_id).await? else { return Ok(()) };
    let bytes = store::file::find_file(&mut db, file_id).await?;
    drop(db);
    let Some(format) = Format::of_name(&row.format) else { return Ok(()) };
    let kind = match format.kind() {
        _ if is_thumb => MediumKind::Thumb,
        Kind::Image => MediumKind::Image,
        Kind::Voice => MediumKind::Voice,
        Kind::Video => MediumKind::Video,
    };
    let name = format!("weida.{}", format.as_str());
    let medium = Medium { kind, name: &name, media_type: format.media_type(), bytes: &bytes };
    match ctx.platform.upload_media(medium).await {
        Ok(media_id) => {
            let mut tx = ctx.store.begin().await?;
            let expires_at = ctx.now() + MEDIA_LIFE_MS - MARGIN_MS;
            store::media_upload::update_uploaded(&mut tx, of, &media_id, expires_at).await?;
            tx.commit().await?;
        }
        Err(ApiError::Platform { class: ErrorClass::Permission, code, .. }) => {
            tracing::warn!(code, "the account may not send files: its readers get links to them instead");
            ctx.post.closed_until.store(ctx.now() + CLOSED_MS, Ordering::SeqCst);
        }
        // The lease ends by itself; then whoever needs the file tries again.
        Err(error) => tracing::warn!(%error, file_id, "the platform did not take a file"),
    }
    Ok(())
}

/// True for the one instance that is to send the file. Whoever comes while another one does so only looks.
async fn take_lease(ctx: &Ctx, of: Sending<'_>) -> Result<bool, CoreError> {
    let now = ctx.now();
    let (fresh_until, lease_until) = (now + EARLY_MS, now + LEASE_MS);
    let state = store::media_upload::find_state(&mut ctx.store.read().await?, of).await?;
    if state.is_some_and(|(expires_at, leased_until)| expires_at > fresh_until || leased_until > now) {
        return Ok(false);
    }
    let mut tx = ctx.store.begin().await?;
    let is_ours = if state.is_some() {
        store::media_upload::update_lease_taken(&mut tx, of, now, fresh_until, lease_until).await?
    } else {
        match store::media_upload::insert_upload(&mut tx, of, lease_until).await {
            Ok(()) => true,
            Err(StoreError::Duplicate) => return Ok(false),
            Err(e) => return Err(e.into()),
        }
    };
    tx.commit().await?;
    Ok(is_ours)
}
