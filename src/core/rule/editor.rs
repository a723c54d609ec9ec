//! The author of a change of rules.

use super::Source;

/// The actor and the owner of a rule change.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    /// [`super::ACCOUNT`] or a user.
    pub owner_id: i64,
    /// The acting user; 0: the program itself.
    pub actor_id: i64,
    pub door: Source,
    /// The address of the request; empty if it came from the chat.
    pub address: String,
}
