//! Passwords: validation, hashing, and a queue that keeps hashing from blocking requests.

use crate::core::{CoreError, Problem};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::matching::patterns::MatchPattern;

/// NIST SP 800-63B, 5.1.1.2: at least 8 characters.
pub const MIN_CHARS: usize = 8;
/// Long enough for any passphrase, short enough to hash.
pub const MAX_CHARS: usize = 128;
/// How many of the most common passwords are refused.
const COMMON: usize = 10_000;
/// Longer passwords are in no list of common ones, and a lookup would take long.
const COMMON_MAX_CHARS: usize = 24;
/// Concurrent hashes: each takes 19 MiB and a whole core for some milliseconds.
const AT_ONCE: usize = 2;
/// Callers that may wait.
const QUEUE: usize = 32;

/// A typed password, within the length limits.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// A new password; `field` is where a field error is shown. Common passwords are refused when it is hashed.
    ///
    /// # Errors
    /// The field error of `field`.
    pub fn parse_new(field: &'static str, text: &str) -> Result<Self, CoreError> {
        match text.chars().take(MAX_CHARS + 1).count() {
            0 => Err(CoreError::field_error(field, Problem::Empty)),
            n if n < MIN_CHARS => Err(CoreError::field_error(field, Problem::TooShort(MIN_CHARS))),
            n if n > MAX_CHARS => Err(CoreError::field_error(field, Problem::TooLong(MAX_CHARS))),
            _ => Ok(Self::typed(text)),
        }
    }

    /// A password to verify. Anything longer than the limit is cut, and therefore wrong.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        // Keyboards produce composed or decomposed accents for the same text.
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

/// Hashes and verifies passwords, a few at a time, off the threads that serve requests.
#[derive(Debug, Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    memory: Memory,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), waiting: Arc::default(), memory: Memory::default() }
    }
}

/// Buffers for hashing, one for each concurrent hash. They are reused: with repeated allocations of this size the allocator retains
/// one buffer for each thread that hashed.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory(…)")
    }
}

impl Memory {
    /// Computes a hash into `out`.
    fn hash(&self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut blocks = kept.unwrap_or_default();
        let needed = argon2.params().block_count();
        if blocks.len() < needed {
            blocks.resize(needed, Block::default());
        }
        let done = argon2.hash_password_into_with_memory(password, salt, out, blocks.as_mut_slice());
        // A stored hash with other parameters may have needed more memory.
        let usual = Params::default().block_count();
        if blocks.len() > usual {
            blocks.truncate(usual);
            blocks.shrink_to_fit();
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < AT_ONCE {
            all.push(blocks);
        }
        done
    }

    fn hashed(&self, password: &Password) -> Result<String, CoreError> {
        let fault = |e: &dyn std::fmt::Display| CoreError::Fault(e.to_string());
        let (argon2, salt) = (argon2(), Salt::generate());
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        self.hash(&argon2, password.0.as_bytes(), &salt, &mut out).map_err(|e| fault(&e))?;
        let hash = PasswordHash {
            algorithm: Algorithm::default().ident(),
            version: Some(Version::default().into()),
            params: ParamsString::try_from(argon2.params()).map_err(|e| fault(&e))?,
            salt: Some(salt),
            hash: Some(Output::new(&out).map_err(|e| fault(&e))?),
        };
        Ok(hash.to_string())
    }

    /// True if `hash` is the password's hash; false also if `hash` is malformed.
    fn is_of(&self, password: &Password, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
        let Ok(algorithm) = Algorithm::try_from(hash.algorithm.as_str()) else { return false };
        let Ok(version) = hash.version.map_or(Ok(Version::default()), Version::try_from) else { return false };
        let Ok(params) = Params::try_from(&hash) else { return false };
        let argon2 = Argon2::new(algorithm, version, params);
        let mut out = vec![0; expected.len()];
        let done = self.hash(&argon2, password.0.as_bytes(), salt, &mut out);
        done.is_ok() && bool::from(out.ct_eq(expected.as_bytes()))
    }
}

/// Decrements the number of waiting callers on drop, also when the request is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Hasher {
    /// Hashes a password for storage.
    ///
    /// # Errors
    /// [`Problem::TooCommon`] at `field`; [`CoreError::Busy`] when the queue is full.
    pub async fn hash(
        &self,
        field: &'static str,
        password: Password,
        username: Option<&str>,
    ) -> Result<String, CoreError> {
        let (username, memory) = (username.map(str::to_owned), self.memory.clone());
        self.run(move || {
            if password.is_common(username.as_deref()) {
                return Err(CoreError::field_error(field, Problem::TooCommon));
            }
            memory.hashed(&password)
        })
        .await?
    }

    /// True if the hash matches the password. Without a hash it is false, and takes equally long.
    ///
    /// # Errors
    /// [`CoreError::Busy`] when the queue is full.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, CoreError> {
        let memory = self.memory.clone();
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| DUMMY_HASH.to_owned());
            memory.is_of(&password, &hash) && known
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, CoreError> {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= AT_ONCE + QUEUE {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(CoreError::Busy);
        }
        let waiting = Waiting(self.waiting.clone());
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| CoreError::Busy)?;
        // The permit belongs to the task: if the caller disconnects, no additional hash starts.
        let hashing = tokio::task::spawn_blocking(move || {
            let _held = (permit, waiting);
            work()
        });
        hashing.await.map_err(|e| CoreError::Fault(e.to_string()))
    }
}

/// Parameters of OWASP's password storage cheat sheet: 19 MiB, two passes, one lane. These are the crate's defaults.
fn argon2() -> Argon2<'static> {
    Argon2::default()
}

/// A hash of no password, with the usual parameters: verified against for unknown users.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    #[tokio::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let hasher = Hasher::default();
        let hash =
            hasher.hash("password", Password::parse_new("password", "correct horse").unwrap(), None).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(Password::typed("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(Password::typed("correct horsf"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(Password::typed("correct horse"), None).await.unwrap());
    }

    #[test]
    fn the_stand_in_hash_is_a_real_one() {
        assert!(PasswordHash::new(DUMMY_HASH).is_ok());
        let error = argon2().verify_password(b"x", DUMMY_HASH).unwrap_err();
        assert_eq!(error.to_string(), argon2::password_hash::Error::PasswordInvalid.to_string());
    }

    #[test]
    fn the_library_agrees_and_other_parameters_are_understood() {
        let (memory, password) = (Memory::default(), Password::typed("correct horse"));
        let hash = memory.hashed(&password).unwrap();
        assert!(argon2().verify_password(b"correct horse", hash.as_str()).is_ok());
        for (memory_kib, passes) in [(8 * 1024, 3), (32 * 1024, 1)] {
            let params = Params::new(memory_kib, passes, 1, None).unwrap();
            let other = Argon2::from(params).hash_password(b"correct horse").unwrap().to_string();
            assert!(memory.is_of(&password, &other) && !memory.is_of(&Password::typed("x"), &other), "{other}");
        }
        assert!(!memory.is_of(&password, "rubbish") && memory.is_of(&password, &hash));
    }

    /// T-143
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn hashes_at_a_time_share_two_buffers() {
        let hasher = Hasher::default();
        for _ in 0..3 {
            let all = (0..AT_ONCE + QUEUE).map(|_| hasher.verify(Password::typed("x"), None));
            assert!(futures::future::join_all(all).await.into_iter().all(|done| matches!(done, Ok(false))));
        }
        let kept: Vec<usize> = hasher.memory.0.lock().unwrap().iter().map(Vec::len).collect();
        assert!(
            kept.len() <= AT_ONCE && kept.iter().all(|blocks| *blocks == Params::default().block_count()),
            "{kept:?}"
        );
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in ["password", "12345678", "qwertyuiop", "iloveyou", "Password", "11111111", "sunshine", "1q2w3e4r"]
        {
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
