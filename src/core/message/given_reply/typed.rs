//! The reply to a push, as it was made or stored.

use crate::wechat::reply::{self, PassiveReply, Reply};

/// The reply to a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenReply {
    Typed(PassiveReply),
    /// XML that an earlier version stored.
    Xml(String),
}

impl GivenReply {
    /// The reply itself; `None` if the stored XML of an earlier version cannot be read.
    #[must_use]
    pub fn into_reply(self) -> Option<Reply> {
        match self {
            Self::Typed(given) => Some(given.reply),
            Self::Xml(document) => reply::read(&document),
        }
    }

    /// True if it is addressed to this follower.
    #[must_use]
    pub fn is_to(&self, openid: &str) -> bool {
        match self {
            Self::Typed(given) => given.to == openid,
            Self::Xml(document) => reply::recipient(document).as_deref() == Some(openid),
        }
    }

    /// Parses a decrypted row. XML begins with `<`, JSON does not.
    pub(super) fn parse(stored: &str) -> Option<Self> {
        if stored.starts_with('<') {
            return Some(Self::Xml(stored.to_owned()));
        }
        serde_json::from_str(stored)
            .inspect_err(|error| tracing::error!(%error, "a stored answer cannot be read"))
            .ok()
            .map(Self::Typed)
    }
}
