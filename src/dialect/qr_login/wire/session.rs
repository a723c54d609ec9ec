//! Sign-in sessions that a program waits for.

use crate::{
    core::{
        account::User,
        signin::{
            Fault,
            api_session::{Begun, Handed, Seen},
        },
    },
    store::identity::IdentityRow,
};
use serde::{Deserialize, Serialize};

/// `POST /create_qr`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    session_id: String,
    qr_url: String,
    /// For the user to send to the account if they cannot scan.
    code: String,
    expires_in: i64,
}

impl From<Begun> for Created {
    fn from(begun: Begun) -> Self {
        Self { session_id: begun.poll, qr_url: begun.picture_url, code: begun.code, expires_in: begun.expires_in_secs }
    }
}

/// A session's state in `/poll`, `/events` and `/finalize_login`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_info: Option<UserInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl From<Seen> for State {
    fn from(seen: Seen) -> Self {
        let plain = |status| Self { status, error: None, user_info: None, token: None };
        match seen {
            Seen::Waiting => plain("waiting"),
            Seen::Scanned => plain("scanned"),
            Seen::Expired => plain("expired"),
            Seen::Refused => Self { error: Some("已在手机上取消"), ..plain("error") },
            Seen::Failed(fault) => Self { error: Some(fault_text(fault)), ..plain("error") },
            Seen::Success(handed) => {
                let Handed { user, identity, token } = *handed;
                Self { user_info: Some(UserInfo::new(user, identity)), token: Some(token), ..plain("success") }
            }
        }
    }
}

fn fault_text(fault: Option<Fault>) -> &'static str {
    match fault {
        Some(Fault::Disabled) => "账号已被停用，请联系管理员",
        Some(Fault::AlreadyRegistered) => "这个微信已经有账号了",
        Some(Fault::UsernameTaken) => "用户名已被占用",
        Some(Fault::AlreadyBound) => "这个微信或这个账号已经绑定过了",
        Some(Fault::Guesses) => "尝试次数太多",
        None => "登录没有完成，请重新开始",
    }
}

/// The user who signed in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo {
    openid: Option<String>,
    nickname: String,
    userid: i64,
    level: String,
    avatar: Option<String>,
    wechat_info: Option<WechatInfo>,
}

/// The user's WeChat profile.
#[derive(Debug, Serialize)]
struct WechatInfo {
    openid: String,
    unionid: Option<String>,
    nickname: Option<String>,
    headimgurl: Option<String>,
    subscribed: bool,
}

impl UserInfo {
    fn new(user: User, identity: Option<IdentityRow>) -> Self {
        Self {
            openid: identity.as_ref().map(|i| i.openid.clone()),
            nickname: user.nickname,
            userid: user.id,
            level: user.level,
            avatar: user.avatar_url,
            wechat_info: identity.map(|i| WechatInfo {
                openid: i.openid,
                unionid: i.unionid,
                nickname: i.nickname,
                headimgurl: i.avatar_url,
                subscribed: i.is_subscribed == 1,
            }),
        }
    }
}

/// `POST /finalize_login`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finalize {
    pub session_id: String,
    pub code: String,
}
