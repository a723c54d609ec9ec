//! What a message changes outside the database: caches, waiting pages, and a request to the platform.

use crate::core::{account::join::JoinedUsers, signin::Status};

/// Changes that are applied after the commit of a message.
#[derive(Debug, Default)]
pub struct Effects {
    /// The user whose tokens were ended.
    pub ended_tokens: Option<i64>,
    /// The owner whose rules were changed.
    pub changed_rules_of: Option<i64>,
    /// True if data was forgotten that is to be erased from the files of the database too.
    pub is_erasure_due: bool,
    /// The user who was deleted.
    pub deleted_user: Option<i64>,
    /// Two users whose accounts were joined.
    pub joined_users: Option<JoinedUsers>,
    /// Sign-in sessions whose pages are notified of their new status.
    pub session_statuses: Vec<(i64, Status)>,
    /// True if the platform may know the follower's unionid and was not asked recently.
    pub wants_unionid: bool,
}
