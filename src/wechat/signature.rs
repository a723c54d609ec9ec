//! The platform's signatures: SHA-1 over the sorted parts, joined without a separator.
//!
//! Joining without a separator is ambiguous (`12` + `34` = `123` + `4`), so the shape of every part is checked before
//! signing: see [`Stamp`] and [`Nonce`]. The scheme: developers.weixin.qq.com, "接收消息推送".

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

/// The sender's timestamp: ten decimal digits of Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    text: String,
    secs: i64,
}

impl Stamp {
    /// `None` unless `text` is exactly ten decimal digits (any time between 1970 and 2286).
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self { text: text.to_owned(), secs: text.parse().ok()? })
    }

    /// The digits as sent, which are signed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Seconds since the Unix epoch.
    pub fn secs(&self) -> i64 {
        self.secs
    }
}

/// The sender's nonce: 1 to 32 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// `None` unless `text` is 1 to 32 ASCII letters and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The lower-case hexadecimal SHA-1 of `parts`, sorted as bytes and joined.
pub fn sign(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    hex::encode(Sha1::digest(sorted.concat()))
}

/// Whether `given` is the signature of `expected_parts`.
///
/// Constant-time. Only 40 lower-case hexadecimal digits can match: the platform sends nothing else.
pub fn verify(expected_parts: &[&str], given: &str) -> bool {
    sign(expected_parts).as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        id: String,
        token: String,
        timestamp: String,
        nonce: String,
        signature: String,
        valid: bool,
    }

    #[test]
    fn every_known_signature_is_judged_right() {
        let file: File = serde_json::from_str(include_str!("../../tests/vectors/signatures.json")).unwrap();
        assert!(!file.vectors.is_empty());
        for v in file.vectors {
            assert!(Stamp::parse(&v.timestamp).is_some() && Nonce::parse(&v.nonce).is_some(), "{}", v.id);
            assert_eq!(verify(&[&v.token, &v.timestamp, &v.nonce], &v.signature), v.valid, "{}", v.id);
        }
    }

    #[test]
    fn one_changed_digit_is_enough_to_fail() {
        let right = sign(&["Tok3n", "1757650000", "7"]);
        for at in 0..right.len() {
            let mut wrong = right.clone();
            wrong.replace_range(at..=at, if right.as_bytes()[at] == b'0' { "1" } else { "0" });
            assert!(!verify(&["Tok3n", "1757650000", "7"], &wrong));
        }
    }

    #[test]
    fn a_timestamp_is_ten_digits_and_nothing_else() {
        assert_eq!(Stamp::parse("1757650000").unwrap().secs(), 1_757_650_000);
        for odd in ["", "175765000", "17576500000", "-175765000", "+175765000", "1757650 00", "175765000x", "１７５７"]
        {
            assert!(Stamp::parse(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_nonce_is_short_and_plain() {
        assert!(Nonce::parse("0").is_some() && Nonce::parse(&"x".repeat(32)).is_some());
        for odd in ["", "a b", "a-b", "é", &"x".repeat(33)] {
            assert!(Nonce::parse(odd).is_none(), "{odd}");
        }
    }
}
