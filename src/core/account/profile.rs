//! Changes that signed-in users make to their own profile.

use super::{
    User,
    field::{self, Username},
    password::Password,
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, Problem,
        audit::{self, Act},
        token,
    },
    store::{self, StoreError, Tx, user::ProfileColumn},
};

/// Typed profile fields. A field that is absent stays unchanged; an empty text removes its value, which the nickname does not allow.
pub type Typed<'a> = [(ProfileColumn, &'a str)];

/// Parses typed fields.
///
/// # Errors
/// All field errors together.
pub(crate) fn parse(typed: &Typed<'_>) -> Result<Vec<(ProfileColumn, Option<String>)>, CoreError> {
    let mut flaws = Vec::new();
    let parsed =
        |(column, text): &(ProfileColumn, &str)| Some((*column, collect(&mut flaws, field::profile(*column, text))?));
    let values: Vec<_> = typed.iter().filter_map(parsed).collect();
    if flaws.is_empty() { Ok(values) } else { Err(CoreError::Invalid(flaws)) }
}

/// Sets profile fields of the user themselves.
///
/// # Errors
/// All field errors together; [`CoreError::Forbidden`] for a field that is the operator's.
pub async fn update(ctx: &Ctx, user_id: i64, typed: &Typed<'_>) -> Result<(), CoreError> {
    if typed.iter().any(|(column, _)| !field::is_own(*column)) {
        return Err(CoreError::Forbidden);
    }
    let values = parse(typed)?;
    Ok(store::transact!(ctx.store, |tx| store::user::update_profile(tx, user_id, &values, ctx.now()).await)?)
}

/// Returns the value, or collects its field errors.
pub(crate) fn collect<T>(flaws: &mut Vec<crate::core::FieldError>, result: Result<T, CoreError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(CoreError::Invalid(more)) => {
            flaws.extend(more);
            None
        }
        // Parsing returns no other errors.
        Err(_) => None,
    }
}

/// Changes the password, or sets the first one together with a username. Other browsers are signed out.
///
/// # Errors
/// Field errors of `username`, `old_password`, `password`; [`CoreError::TooMany`] after wrong old passwords.
pub async fn change_password(ctx: &Ctx, user: &User, change: PasswordChange<'_>) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let username = match &user.username {
        Some(_) => None,
        None => collect(&mut flaws, Username::parse(change.username)),
    };
    let new = collect(&mut flaws, Password::parse_new("new_password", change.new));
    let Some(new) = new.filter(|_| flaws.is_empty()) else { return Err(CoreError::Invalid(flaws)) };

    if user.has_password {
        // Counted like any other password attempt.
        super::login::again(ctx, user, change.old, change.keep_session, change.address).await.map_err(|e| match e {
            CoreError::WrongCredentials => CoreError::field_error("old_password", Problem::Wrong),
            other => other,
        })?;
    }
    let name = username.as_ref().map(|u| u.as_str().to_owned()).or_else(|| user.username.clone());
    let hash = ctx.hasher.hash("new_password", new, name.as_deref()).await?;
    if let Some(username) = username {
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            match store::user::update_username(tx, user.id, username.as_str(), &username.key(), ctx.now()).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(CoreError::Conflict),
                Err(StoreError::Duplicate) => Err(CoreError::field_error("username", Problem::Taken)),
                Err(e) => Err(e.into()),
            }
        })?;
    }
    let owner = (user.id, Some(user.generation));
    store_password(ctx, owner, &hash, change.keep_session, &change.address.to_string()).await
}

/// The input of a password change.
#[derive(Debug, Clone, Copy)]
pub struct PasswordChange<'a> {
    /// Only used if the user has no name yet.
    pub username: &'a str,
    /// Only used if the user has a password.
    pub old: &'a str,
    pub new: &'a str,
    /// The cookie value of the session that stays signed in.
    pub keep_session: &'a str,
    pub address: std::net::IpAddr,
}

/// Sets a password after the owner was verified, and signs out every browser but one. Given the generation of the verification,
/// it fails if that has been raised since.
///
/// # Errors
/// [`CoreError::Conflict`] if the generation was raised.
pub(crate) async fn store_password(
    ctx: &Ctx,
    (user_id, generation): (i64, Option<i64>),
    hash: &str,
    keep_session: &str,
    address: &str,
) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if let Some(generation) = generation
            && !store::access::update_password_in(tx, user_id, generation, hash, ctx.now()).await?
        {
            return Err(CoreError::Conflict);
        }
        Ok(store_password_within(ctx, tx, user_id, hash, keep_session, address).await?)
    })
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
    token::revoke_all_within(ctx, db, user_id).await?;
    // After the generation: a concurrent sign-in has either written its row by now, or finds the generation raised.
    store::web_session::delete_all_of(db, user_id, &ctx.hash(Use::WebSession, keep_session)).await?;
    audit::note(ctx, db, Act::Password, audit::user(user_id), (Some(user_id), address), "").await
}

/// Switches the user's own rules on or off.
///
/// # Errors
/// The database cannot be reached.
pub async fn set_auto_reply(ctx: &Ctx, user_id: i64, is_on: bool) -> Result<(), CoreError> {
    Ok(store::transact!(ctx.store, |tx| store::user::update_auto_reply(tx, user_id, is_on, ctx.now()).await)?)
}
