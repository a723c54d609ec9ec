//! What a signed-in person changes about themselves.

use super::{
    User,
    field::{self, Nickname, Username},
    password::Password,
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        audit::{self, Act},
        secret::Use,
        token,
    },
    store::{self, StoreError, Tx},
};

const TRIES: u32 = 3;

/// Sets nickname, e-mail and phone; an empty e-mail or phone removes it.
///
/// # Errors
/// All flaws of the three fields at once.
pub async fn update(ctx: &Ctx, user_id: i64, nickname: &str, email: &str, phone: &str) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let nickname = collect(&mut flaws, Nickname::parse(nickname));
    let email = collect(&mut flaws, field::email(email));
    let phone = collect(&mut flaws, field::phone(phone));
    let (Some(nickname), Some(email), Some(phone)) = (nickname, email, phone) else {
        return Err(CoreError::Invalid(flaws));
    };
    let mut tx = ctx.store.begin().await?;
    store::user::update_profile(&mut tx, user_id, nickname.as_str(), email.as_deref(), phone.as_deref(), ctx.now())
        .await?;
    Ok(tx.commit().await?)
}

/// Sets the e-mail address; an empty one removes it. Nothing else is written.
///
/// # Errors
/// The flaw of `email`.
pub async fn update_email(ctx: &Ctx, user_id: i64, email: &str) -> Result<(), CoreError> {
    let email = field::email(email)?;
    let mut tx = ctx.store.begin().await?;
    store::user::update_email(&mut tx, user_id, email.as_deref(), ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Keeps a value, or its flaws.
pub(crate) fn collect<T>(flaws: &mut Vec<crate::core::Flaw>, result: Result<T, CoreError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(CoreError::Invalid(more)) => {
            flaws.extend(more);
            None
        }
        // Parsing has no other errors.
        Err(_) => None,
    }
}

/// Changes the password, or sets the first one together with a username. Other browsers are signed out.
///
/// # Errors
/// Flaws of `username`, `old_password`, `password`; [`CoreError::TooMany`] after wrong old passwords.
pub async fn change_password(ctx: &Ctx, user: &User, change: PasswordChange<'_>) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let username = match &user.username {
        Some(_) => None,
        None => collect(&mut flaws, Username::parse(change.username)),
    };
    let new = collect(&mut flaws, Password::parse_new("new_password", change.new));
    let Some(new) = new.filter(|_| flaws.is_empty()) else { return Err(CoreError::Invalid(flaws)) };

    if user.has_password {
        // Counted like any other try of a password.
        super::login::again(ctx, user, change.old, change.address).await.map_err(|e| match e {
            CoreError::WrongCredentials => CoreError::flaw("old_password", Problem::Wrong),
            other => other,
        })?;
    }
    let name = username.as_ref().map(|u| u.as_str().to_owned()).or_else(|| user.username.clone());
    let hash = ctx.hasher.hash("new_password", new, name.as_deref()).await?;
    if let Some(username) = username {
        let mut tx = ctx.store.begin().await?;
        match store::user::update_username(&mut tx, user.id, username.as_str(), &username.key(), ctx.now()).await {
            Ok(true) => tx.commit().await?,
            Ok(false) => return Err(CoreError::Conflict),
            Err(store::StoreError::Duplicate) => return Err(CoreError::flaw("username", Problem::Taken)),
            Err(e) => return Err(e.into()),
        }
    }
    store_password(ctx, user.id, &hash, change.keep_session, &change.address.to_string()).await
}

/// What is typed to change a password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordChange<'a> {
    /// Only read where the user has no name yet.
    pub username: &'a str,
    /// Only read where the user has a password.
    pub old: &'a str,
    pub new: &'a str,
    /// The cookie value of the session that stays signed in.
    pub keep_session: &'a str,
    pub address: std::net::IpAddr,
}

/// Sets a password whose owner is proven, and signs out every browser but one.
pub(crate) async fn store_password(
    ctx: &Ctx,
    user_id: i64,
    hash: &str,
    keep_session: &str,
    address: &str,
) -> Result<(), CoreError> {
    for _ in 0..TRIES {
        let mut tx = ctx.store.begin().await?;
        match store_password_within(ctx, &mut tx, user_id, hash, keep_session, address).await {
            Ok(()) => {
                tx.commit().await?;
                ctx.standings.forget(user_id);
                return Ok(());
            }
            // A deadlock with a rival: seen from a new start, it is simply done.
            Err(e) if e.is_retryable() => tx.rollback().await?,
            Err(e) => return Err(e.into()),
        }
    }
    Err(CoreError::Collided)
}

/// [`store_password`] inside the caller's transaction.
pub(crate) async fn store_password_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    hash: &str,
    keep_session: &str,
    address: &str,
) -> Result<(), StoreError> {
    let now = ctx.now();
    store::user::update_password(db, user_id, hash, now).await?;
    token::revoke_all_within(db, user_id).await?;
    // After the generation: a sign-in under way has either written its row by now, or finds the generation raised.
    store::web_session::delete_all_of(db, user_id, &ctx.hash(Use::WebSession, keep_session)).await?;
    audit::note(ctx, db, Act::Password, audit::user(user_id), (Some(user_id), address), "").await
}

/// Switches the person's own rules on or off.
///
/// # Errors
/// The database cannot be reached.
pub async fn set_auto_reply(ctx: &Ctx, user_id: i64, is_on: bool) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    store::user::update_auto_reply(&mut tx, user_id, is_on, ctx.now()).await?;
    Ok(tx.commit().await?)
}
