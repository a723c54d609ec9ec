//! What one instance remembers about its token. No I/O: only time and decisions.

use super::store::StoredToken;
use crate::wechat::api::error::{ApiError, ErrorClass};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// The shortest pause after a failure, in milliseconds; doubles with each further failure.
const REST_MIN_MS: i64 = 2_000;

/// The longest pause after failures, and the pause after a minute's quota is used up.
const REST_MAX_MS: i64 = 60_000;

/// The pause after a day's quota is used up. It is reset at midnight in Beijing, or by the administrator at any time.
const REST_DAILY_QUOTA_MS: i64 = 600_000;

/// The pause after a success: shortly before the end the platform may return the same token for a while.
const REST_SUCCESS_MS: i64 = 10_000;

/// The least time between two forced renewals: the platform's rule.
const FORCE_APART_MS: i64 = 30_000;

/// The state of the token.
#[derive(Default)]
pub(super) struct State {
    token: Option<StoredToken>,
    /// The last value that the platform rejected.
    rejected: Option<SecretString>,
    /// No renewal is attempted before this time, in epoch milliseconds.
    rest_until_ms: i64,
    /// The last renewal's error, and the number of consecutive failures.
    failure: Option<(ApiError, u32)>,
    forced_at_ms: Option<i64>,
}

/// Whether the token can be used.
pub(super) enum TokenState {
    /// Use it.
    Fresh(StoredToken),
    /// Use it, and renew it in the background.
    Due(StoredToken),
    /// There is no valid token.
    Missing,
}

impl State {
    pub(super) fn token(&self, now_ms: i64) -> TokenState {
        match self.token.clone().filter(|token| token.is_valid(now_ms)) {
            Some(token) if token.is_due(now_ms) && !self.is_resting(now_ms) => TokenState::Due(token),
            Some(token) => TokenState::Fresh(token),
            None => TokenState::Missing,
        }
    }

    /// The result of another task's renewal, if it makes a further one unnecessary.
    pub(super) fn settled(&self, now_ms: i64) -> Option<Result<SecretString, ApiError>> {
        match (self.token(now_ms), &self.failure) {
            (TokenState::Fresh(token), _) => Some(Ok(token.value)),
            (TokenState::Missing, Some((error, _))) if self.is_resting(now_ms) => Some(Err(error.clone())),
            _ => None,
        }
    }

    pub(super) fn succeed(&mut self, token: &StoredToken, now_ms: i64) {
        self.token = Some(token.clone());
        self.failure = None;
        self.rest_until_ms = now_ms + REST_SUCCESS_MS;
    }

    pub(super) fn fail(&mut self, error: &ApiError, now_ms: i64) {
        let before = self.failure.as_ref().map_or(0, |(_, in_a_row)| *in_a_row);
        let rest_ms = match error {
            ApiError::Platform { code: 45009, .. } => REST_DAILY_QUOTA_MS,
            ApiError::Platform { class: ErrorClass::Quota, .. } => REST_MAX_MS,
            _ => (REST_MIN_MS << before.min(10)).min(REST_MAX_MS),
        };
        self.failure = Some((error.clone(), before + 1));
        self.rest_until_ms = now_ms + rest_ms;
    }

    /// Drops `value` if it is the current token: a rejection of an older one says nothing about this one.
    pub(super) fn reject(&mut self, value: &SecretString) {
        if self.token.as_ref().is_some_and(|token| is_same(&token.value, value)) {
            self.token = None;
            self.rejected = Some(value.clone());
        }
    }

    pub(super) fn is_rejected(&self, value: &SecretString) -> bool {
        self.rejected.as_ref().is_some_and(|rejected| is_same(rejected, value))
    }

    /// Whether a renewal may be forced now. Returning true counts as a forced renewal.
    pub(super) fn may_force(&mut self, now_ms: i64) -> bool {
        if self.forced_at_ms.is_some_and(|at| (0..FORCE_APART_MS).contains(&(now_ms - at))) {
            return false;
        }
        self.forced_at_ms = Some(now_ms);
        true
    }

    /// A pause longer than any configured one comes from a clock that was set back, and is over.
    fn is_resting(&self, now_ms: i64) -> bool {
        (1..=REST_DAILY_QUOTA_MS).contains(&(self.rest_until_ms - now_ms))
    }
}

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret().as_bytes().ct_eq(other.expose_secret().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str) -> StoredToken {
        StoredToken { value: value.into(), expires_at_ms: 7_200_000 }
    }

    #[test]
    fn a_late_refusal_of_an_older_token_leaves_the_newer_one_alone() {
        let mut state = State::default();
        state.succeed(&token("new"), 0);
        state.reject(&"old".into());
        assert!(matches!(state.token(0), TokenState::Fresh(token) if token.value.expose_secret() == "new"));
        assert!(!state.is_rejected(&"old".into()));
        state.reject(&"new".into());
        assert!(matches!(state.token(0), TokenState::Missing));
        assert!(state.is_rejected(&"new".into()));
    }

    #[test]
    fn a_token_ends_with_its_last_millisecond() {
        let mut state = State::default();
        state.succeed(&token("t"), 0);
        assert!(matches!(state.token(6_899_999), TokenState::Fresh(_)));
        assert!(matches!(state.token(6_900_000), TokenState::Due(_)));
        assert!(matches!(state.token(7_199_999), TokenState::Due(_)));
        assert!(matches!(state.token(7_200_000), TokenState::Missing));
    }
}
