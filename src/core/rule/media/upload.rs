//! Uploads stored files to the platform in the background: when they are stored, when an answer needs them, and before
//! the platform deletes them.

mod permission;

pub use permission::MediaUploads;

use super::kind::{Format, Kind};
use crate::{
    core::{CoreError, Ctx, OfficialCtx},
    store::{self, StoreError, media_upload::Sending},
    wechat::api::{ApiError, ErrorClass, MEDIA_LIFE_MS, Medium, MediumKind},
};
use std::sync::atomic::Ordering;

/// How long a refusal counts before the platform is asked again.
const CLOSED_MS: i64 = 10 * 60_000;
/// How long one instance may take to upload a file before another may try.
const LEASE_MS: i64 = 3 * 60_000;
/// A media id is not used in its last hour, because delivery may be slow.
const MARGIN_MS: i64 = 3_600_000;
/// A file is uploaded again when its media id expires within this time.
const EARLY_MS: i64 = 12 * 3_600_000;

/// Uploads a file in the background, if the account may and the platform does not have it.
pub(super) fn start(ctx: &OfficialCtx, file_id: i64, is_thumb: bool) {
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = send(&ctx, file_id, is_thumb).await {
            tracing::warn!(%error, file_id, "a file was not sent to the platform");
        }
    });
}

/// Uploads files in use since `used_since` that the platform is about to delete, one after the other.
pub(super) async fn renew(ctx: &OfficialCtx, used_since: i64) -> Result<(), CoreError> {
    let fresh_until = ctx.now() + EARLY_MS;
    let due = store::media_upload::list_due(&mut ctx.store.read().await?, &ctx.account.appid, used_since, fresh_until)
        .await?;
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

/// Uploads a file, as itself or as a thumbnail, unless the platform has it for long enough, another instance uploads it, or the
/// account may not.
///
/// # Errors
/// The database cannot be reached. The platform's refusal is logged.
pub async fn send(ctx: &OfficialCtx, file_id: i64, is_thumb: bool) -> Result<(), CoreError> {
    let of = Sending { file_id, appid: &ctx.account.appid, is_thumb };
    if ctx.now() < ctx.account.media_uploads.closed_until.load(Ordering::SeqCst) || !take_lease(ctx, of).await? {
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
    match ctx.account.platform.upload_media(medium).await {
        Ok(media_id) => {
            store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
                let expires_at = ctx.now() + MEDIA_LIFE_MS - MARGIN_MS;
                store::media_upload::update_uploaded(tx, of, &media_id, expires_at).await?;
                Ok(())
            })?;
        }
        Err(ApiError::Platform { class: ErrorClass::Permission, code, .. }) => {
            tracing::warn!(code, "the account may not send files: followers get links instead");
            ctx.account.media_uploads.closed_until.store(ctx.now() + CLOSED_MS, Ordering::SeqCst);
        }
        // The lease expires; then the next caller that needs the file retries.
        Err(error) => tracing::warn!(%error, file_id, "the platform did not accept a file"),
    }
    Ok(())
}

/// True for the one instance that uploads the file; false while another one does.
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
