//! Events about a user's data: the account must delete it or request it again.

use crate::wechat::message::trimmed;
use crate::wechat::xml::Element;

/// The change of the user's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDataChange {
    /// `user_info_modified`: nickname or picture changed.
    Modified,
    /// `user_authorization_revoke`: the user withdrew permissions.
    Revoked,
    /// `user_authorization_cancellation`: the user deleted their WeChat account.
    Cancelled,
}

impl UserDataChange {
    /// The change of the event `folded` (its name in lower case).
    pub(super) fn named(folded: &str) -> Option<Self> {
        match folded {
            "user_info_modified" => Some(Self::Modified),
            "user_authorization_revoke" => Some(Self::Revoked),
            "user_authorization_cancellation" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// A change of what the account may store about a user. The user is `openid`; the sender of the push is the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDataEvent {
    /// What happened.
    pub change: UserDataChange,
    /// The user's openid.
    pub openid: Option<String>,
    /// The user's id for the owner of an Open Platform account.
    pub unionid: Option<String>,
    /// The account or mini-program it concerns.
    pub appid: Option<String>,
    /// The withdrawn permissions, as sent: 201 address, 202 invoice, 203 card, 204 microphone, 205 nickname and
    /// picture, 206 position, 207 chosen pictures and videos; a mini-program's are 1 to 20.
    pub revoked: Vec<String>,
    /// The plugin it concerns.
    pub plugin_id: Option<String>,
    /// The user's id for the plugin.
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
