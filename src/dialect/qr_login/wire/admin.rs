//! Requests and responses of the admin calls.

use crate::core::account::directory;
use serde::{Deserialize, Serialize};

/// The target of an admin call: an openid in any app, or the user's number.
#[derive(Debug, Deserialize)]
pub struct Target {
    pub openid: Option<String>,
    pub userid: Option<i64>,
}

/// `POST /admin/update_user_level`.
#[derive(Debug, Deserialize)]
pub struct SetLevel {
    pub openid: Option<String>,
    pub userid: Option<i64>,
    pub level: String,
}

/// `POST /admin/update_user`. Absent fields stay unchanged.
#[derive(Debug, Deserialize)]
pub struct Update {
    pub openid: Option<String>,
    pub userid: Option<i64>,
    pub nickname: Option<String>,
    pub real_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub level: Option<String>,
    pub enabled: Option<bool>,
    /// Why the user is disabled or enabled again.
    pub reason: Option<String>,
}

/// `POST /admin/clear_all_users`.
#[derive(Debug, Deserialize)]
pub struct Clear {
    pub confirm: String,
}

#[derive(Debug, Serialize)]
pub struct Cleared {
    pub deleted: u64,
}

/// `GET /admin/list_all_keys`.
#[derive(Debug, Serialize)]
pub struct Listed {
    users: Vec<Line>,
    next_cursor: Option<String>,
}

/// One user in the list.
#[derive(Debug, Serialize)]
struct Line {
    openid: Option<String>,
    userid: i64,
    nickname: String,
    username: Option<String>,
    real_name: Option<String>,
    avatar: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    level: String,
    role: &'static str,
    enabled: bool,
    credits: i64,
    subscribed: Option<bool>,
    created_at: i64,
    last_login_at: Option<i64>,
}

impl From<directory::Page> for Listed {
    fn from(page: directory::Page) -> Self {
        let line = |entry: directory::Entry| Line {
            openid: entry.openid,
            userid: entry.id,
            nickname: entry.nickname,
            username: entry.username,
            real_name: entry.real_name,
            avatar: entry.avatar_url,
            email: entry.email,
            phone: entry.phone,
            level: entry.level,
            role: entry.role.as_str(),
            enabled: entry.is_enabled,
            credits: entry.credits,
            subscribed: entry.is_subscribed,
            created_at: entry.created_at,
            last_login_at: entry.last_login_at,
        };
        Self { users: page.entries.into_iter().map(line).collect(), next_cursor: page.after }
    }
}
