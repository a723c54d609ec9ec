//! Randomness as an argument: secrets, codes and random choices come from an [`Rng`], so that tests can repeat them.

use rand::{RngExt as _, SeedableRng, TryRng as _, rngs::StdRng};
use std::sync::Mutex;

/// The 62 letters and digits of random names.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A source of random bytes.
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes`. Outside tests, the source must be cryptographically secure.
    fn fill(&self, bytes: &mut [u8]);

    /// A uniformly distributed integer in `0..bound` (`bound` must be above 0).
    fn below(&self, bound: u64) -> u64 {
        // Values at or above the largest multiple of `bound` are drawn again: otherwise small values would be more
        // likely.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            let drawn = u64::from_le_bytes(bytes);
            if drawn < limit {
                return drawn % bound;
            }
        }
    }

    /// 22 letters and digits: about 131 random bits (62^22 > 2^130).
    fn token(&self) -> String {
        (0..22).map(|_| char::from(BASE62[usize::try_from(self.below(62)).unwrap_or_default()])).collect()
    }

    /// A random number of exactly `digits` decimal digits as text, with leading zeros.
    fn digits(&self, digits: u8) -> String {
        let width = usize::from(digits);
        format!("{:0width$}", self.below(10_u64.pow(u32::from(digits))))
    }
}

/// The operating system's random generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no secret can be generated, so the program cannot go on.
        #[expect(clippy::expect_used, reason = "a machine without randomness cannot run this program")]
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system's random generator");
    }
}

/// A generator that repeats its bytes for the same seed. For tests only.
#[derive(Debug)]
pub struct SeededRng(Mutex<StdRng>);

impl SeededRng {
    /// A generator fully determined by `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_22_letters_and_digits_and_never_repeats() {
        let chance = SystemRng;
        let (one, two) = (chance.token(), chance.token());
        assert_eq!(one.len(), 22);
        assert!(one.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }

    #[test]
    fn digits_keep_their_leading_zeros() {
        let chance = SeededRng::new(7);
        for _ in 0..2_000 {
            assert_eq!(chance.digits(6).len(), 6);
        }
    }
}
