//! Whether the platform makes QR codes with a scene for the account.

use crate::core::CoreError;
use std::sync::atomic::{AtomicI64, Ordering};

/// How long a refusal counts before the platform is asked again.
pub(super) const CLOSED_MS: i64 = 10 * 60_000;

/// Whether scene QR codes are available.
#[derive(Debug, Default)]
pub struct QrAvailability {
    /// Epoch milliseconds until which QR codes count as unavailable; 0: available.
    pub(super) qr_closed_until: AtomicI64,
    /// Epoch milliseconds until which the limit is not logged again.
    limit_logged_until: AtomicI64,
}

impl QrAvailability {
    /// The account's permissions changed: the next visitor retries.
    pub fn reopen(&self) {
        self.qr_closed_until.store(0, Ordering::SeqCst);
    }

    /// Logs, once in ten minutes, that visitors see no QR because of the limit.
    pub(super) fn warn_of_limit(&self, now: i64, refused: &CoreError) {
        metrics::counter!("weida_qr_refused_total").increment(1);
        if self.limit_logged_until.load(Ordering::SeqCst) <= now {
            self.limit_logged_until.store(now + CLOSED_MS, Ordering::SeqCst);
            tracing::warn!(%refused, "too many QR codes were made: visitors are offered a code to send instead");
        }
    }
}
