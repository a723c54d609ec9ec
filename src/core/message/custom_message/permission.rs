//! Whether the account may send customer-service messages.

use crate::wechat::api::{ApiError, ErrorClass};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// How long a refusal counts before the platform is asked again.
const CLOSED_MS: i64 = 10 * 60_000;

/// What is known about the account's permission to send customer-service messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// A message was sent.
    Proven,
    /// No message was sent yet.
    Unknown,
    /// The platform refused recently.
    Refused,
}

/// The results so far.
#[derive(Debug, Default)]
pub struct CustomMessages {
    is_proven: AtomicBool,
    /// Epoch milliseconds; 0: never refused.
    refused_until: AtomicI64,
}

impl CustomMessages {
    /// The permission as known now.
    #[must_use]
    pub fn permission(&self, now: i64) -> Permission {
        if now < self.refused_until.load(Ordering::SeqCst) {
            Permission::Refused
        } else if self.is_proven.load(Ordering::SeqCst) {
            Permission::Proven
        } else {
            Permission::Unknown
        }
    }

    /// Learns from the result of a message.
    pub(super) fn learn(&self, now: i64, result: &Result<(), ApiError>) {
        match result {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_believed_for_a_while() {
        let service = CustomMessages::default();
        assert_eq!(service.permission(0), Permission::Unknown);
        service.learn(0, &Ok(()));
        assert_eq!(service.permission(1), Permission::Proven);
        let refused = |class| Err(ApiError::Platform { code: 48001, class, message: String::new() });
        service.learn(1, &refused(ErrorClass::User));
        assert_eq!(service.permission(2), Permission::Proven);
        service.learn(2, &refused(ErrorClass::Permission));
        assert_eq!(service.permission(3), Permission::Refused);
        assert_eq!(service.permission(3 + CLOSED_MS), Permission::Unknown);
    }
}
