//! What the platform knows about a follower. Available to verified accounts only.

use super::{ApiError, Client, Request};
use serde::{Deserialize, Deserializer};

/// A user, as one account sees them. Since 2021-12-27 without name, picture, sex and location.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UserInfo {
    /// Whether they follow the account. If not, all further fields but the openid are absent.
    #[serde(rename = "subscribe", deserialize_with = "from_number")]
    pub is_follower: bool,
    /// Their id for this account.
    pub openid: String,
    /// Their id for the owner of an Open Platform account, if the account is bound to one.
    pub unionid: Option<String>,
    /// When they last followed, seconds since the Unix epoch.
    #[serde(rename = "subscribe_time")]
    pub followed_at_secs: Option<i64>,
    /// How they found the account, such as `ADD_SCENE_QR_CODE`.
    #[serde(rename = "subscribe_scene")]
    pub found_by: Option<String>,
    /// The scene of the parametric code by which they followed, if it was a text.
    #[serde(rename = "qr_scene_str")]
    pub qr_scene: Option<String>,
    /// The account owner's note about them.
    #[serde(default)]
    pub remark: String,
    /// Their tags.
    #[serde(rename = "tagid_list", default)]
    pub tag_ids: Vec<i64>,
}

fn from_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}

impl Client {
    /// Queries a user. 5 000 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]; 48001 if the account is not verified, 40003 if the openid belongs to another account.
    pub async fn user_info(&self, openid: &str) -> Result<UserInfo, ApiError> {
        self.call(&Request::get("/cgi-bin/user/info").with("openid", openid).with("lang", "zh_CN")).await
    }
}
