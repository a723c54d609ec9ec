//! Passwords: what is taken, how they are hashed, and that hashing never blocks the rest.

use crate::core::{CoreError, Problem};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::matching::patterns::MatchPattern;

/// NIST SP 800-63B, 5.1.1.2: at least 8 characters.
pub const MIN_CHARS: usize = 8;
/// Long enough for any passphrase, short enough to hash.
pub const MAX_CHARS: usize = 128;
/// How many of the most common passwords are refused.
const COMMON: usize = 10_000;
/// Longer ones are in no list of common passwords, and looking would take long.
const COMMON_MAX_CHARS: usize = 24;
/// Hashes at a time: each takes 19 MiB and a whole core for some milliseconds.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn.
const QUEUE: usize = 32;

/// A password as typed, within the limits of length.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// A password to be set; `field` is where the flaw is shown. Common ones are found when it is hashed.
    ///
    /// # Errors
    /// The flaw of the field.
    pub fn parse_new(field: &'static str, text: &str) -> Result<Self, CoreError> {
        match text.chars().take(MAX_CHARS + 1).count() {
            0 => Err(CoreError::flaw(field, Problem::Empty)),
            n if n < MIN_CHARS => Err(CoreError::flaw(field, Problem::TooShort(MIN_CHARS))),
            n if n > MAX_CHARS => Err(CoreError::flaw(field, Problem::TooLong(MAX_CHARS))),
            _ => Ok(Self::typed(text)),
        }
    }

    /// A password to be compared. Whatever is longer than any that could be set is cut, and so is wrong.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        // Composed and decomposed accents come from different keyboards and mean the same.
        Self(text.chars().take(MAX_CHARS + 1).nfc().collect())
    }

    /// True for the most common passwords, and for the user's own name.
    fn is_common(&self, username: Option<&str>) -> bool {
        let lower = self.0.to_lowercase();
        if username.is_some_and(|u| u.to_lowercase() == lower) {
            return true;
        }
        if self.0.chars().count() > COMMON_MAX_CHARS {
            return false;
        }
        let estimate = zxcvbn::zxcvbn(&lower, &[]);
        let is_listed = |m: &zxcvbn::Match| matches!(&m.pattern, MatchPattern::Dictionary(d) if d.rank <= COMMON && !d.reversed && !d.l33t);
        estimate.guesses() <= COMMON as u64 || matches!(estimate.sequence(), [only] if is_listed(only))
    }
}

/// Hashes and compares, a few at a time, off the threads that serve requests.
#[derive(Debug, Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: Arc::default() }
    }
}

/// Counts a caller out again, also when the request it serves is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Hasher {
    /// The hash to store.
    ///
    /// # Errors
    /// [`Problem::TooCommon`] at `field`; [`CoreError::Busy`] when the queue is full.
    pub async fn hash(&self, field: &'static str, password: Password, username: Option<&str>) -> Result<String, CoreError> {
        let username = username.map(str::to_owned);
        self.run(move || {
            if password.is_common(username.as_deref()) {
                return Err(CoreError::flaw(field, Problem::TooCommon));
            }
            argon2().hash_password(password.0.as_bytes()).map(|h| h.to_string()).map_err(|e| CoreError::Fault(e.to_string()))
        })
        .await?
    }

    /// True where the password is the one that was hashed. Without a hash it is false, and takes as long.
    ///
    /// # Errors
    /// [`CoreError::Busy`] when the queue is full.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, CoreError> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            argon2().verify_password(password.0.as_bytes(), hash.as_str()).is_ok() && known
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, CoreError> {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= AT_ONCE + QUEUE {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(CoreError::Busy);
        }
        let waiting = Waiting(self.waiting.clone());
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| CoreError::Busy)?;
        // The permit goes with the work: a caller that hangs up does not let a third one start.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (turn, waiting);
            work()
        });
        done.await.map_err(|e| CoreError::Fault(e.to_string()))
    }
}

/// OWASP's password storage cheat sheet: 19 MiB, two passes, one lane. These are the crate's defaults.
fn argon2() -> Argon2<'static> {
    Argon2::default()
}

/// The hash of no password, with the parameters of every other: it is compared where there is no user.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let hasher = Hasher::default();
        let hash = hasher.hash("password", Password::parse_new("password", "correct horse").unwrap(), None).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(Password::typed("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(Password::typed("correct horsf"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(Password::typed("correct horse"), None).await.unwrap());
    }

    #[test]
    fn the_stand_in_hash_is_a_real_one() {
        assert!(argon2::PasswordHash::new(NOBODY).is_ok());
        let error = argon2().verify_password(b"x", NOBODY).unwrap_err();
        assert_eq!(error.to_string(), argon2::password_hash::Error::PasswordInvalid.to_string());
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in ["password", "12345678", "qwertyuiop", "iloveyou", "Password", "11111111", "sunshine", "1q2w3e4r"] {
            assert!(Password::typed(common).is_common(None), "{common}");
        }
        assert!(Password::typed("AliceAlice").is_common(Some("alicealice")));
        for fine in ["correct horse", "tianqi-zhen-hao", "春眠不觉晓处处闻啼鸟", "x8$kfj2!pq"] {
            assert!(!Password::typed(fine).is_common(None), "{fine}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Password::parse_new("password", "一二三四五六七").is_err());
        assert!(Password::parse_new("password", "一二三四五六七八").is_ok());
        assert!(Password::parse_new("password", &"a".repeat(129)).is_err());
    }

    #[tokio::test]
    async fn a_full_queue_is_told_at_once() {
        let hasher = Hasher::default();
        let waiting: Vec<_> = (0..AT_ONCE + QUEUE + 5).map(|_| hasher.verify(Password::typed("x"), None)).collect();
        let results = futures::future::join_all(waiting).await;
        assert_eq!(results.iter().filter(|r| matches!(r, Err(CoreError::Busy))).count(), 5);
        assert_eq!(hasher.waiting.load(Ordering::SeqCst), 0);
    }
}
