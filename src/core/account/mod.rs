//! Users: names, passwords, profiles, sessions and deletion.

pub mod admin;
pub mod avatar;
pub mod deletion;
pub mod directory;
pub mod export;
pub mod field;
pub mod identity;
pub mod join;
pub mod known;
pub mod level;
pub(crate) mod level_change;
pub mod login;
pub mod password;
pub mod presented;
pub mod profile;
pub(crate) mod registration;
pub mod review;
pub mod session;
pub mod unionid;

mod role;

pub use crate::config::LEVELS;
pub use role::Role;

use super::{CoreError, Ctx};
pub use crate::store::user::ProfileColumn;
use crate::store::{self, StoreError, Tx, user::UserRow};
use field::{Nickname, Username};
use std::collections::HashMap;

/// How an account was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// By a WeChat identity alone.
    #[default]
    WeChat,
    /// By a registration: a browser chose its password.
    Password,
    /// By the operator: the setup link, or the command line.
    Operator,
}

impl Origin {
    /// The value of `users.origin`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WeChat => "wechat",
            Self::Password => "password",
            Self::Operator => "operator",
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "password" => Self::Password,
            "operator" => Self::Operator,
            _ => Self::WeChat,
        }
    }
}

/// A user, as pages and dialects see it.
#[derive(Debug, Clone)]
pub struct User {
    pub id: i64,
    pub username: Option<String>,
    pub has_password: bool,
    pub nickname: String,
    pub avatar_url: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The name that the operator uses.
    pub real_name: Option<String>,
    /// As of the read: a level that has ended is `normal`.
    pub level: String,
    /// When the level ends, in epoch milliseconds; `None`: it does not.
    pub level_until: Option<i64>,
    pub role: Role,
    pub is_enabled: bool,
    pub is_auto_reply: bool,
    pub credits: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub updated_at: i64,
    pub last_login_at: Option<i64>,
    /// As of the read: consents given by this user are void once it is raised.
    pub generation: i64,
    pub origin: Origin,
    /// The generation at which the account had access that its owner has not reviewed; `None` if it has none.
    pub review_generation: Option<i64>,
}

impl User {
    /// A user as of `now`, in epoch milliseconds.
    pub(crate) fn at(row: UserRow, now: i64) -> Self {
        let (level, level_until) = level::current(row.level, row.level_until, now);
        Self {
            id: row.id,
            username: row.username,
            has_password: row.password_hash.is_some(),
            nickname: row.nickname,
            avatar_url: row.avatar_url,
            email: row.email,
            phone: row.phone,
            real_name: row.real_name,
            level,
            level_until,
            role: if row.role == "admin" { Role::Admin } else { Role::User },
            is_enabled: row.is_enabled == 1,
            is_auto_reply: row.is_auto_reply == 1,
            credits: row.credits,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_login_at: row.last_login_at,
            generation: row.token_generation,
            origin: Origin::of(&row.origin),
            review_generation: row.review_generation,
        }
    }

    /// The value of a profile field; empty without one.
    #[must_use]
    pub fn profile(&self, column: ProfileColumn) -> &str {
        match column {
            ProfileColumn::Nickname => Some(&self.nickname),
            ProfileColumn::RealName => self.real_name.as_ref(),
            ProfileColumn::Phone => self.phone.as_ref(),
            ProfileColumn::Email => self.email.as_ref(),
        }
        .map_or("", String::as_str)
    }
}

/// The user with this id.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx, id: i64) -> Result<Option<User>, CoreError> {
    Ok(store::user::find_user(&mut ctx.store.read().await?, id).await?.map(|row| User::at(row, ctx.now())))
}

/// The nicknames of these users by id; ids of deleted users are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn names(ctx: &Ctx, ids: &[i64]) -> Result<HashMap<i64, String>, CoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(store::user::list_nicknames(&mut ctx.store.read().await?, ids).await?.into_iter().collect())
}

/// Locks the row of a user to whom something is to be added, until the transaction ends; the account itself (0) has no row. Call it
/// before any other row of theirs is locked: a deletion locks in the same order.
///
/// # Errors
/// [`CoreError::NotFound`] if the user no longer exists.
pub(crate) async fn lock_owner(db: &mut Tx, owner_id: i64) -> Result<(), CoreError> {
    if owner_id == crate::core::rule::ACCOUNT || store::user::lock_user(db, owner_id).await? {
        Ok(())
    } else {
        Err(CoreError::NotFound)
    }
}

/// The initial values of a new user.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewUser {
    pub username: Option<Username>,
    pub password_hash: Option<String>,
    pub nickname: Option<Nickname>,
    pub is_admin: bool,
    pub origin: Origin,
}

/// The nickname of a user who has none from an app and has not chosen one.
pub(crate) fn made_nickname(id: i64, username: Option<&str>) -> String {
    username.map_or_else(|| format!("用户 {id}"), str::to_owned)
}

/// Adds a user inside the caller's transaction and returns the id.
///
/// # Errors
/// [`StoreError::Duplicate`] if the name was taken concurrently: retry the transaction.
pub(crate) async fn create(ctx: &Ctx, db: &mut Tx, new: NewUser) -> Result<i64, StoreError> {
    let now = ctx.now();
    let id = store::fact::next_number(db, "user").await?;
    let nickname =
        new.nickname.map(|n| n.as_str().to_owned()).or_else(|| new.username.as_ref().map(|u| u.as_str().to_owned()));
    let row = UserRow {
        username_key: new.username.as_ref().map(Username::key),
        username: new.username.map(|u| u.as_str().to_owned()),
        password_hash: new.password_hash,
        level: LEVELS[0].to_owned(),
        role: if new.is_admin { "admin" } else { "user" }.to_owned(),
        origin: new.origin.as_str().to_owned(),
        // A browser that is not the owner's may have chosen the password.
        review_generation: (new.origin == Origin::Password).then_some(0),
        ..UserRow::new(id, nickname.unwrap_or_else(|| made_nickname(id, None)), now)
    };
    store::user::insert_user(db, &row).await?;
    Ok(id)
}
