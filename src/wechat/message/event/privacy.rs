//! Events about what the account may still know of a person. What they name must be deleted or asked for again.

use crate::wechat::message::trimmed;
use crate::wechat::xml::Element;

/// What happened to the person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDataChange {
    /// `user_info_modified`: nickname or picture changed.
    Modified,
    /// `user_authorization_revoke`: the person withdrew permissions.
    Revoked,
    /// `user_authorization_cancellation`: the person deleted their account with the platform.
    Cancelled,
}

impl UserDataChange {
    /// The change that the event `folded` (in lower case) tells of.
    pub(super) fn named(folded: &str) -> Option<Self> {
        match folded {
            "user_info_modified" => Some(Self::Modified),
            "user_authorization_revoke" => Some(Self::Revoked),
            "user_authorization_cancellation" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// A change of what the account may know. The person is `openid`; the sender of the push is the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDataEvent {
    /// What happened.
    pub change: UserDataChange,
    /// Whom it concerns.
    pub openid: Option<String>,
    /// The same person for the owner of an Open Platform account.
    pub unionid: Option<String>,
    /// The account or mini program it concerns.
    pub appid: Option<String>,
    /// What was withdrawn, as sent: 201 address, 202 invoice, 203 card, 204 microphone, 205 nickname and picture, 206
    /// position, 207 chosen pictures and videos; a mini program's are 1 to 20.
    pub revoked: Vec<String>,
    /// The plugin it concerns.
    pub plugin_id: Option<String>,
    /// The person's id for the plugin.
    pub open_pid: Option<String>,
}

impl UserDataEvent {
    pub(super) fn read(change: UserDataChange, root: &Element) -> Self {
        // Documented as one number; a list with commas has been reported.
        let revoked = trimmed(root, "RevokeInfo").unwrap_or_default();
        Self {
            change,
            openid: trimmed(root, "OpenID"),
            unionid: trimmed(root, "UnionID"),
            appid: trimmed(root, "AppID"),
            revoked: revoked.split(',').map(str::trim).filter(|info| !info.is_empty()).map(str::to_owned).collect(),
            plugin_id: trimmed(root, "PluginID"),
            open_pid: trimmed(root, "OpenPID"),
        }
    }
}
