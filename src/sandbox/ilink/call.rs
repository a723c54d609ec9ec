//! A call of a bot, and what a refused one answers.

use serde_json::{Value, json};

/// What a refused call answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused(pub i64, pub &'static str);

pub(super) const STALE: Refused = Refused(-14, "session timeout");
pub(super) const LIMITED: Refused = Refused(-2, "rate limited");
pub(super) const BAD_RECIPIENT: Refused = Refused(-1, "invalid to_user_id");
pub(super) const BAD_REQUEST: Refused = Refused(-3, "invalid request");
pub(super) const BAD_CONTEXT: Refused = Refused(-4, "invalid context_token");

impl Refused {
    pub fn json(self) -> Value {
        json!({ "ret": self.0, "errcode": self.0, "errmsg": self.1 })
    }
}

/// A call of a bot: its owner, and the body.
pub(super) struct Call {
    pub owner: String,
    pub token: String,
    pub body: Value,
}

impl Call {
    /// A text of the body; empty if absent.
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}
