//! Requests and responses about users.

use super::usage::{UsageOf, by_feature};
use crate::core::{account::User, quota};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /validate_token`. Without a token, the request's own is meant.
#[derive(Debug, Deserialize)]
pub struct Validate {
    pub token: Option<String>,
}

/// The result of `validate_token`.
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

/// `POST /get_user_info` and others that only name a user.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub openid: String,
}

/// A user's full record, as they and admins see it.
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
    /// Epoch milliseconds, as all times in this dialect.
    pub created_at: i64,
    pub last_login_at: Option<i64>,
    pub usage: BTreeMap<String, UsageOf>,
    /// True after deletion: the record is then the last known state.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

impl Person {
    pub fn new(openid: Option<String>, user: User, usage: &[quota::Usage]) -> Self {
        // No `..`: a new field does not compile until it is in the response, or named among the others.
        let User {
            id,
            username,
            has_password: _,
            nickname,
            avatar_url,
            email,
            phone,
            real_name,
            level,
            level_until: _,
            role,
            is_enabled,
            is_auto_reply: _,
            credits,
            created_at,
            updated_at: _,
            last_login_at,
            generation: _,
            origin: _,
            review_generation: _,
        } = user;
        Self {
            openid,
            userid: id,
            nickname,
            username,
            real_name,
            avatar: avatar_url,
            email,
            phone,
            level,
            role: role.as_str(),
            enabled: is_enabled,
            credits,
            created_at,
            last_login_at,
            usage: by_feature(usage),
            deleted: false,
        }
    }

    pub fn deleted(self) -> Self {
        Self { deleted: true, ..self }
    }
}

/// A response with one user.
#[derive(Debug, Serialize)]
pub struct OfPerson {
    pub user: Person,
}
