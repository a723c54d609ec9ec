//! The encrypted columns of an Official Account.

/// A column with an encrypted value of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficialAccountField {
    AppSecret,
    Token,
    AesKey,
    PreviousAesKey,
}

impl OfficialAccountField {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 4] = [Self::AppSecret, Self::Token, Self::AesKey, Self::PreviousAesKey];

    /// The name that is authenticated with an account's value.
    #[must_use]
    pub fn name(self, id: i64) -> String {
        let field = match self {
            Self::AppSecret => "app-secret",
            Self::Token => "token",
            Self::AesKey => "aes-key",
            // A key that becomes the previous one is encrypted again.
            Self::PreviousAesKey => "previous-aes-key",
        };
        format!("official-account/{id}/{field}")
    }
}
