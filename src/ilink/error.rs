//! Why a call failed. Neither the text nor the `Debug` of an error contains a token or a URL.

use std::fmt;

/// The longest message of the platform that is passed on, in characters.
pub(super) const MESSAGE_MAX_CHARS: usize = 200;

/// Why a call to the iLink platform failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// -14 in `ret` or `errcode`: the bot token is stale. The person must connect again.
    Stale,
    /// -2: the platform is overloaded, or the limit of about 10 messages per received one, or the 24 hours are used up. Not carried out.
    Limited,
    /// -12: too many calls in a short time. Not carried out.
    Frequency,
    /// -1: the platform does not know the recipient, or there is no conversation with them.
    BadRecipient,
    /// Another `ret` or `errcode`, and the platform's message: at most 200 characters, no control characters, secrets removed.
    Other { ret: i64, message: String },
    /// No usable response.
    Transport(TransportFailure),
    /// A response that is not JSON, lacks a required field, or is larger than the limit.
    Unreadable,
    /// A host in a response or in the database that does not belong to the platform: nothing was sent to it.
    ForeignHost,
    /// What was to be sent is not valid: nothing was sent.
    Unsendable,
    /// A file that is empty or larger than the limit.
    FileSize,
    /// The key of a media file is missing where one is needed, has a wrong length, or does not decrypt the file.
    MediaKey,
}

/// What went wrong below the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFailure {
    /// No connection could be made: the call was certainly not carried out.
    Unreachable,
    /// No response in time. The call may have been carried out.
    Timeout,
    /// The connection broke. The call may have been carried out.
    Broken,
    /// An HTTP status other than success. The call may have been carried out.
    Status(u16),
}

impl Error {
    /// A stable short name, for metric labels and the database.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Limited => "limited",
            Self::Frequency => "frequency",
            Self::BadRecipient => "bad_recipient",
            Self::Other { .. } => "other",
            Self::Transport(TransportFailure::Unreachable) => "unreachable",
            Self::Transport(TransportFailure::Timeout) => "timeout",
            Self::Transport(TransportFailure::Broken) => "broken",
            Self::Transport(TransportFailure::Status(_)) => "status",
            Self::Unreadable => "unreadable",
            Self::ForeignHost => "foreign_host",
            Self::Unsendable => "unsendable",
            Self::FileSize => "file_size",
            Self::MediaKey => "media_key",
        }
    }

    /// True if the same call may succeed later without a change: a failure of the network, of the server, or a limit.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Limited | Self::Frequency | Self::Transport(_) | Self::Unreadable | Self::Other { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale => f.write_str("the bot token is no longer valid"),
            Self::Limited => f.write_str("the platform's limit of messages is reached"),
            Self::Frequency => f.write_str("the platform received too many calls"),
            Self::BadRecipient => f.write_str("the platform does not accept the recipient"),
            Self::Other { ret, message } => write!(f, "the platform refused with {ret}: {message}"),
            Self::Transport(TransportFailure::Unreachable) => f.write_str("the platform could not be reached"),
            Self::Transport(TransportFailure::Timeout) => f.write_str("the platform did not answer in time"),
            Self::Transport(TransportFailure::Broken) => f.write_str("the connection to the platform broke"),
            Self::Transport(TransportFailure::Status(status)) => {
                write!(f, "the platform answered with HTTP status {status}")
            }
            Self::Unreadable => f.write_str("the platform's answer is malformed"),
            Self::ForeignHost => f.write_str("the platform named a host that is not its own"),
            Self::Unsendable => f.write_str("the message cannot be sent"),
            Self::FileSize => f.write_str("the file is empty or too large"),
            Self::MediaKey => f.write_str("the file's key is missing or wrong"),
        }
    }
}

impl std::error::Error for Error {}
