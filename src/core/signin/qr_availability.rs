//! Whether the account may create parametric QR codes. They are for verified service accounts: the platform says so on
//! request.

mod state;

pub use state::QrAvailability;

use crate::{
    core::{CoreError, OfficialCtx, limit},
    wechat::api::{ApiError, ErrorClass, Ticket},
};
use state::CLOSED_MS;
use std::{sync::atomic::Ordering, time::Duration};

/// After a temporary failure, the next visitor retries after this time.
const PAUSE_MS: i64 = 20_000;
/// The longest time a visitor waits for a QR; the code beside it needs none.
const PATIENCE: Duration = Duration::from_secs(3);

/// A QR that the platform created.
pub(super) struct SceneQr {
    pub ticket: String,
    pub url: String,
}

/// Creates a QR with this scene at the platform. Every QR is created here: all instances together have a limit.
///
/// # Errors
/// [`CoreError::TooMany`] if the limit of this minute or day is reached (the platform was not asked); else the platform's error.
pub(super) async fn create_qr(
    ctx: &OfficialCtx,
    scene: &str,
    expire_secs: u32,
    patience: Duration,
) -> Result<Result<Ticket, ApiError>, CoreError> {
    limit::take_qr(ctx).await?;
    let made = tokio::time::timeout(patience, ctx.account.platform.create_qr(scene, expire_secs)).await;
    Ok(made.unwrap_or(Err(ApiError::Timeout)))
}

/// Requests a QR with this scene from the platform; `None` if QR codes are unavailable, or too many were created.
pub(super) async fn open_qr(ctx: &OfficialCtx, scene: &str, expire_secs: u32) -> Option<SceneQr> {
    let now = ctx.now();
    if now < ctx.account.qr_availability.qr_closed_until.load(Ordering::SeqCst) {
        return None;
    }
    let close = |ms: i64| ctx.account.qr_availability.qr_closed_until.store(now + ms, Ordering::SeqCst);
    let made = match create_qr(ctx, scene, expire_secs, PATIENCE).await {
        Ok(made) => made,
        Err(refused) => {
            ctx.account.qr_availability.warn_of_limit(now, &refused);
            return None;
        }
    };
    match made {
        Ok(made) => Some(SceneQr { ticket: made.ticket, url: made.url }),
        Err(ApiError::Platform { class: ErrorClass::Permission, code, .. }) => {
            tracing::warn!(
                code,
                "the account may not create parametric QR codes: visitors are offered a code to send instead"
            );
            close(CLOSED_MS);
            None
        }
        Err(error) => {
            tracing::warn!(%error, "no QR from the platform: visitors are offered a code to send instead");
            close(PAUSE_MS);
            None
        }
    }
}
