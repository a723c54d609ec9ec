//! Which doors the account may open. Parametric QR codes are for verified service accounts: the platform says so when asked.

use crate::{
    core::Ctx,
    wechat::api::{ApiError, ErrorClass},
};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// How long a refusal is believed before the platform is asked again.
const CLOSED_MS: i64 = 10 * 60_000;
/// After a failure that may pass, the next visitor tries again this much later.
const PAUSE_MS: i64 = 20_000;
/// A visitor waits no longer than this for a QR; the code beside it needs none.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether door 1, the scene QR, is open.
#[derive(Debug, Default)]
pub struct Doors {
    /// Epoch milliseconds until which the door counts as closed; 0: open.
    qr_closed_until: AtomicI64,
}

impl Doors {
    /// The account's rights have changed: the next visitor tries again.
    pub fn reopen(&self) {
        self.qr_closed_until.store(0, Ordering::SeqCst);
    }
}

/// A QR that the platform made.
pub(super) struct SceneQr {
    pub ticket: String,
    pub url: String,
}

/// Asks the platform for a QR with this scene; None where the door is closed.
pub(super) async fn open_qr(ctx: &Ctx, scene: &str, expire_secs: u32) -> Option<SceneQr> {
    let now = ctx.now();
    if now < ctx.doors.qr_closed_until.load(Ordering::SeqCst) {
        return None;
    }
    let close = |ms: i64| ctx.doors.qr_closed_until.store(now + ms, Ordering::SeqCst);
    match tokio::time::timeout(PATIENCE, ctx.platform.create_qr(scene, expire_secs)).await {
        Ok(Ok(made)) => Some(SceneQr { ticket: made.ticket, url: made.url }),
        Ok(Err(ApiError::Platform { class: ErrorClass::Permission, code, .. })) => {
            tracing::warn!(
                code,
                "the account may not make parametric QR codes: visitors are offered a code to send instead"
            );
            close(CLOSED_MS);
            None
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "no QR from the platform: visitors are offered a code to send instead");
            close(PAUSE_MS);
            None
        }
        Err(_) => {
            tracing::warn!("the platform took too long to make a QR: visitors are offered a code to send instead");
            close(PAUSE_MS);
            None
        }
    }
}
