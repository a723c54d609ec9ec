//! Customer-service messages: whether the account may send them is learnt by sending one.

use crate::{
    core::Ctx,
    wechat::api::{ApiError, Custom, ErrorClass},
};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// How long a refusal is believed before the platform is asked again.
const CLOSED_MS: i64 = 10 * 60_000;

/// What is known about the account's right to write first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// One was sent.
    Proven,
    /// Nobody has tried yet.
    Unknown,
    /// The platform refused a moment ago.
    Refused,
}

/// What was learnt so far.
#[derive(Debug, Default)]
pub struct Service {
    is_proven: AtomicBool,
    /// Epoch milliseconds; 0: never refused.
    refused_until: AtomicI64,
}

impl Service {
    /// What is known at this moment.
    #[must_use]
    pub fn right(&self, now: i64) -> Right {
        if now < self.refused_until.load(Ordering::SeqCst) {
            Right::Refused
        } else if self.is_proven.load(Ordering::SeqCst) {
            Right::Proven
        } else {
            Right::Unknown
        }
    }

    fn learn(&self, now: i64, done: &Result<(), ApiError>) {
        match done {
            Ok(()) => {
                self.is_proven.store(true, Ordering::SeqCst);
                self.refused_until.store(0, Ordering::SeqCst);
            }
            // Unverified accounts may not (docs/WECHAT.md, 4.4).
            Err(ApiError::Platform { class: ErrorClass::Permission, .. }) => {
                self.is_proven.store(false, Ordering::SeqCst);
                self.refused_until.store(now + CLOSED_MS, Ordering::SeqCst);
            }
            Err(_) => {}
        }
    }
}

/// Sends a customer-service message, and learns from what becomes of it.
///
/// # Errors
/// As [`crate::wechat::api::Client::send_custom`].
pub async fn send(ctx: &Ctx, openid: &str, message: &Custom) -> Result<(), ApiError> {
    let done = ctx.platform.send_custom(openid, message).await;
    ctx.service.learn(ctx.now(), &done);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_believed_for_a_while() {
        let service = Service::default();
        assert_eq!(service.right(0), Right::Unknown);
        service.learn(0, &Ok(()));
        assert_eq!(service.right(1), Right::Proven);
        let refused = |class| Err(ApiError::Platform { code: 48001, class, message: String::new() });
        service.learn(1, &refused(ErrorClass::User));
        assert_eq!(service.right(2), Right::Proven);
        service.learn(2, &refused(ErrorClass::Permission));
        assert_eq!(service.right(3), Right::Refused);
        assert_eq!(service.right(3 + CLOSED_MS), Right::Unknown);
    }
}
