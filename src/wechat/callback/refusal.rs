//! Why a request was not let in. For logs and metrics only: outside, every refusal must look the same.

use crate::wechat::{crypto::CryptoError, message::MessageError, xml::XmlError};
use std::fmt;

/// Why a request was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A query parameter occurs twice.
    Duplicate,
    /// A query parameter is missing or has a form the platform never sends.
    Shape,
    /// The timestamp is too far from our clock: a replay, or one of the two clocks is wrong.
    Stale,
    /// The signature of the address does not match: usually another token.
    Signature,
    /// Encryption is configured, but this push is not encrypted.
    Downgrade,
    /// The push is encrypted, but no key is configured.
    Keyless,
    /// An encrypted push without anything encrypted in it.
    NoEncrypt,
    /// The signature of the encrypted text does not match.
    MessageSignature,
    /// The encrypted text could not be opened.
    Crypto(CryptoError),
    /// The body or the decrypted text is not a push document.
    Xml(XmlError),
    /// The document lacks a field that every push has.
    Message(MessageError),
    /// The push is for another account.
    Account,
}

impl Refusal {
    /// A short name that never changes, fit for a metric's label.
    pub fn class(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate_parameter",
            Self::Shape => "bad_parameter",
            Self::Stale => "stale",
            Self::Signature => "signature",
            Self::Downgrade => "downgrade",
            Self::Keyless => "no_key",
            Self::NoEncrypt => "no_encrypt",
            Self::MessageSignature => "msg_signature",
            Self::Crypto(CryptoError::AppId) => "appid",
            Self::Crypto(_) => "decrypt",
            Self::Xml(_) => "xml",
            Self::Message(_) => "message",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crypto(error) => write!(f, "{}: {error}", self.class()),
            Self::Xml(error) => write!(f, "{}: {error}", self.class()),
            Self::Message(error) => write!(f, "{}: {error}", self.class()),
            _ => f.write_str(self.class()),
        }
    }
}

impl std::error::Error for Refusal {}
