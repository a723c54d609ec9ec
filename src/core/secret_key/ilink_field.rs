//! The encrypted columns of the personal channel.

/// A column with an encrypted value of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IlinkField {
    BotToken,
    ContextToken,
    QrText,
}

impl IlinkField {
    /// The name that is authenticated with a user's value.
    #[must_use]
    pub fn name(self, user_id: i64) -> String {
        let field = match self {
            Self::BotToken => "bot-token",
            Self::ContextToken => "context-token",
            Self::QrText => "qr-text",
        };
        format!("ilink/{user_id}/{field}")
    }
}
