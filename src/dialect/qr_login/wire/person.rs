//! People.

use super::usage::{UsageOf, by_feature};
use crate::core::{account::User, quota};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /validate_token`.
#[derive(Debug, Deserialize)]
pub struct Validate {
    pub token: String,
}

/// What `validate_token` finds.
#[derive(Debug, Serialize)]
pub struct Validated {
    pub valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Holder>,
}

/// The bearer of a valid token.
#[derive(Debug, Serialize)]
pub struct Holder {
    pub openid: Option<String>,
    pub nickname: String,
    pub level: String,
    pub usage: BTreeMap<String, UsageOf>,
}

/// `POST /get_user_info` and others that name a person only.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub openid: String,
}

/// A person in full, as they and admins see them.
#[derive(Debug, Serialize)]
pub struct Person {
    pub openid: Option<String>,
    pub userid: i64,
    pub nickname: String,
    pub username: Option<String>,
    pub real_name: Option<String>,
    pub avatar: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub level: String,
    pub role: &'static str,
    pub enabled: bool,
    pub credits: i64,
    /// Epoch milliseconds, as all times here.
    pub created_at: i64,
    pub last_login_at: Option<i64>,
    pub usage: BTreeMap<String, UsageOf>,
    /// True once they are gone: then this is who they were.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

impl Person {
    pub fn new(openid: Option<String>, user: User, usage: &[quota::Usage]) -> Self {
        Self {
            openid,
            userid: user.id,
            nickname: user.nickname,
            username: user.username,
            real_name: user.real_name,
            avatar: user.avatar_url,
            email: user.email,
            phone: user.phone,
            level: user.level,
            role: user.role.as_str(),
            enabled: user.is_enabled,
            credits: user.credits,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            usage: by_feature(usage),
            deleted: false,
        }
    }

    pub fn deleted(self) -> Self {
        Self { deleted: true, ..self }
    }
}

/// An answer with one person.
#[derive(Debug, Serialize)]
pub struct OfPerson {
    pub user: Person,
}
