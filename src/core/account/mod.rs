//! Users: their names, passwords, profiles, sessions, and how they leave.

pub mod admin;
pub mod directory;
pub mod export;
pub mod field;
pub mod identity;
pub mod leave;
pub mod login;
pub mod password;
pub mod profile;
pub mod session;
pub mod unionid;

mod unite;

use super::{CoreError, Ctx};
use crate::store::{self, StoreError, Tx, user::UserRow};
use field::{Nickname, Username};
use std::collections::HashMap;

/// Who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    User,
    Admin,
}

impl Role {
    /// What stands in `users.role`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// What a person's level is called in storage and on the wire.
pub const LEVELS: [&str; 3] = ["normal", "premium", "vip"];

/// A user, as pages and dialects see them.
#[derive(Debug, Clone)]
pub struct User {
    pub id: i64,
    pub username: Option<String>,
    pub has_password: bool,
    pub nickname: String,
    pub avatar_url: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// What an operator knows them by.
    pub real_name: Option<String>,
    pub level: String,
    pub role: Role,
    pub is_enabled: bool,
    pub is_auto_reply: bool,
    pub credits: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub updated_at: i64,
    pub last_login_at: Option<i64>,
    /// As it was when this was read: what is agreed by this user now is void once it is raised.
    pub generation: i64,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            has_password: row.password_hash.is_some(),
            nickname: row.nickname,
            avatar_url: row.avatar_url,
            email: row.email,
            phone: row.phone,
            real_name: row.real_name,
            level: row.level,
            role: if row.role == "admin" { Role::Admin } else { Role::User },
            is_enabled: row.is_enabled == 1,
            is_auto_reply: row.is_auto_reply == 1,
            credits: row.credits,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_login_at: row.last_login_at,
            generation: row.token_generation,
        }
    }
}

/// The user with this id, if there is one.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx, id: i64) -> Result<Option<User>, CoreError> {
    Ok(store::user::find_user(&mut ctx.store.read().await?, id).await?.map(User::from))
}

/// The nicknames of these users, by their ids; those that are not there (any more) are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn names(ctx: &Ctx, ids: &[i64]) -> Result<HashMap<i64, String>, CoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(store::user::list_nicknames(&mut ctx.store.read().await?, ids).await?.into_iter().collect())
}

/// What a new user starts with.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewUser {
    pub username: Option<Username>,
    pub password_hash: Option<String>,
    pub nickname: Option<Nickname>,
    pub is_admin: bool,
}

/// Adds a user inside the caller's transaction and returns the id.
///
/// # Errors
/// [`StoreError::Duplicate`] where the name was taken meanwhile: do the transaction once more.
pub(crate) async fn create(ctx: &Ctx, db: &mut Tx, new: NewUser) -> Result<i64, StoreError> {
    let now = ctx.now();
    let id = store::fact::next_number(db, "user").await?;
    let nickname =
        new.nickname.map(|n| n.as_str().to_owned()).or_else(|| new.username.as_ref().map(|u| u.as_str().to_owned()));
    let row = UserRow {
        id,
        username_key: new.username.as_ref().map(Username::key),
        username: new.username.map(|u| u.as_str().to_owned()),
        password_hash: new.password_hash,
        nickname: nickname.unwrap_or_else(|| format!("用户 {id}")),
        avatar_url: None,
        email: None,
        phone: None,
        real_name: None,
        level: LEVELS[0].to_owned(),
        role: if new.is_admin { "admin" } else { "user" }.to_owned(),
        is_enabled: 1,
        is_auto_reply: 1,
        credits: 0,
        created_at: now,
        updated_at: now,
        last_login_at: None,
        token_generation: 0,
    };
    store::user::insert_user(db, &row).await?;
    Ok(id)
}
