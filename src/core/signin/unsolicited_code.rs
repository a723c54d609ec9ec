//! Codes from the chat without a sign-in session: older clients send one with their request. No browser limits such guesses, so
//! an address has few of them per hour, in addition to the general limits.

use super::{
    complete::Found,
    enter_code::{RESET, SIGNIN},
    plain_mode,
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx, Problem,
        account::{
            self, NewUser, Origin, User,
            field::{self, Username},
            password::Password,
            profile::{self, collect},
        },
        credit,
        limit::{self, Limit, Taken},
        signin::Fault,
        signin_log::{self, Door},
    },
    store::{self, StoreError, Tx, TxError},
};
use std::net::IpAddr;

/// Registers the user who was given the code. Returns the user.
///
/// # Errors
/// Field errors of `username`, `password` and `code` (no guess is counted); [`CoreError::WrongCode`];
/// [`CoreError::AlreadyRegistered`]; [`CoreError::TooMany`].
pub async fn register(
    ctx: &OfficialCtx,
    username: &str,
    password: &str,
    code: &str,
    address: IpAddr,
) -> Result<User, CoreError> {
    let registered = register_unlogged(ctx, username, password, code, address).await;
    registered.map_err(|error| signin_log::failed(Door::Register, None, error))
}

async fn register_unlogged(
    ctx: &OfficialCtx,
    username: &str,
    password: &str,
    code: &str,
    address: IpAddr,
) -> Result<User, CoreError> {
    let mut flaws = Vec::new();
    let username = collect(&mut flaws, Username::parse(username));
    let password = collect(&mut flaws, Password::parse_new("password", password));
    let digits = collect(&mut flaws, field::code(code, ctx.settings.settings.signin.code_digits));
    let (Some(username), Some(password), Some(digits)) = (username, password, digits) else {
        return Err(CoreError::Invalid(flaws));
    };
    // Counted before the name is looked up: an attacker must not enumerate names quickly.
    limit::take_for_address(ctx, Limit::NewSessions, address).await?;
    if store::user::find_user_by_name(&mut ctx.store.read().await?, &username.key()).await?.is_some() {
        return Err(CoreError::field_error("username", Problem::Taken));
    }
    // Counted before the password is hashed, which is expensive.
    let guess = limit::take_unbound_guess(ctx, address).await?;
    let hash = match ctx.hasher.hash("password", password, Some(username.as_str())).await {
        Ok(hash) => hash,
        Err(refused) => return Err(not_wrong(ctx, &guess, refused).await?),
    };
    let registered = store::transact!(ctx.store, |tx| -> Result<i64, Unregistered> {
        let hash_of_code = ctx.hash(Use::Code, &digits);
        let spent = store::code::delete_code(tx, &hash_of_code, SIGNIN, &ctx.account.appid, ctx.now()).await?;
        let openid = spent.ok_or_else(wrong)?;
        // After a fault the code stays valid: the user may choose another name, or sign in.
        let (user_id, _) = joined(ctx, tx, &openid, &username, &hash).await?.map_err(Unregistered::Fault)?;
        limit::give_back(tx, &guess).await?;
        Ok(user_id)
    });
    let refused = match registered {
        Ok(user_id) => return account::find(ctx, user_id).await?.ok_or(CoreError::NotFound),
        Err(Unregistered::Failed(e)) => return Err(e.busy_if_collided()),
        Err(Unregistered::Fault(Fault::UsernameTaken)) => CoreError::field_error("username", Problem::Taken),
        Err(Unregistered::Fault(_)) => CoreError::AlreadyRegistered,
    };
    Err(not_wrong(ctx, &guess, refused).await?)
}

/// Why a registration was rolled back.
enum Unregistered {
    Fault(Fault),
    Failed(CoreError),
}

impl<E: Into<CoreError>> From<E> for Unregistered {
    fn from(e: E) -> Self {
        Self::Failed(e.into())
    }
}

impl TxError for Unregistered {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Failed(e) if e.is_collision())
    }
}

async fn joined(
    ctx: &OfficialCtx,
    tx: &mut Tx,
    openid: &str,
    username: &Username,
    hash: &str,
) -> Result<Found, CoreError> {
    let identity = store::identity::find_identity(tx, &ctx.account.appid, openid).await?.ok_or(CoreError::WrongCode)?;
    let relative = account::identity::relative(ctx, tx, identity.unionid.as_deref()).await?;
    if identity.user_id.or(relative).is_some() {
        return Ok(Err(Fault::AlreadyRegistered));
    }
    if store::user::find_user_by_name(tx, &username.key()).await?.is_some() {
        return Ok(Err(Fault::UsernameTaken));
    }
    let new = NewUser {
        username: Some(username.clone()),
        password_hash: Some(hash.to_owned()),
        nickname: None,
        is_admin: false,
        origin: Origin::Password,
    };
    let user_id = account::registration::create(ctx, tx, new, &identity).await?;
    credit::grant_welcome(ctx, tx, user_id, openid).await?;
    Ok(Ok((user_id, true)))
}

/// Sets a new password for the user who was given the code, and signs all their browsers out.
///
/// # Errors
/// Field errors of `code` and `new_password` (no guess is counted); [`CoreError::WrongCode`]; [`CoreError::TooMany`].
pub async fn set_password(ctx: &OfficialCtx, code: &str, new: &str, address: IpAddr) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let digits = collect(&mut flaws, field::code(code, ctx.settings.settings.signin.code_digits));
    let new = collect(&mut flaws, Password::parse_new("new_password", new));
    let (Some(digits), Some(new)) = (digits, new) else { return Err(CoreError::Invalid(flaws)) };
    let guess = limit::take_unbound_guess(ctx, address).await?;
    let hash = match ctx.hasher.hash("new_password", new, None).await {
        Ok(hash) => hash,
        Err(refused) => return Err(not_wrong(ctx, &guess, refused).await?),
    };
    store::transact!(ctx.store, |tx| {
        let hash_of_code = ctx.hash(Use::Code, &digits);
        let spent = store::code::delete_code(tx, &hash_of_code, RESET, &ctx.account.appid, ctx.now()).await?;
        let openid = spent.ok_or_else(wrong)?;
        let user_id = named_owner(ctx, tx, &openid).await?.ok_or_else(wrong)?;
        profile::store_password_within(ctx, tx, user_id, &hash, "", &address.to_string()).await?;
        Ok(limit::give_back(tx, &guess).await?)
    })
}

/// The user whose password a code may set: one with a username, since a password is useless without it.
pub(super) async fn named_owner(ctx: &OfficialCtx, db: &mut Tx, openid: &str) -> Result<Option<i64>, StoreError> {
    let identity = store::identity::find_identity(db, &ctx.account.appid, openid).await?;
    let Some(user_id) = identity.and_then(|identity| identity.user_id) else { return Ok(None) };
    let user = store::user::find_user(db, user_id).await?.map(|row| account::User::at(row, ctx.now()));
    // In plain mode an admin's older code is void.
    let user = user.filter(|user| user.username.is_some() && !plain_mode::refuses_user(ctx, Some(user)));
    Ok(user.map(|user| user.id))
}

/// A guess failed, but the code was not wrong. Returns the reason.
async fn not_wrong(ctx: &Ctx, guess: &Taken, why: CoreError) -> Result<CoreError, StoreError> {
    store::transact!(ctx.store, |tx| limit::give_back(tx, guess).await)?;
    Ok(why)
}

fn wrong() -> CoreError {
    metrics::counter!("weida_wrong_codes_total").increment(1);
    CoreError::WrongCode
}
