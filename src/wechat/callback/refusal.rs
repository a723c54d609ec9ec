//! Why a request was refused. For logs and metrics only: to the client, every refusal looks the same.

use crate::wechat::{crypto::CryptoError, message::MessageError, xml::XmlError};
use std::fmt;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A query parameter occurs twice.
    Duplicate,
    /// A query parameter is missing or has a form the platform never sends.
    Shape,
    /// The timestamp is too far from our clock: a replay, or one of the two clocks is wrong.
    Stale,
    /// The signature of the address does not match: usually another token is configured.
    Signature,
    /// Encryption is configured, but this push is not encrypted.
    Downgrade,
    /// The push is encrypted, but no key is configured.
    Keyless,
    /// The outer document of an encrypted push cannot be read, and no text in it has the signature.
    Envelope(XmlError),
    /// An encrypted push without encrypted text.
    NoEncrypt,
    /// The signature of the encrypted text does not match.
    MessageSignature,
    /// The encrypted text could not be decrypted.
    Crypto(CryptoError),
    /// Its signature is valid, and the body or the decrypted text is not a push document.
    Xml(XmlError),
    /// Its signature is valid, and the document lacks a field that every push has, or has it twice.
    Message(MessageError),
}

impl Refusal {
    /// True for a push whose signature is valid, and which cannot be read. In plain mode the signature covers the address only:
    /// the receiver must also check that it was not used with another body.
    #[must_use]
    pub fn is_authentic(self) -> bool {
        matches!(self, Self::Xml(_) | Self::Message(_))
    }

    /// A stable short name for metric labels.
    pub fn class(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate_parameter",
            Self::Shape => "bad_parameter",
            Self::Stale => "stale",
            Self::Signature => "signature",
            Self::Downgrade => "downgrade",
            Self::Envelope(_) => "envelope",
            Self::Keyless => "no_key",
            Self::NoEncrypt => "no_encrypt",
            Self::MessageSignature => "msg_signature",
            Self::Crypto(CryptoError::AppId) => "appid",
            Self::Crypto(_) => "decrypt",
            Self::Xml(_) => "xml",
            Self::Message(_) => "message",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crypto(error) => write!(f, "{}: {error}", self.class()),
            Self::Xml(error) | Self::Envelope(error) => write!(f, "{}: {error}", self.class()),
            Self::Message(error) => write!(f, "{}: {error}", self.class()),
            _ => f.write_str(self.class()),
        }
    }
}

impl std::error::Error for Refusal {}
