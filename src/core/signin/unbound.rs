//! Codes from the chat that no page asked for: older clients send one along with what they want. Nothing ties such a guess to a
//! browser, so an address has few of them an hour, beside the limits that hold for everybody.

use super::{
    complete::Found,
    typed::{RESET, SIGNIN},
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{self, NewUser, User, field, field::Username, password::Password, profile, profile::collect},
        credit,
        limit::{self, Limit, Taken},
        secret::Use,
        signin::Fault,
    },
    store::{self, StoreError, Tx},
};
use std::net::IpAddr;

/// Registers the person who was given the code. Returns the user.
///
/// # Errors
/// Flaws of `username`, `password` and `code` (no guess is spent then); [`CoreError::WrongCode`];
/// [`CoreError::AlreadyRegistered`]; [`CoreError::TooMany`].
pub async fn register(
    ctx: &Ctx,
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
    // Counted before the name is looked up: nobody lists the names at leisure.
    limit::take_for_address(ctx, Limit::NewSessions, address).await?;
    if store::user::find_user_by_name(&mut ctx.store.read().await?, &username.key()).await?.is_some() {
        return Err(CoreError::flaw("username", Problem::Taken));
    }
    // Counted before the hash is made: that is the dear part.
    let guess = take_guess(ctx, address).await?;
    let hash = match ctx.hasher.hash("password", password, Some(username.as_str())).await {
        Ok(hash) => hash,
        Err(refused) => return Err(guess.was_not_wrong(ctx, refused).await?),
    };
    // Twice: a rival may make the same name or take the same grant in between.
    for _ in 0..2 {
        let mut tx = ctx.store.begin().await?;
        let Some(openid) =
            store::code::delete_code(&mut tx, &ctx.hash(Use::Code, &digits), SIGNIN, &ctx.appid, ctx.now()).await?
        else {
            tx.rollback().await?;
            return Err(wrong());
        };
        match joined(ctx, &mut tx, &openid, &username, &hash).await {
            Ok(Ok((user_id, _))) => {
                guess.give_back(&mut tx).await?;
                tx.commit().await?;
                return account::find(ctx, user_id).await?.ok_or(CoreError::NotFound);
            }
            // The code stays good: they may choose another name, or sign in.
            Ok(Err(fault)) => {
                tx.rollback().await?;
                let refused = if fault == Fault::UsernameTaken {
                    CoreError::flaw("username", Problem::Taken)
                } else {
                    CoreError::AlreadyRegistered
                };
                return Err(guess.was_not_wrong(ctx, refused).await?);
            }
            Err(CoreError::Collided) => tx.rollback().await?,
            Err(error) => return Err(error),
        }
    }
    Err(CoreError::Busy)
}

async fn joined(ctx: &Ctx, tx: &mut Tx, openid: &str, username: &Username, hash: &str) -> Result<Found, CoreError> {
    let identity = store::identity::find_identity(tx, &ctx.appid, openid).await?.ok_or(CoreError::WrongCode)?;
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
    };
    let user_id = account::create(ctx, tx, new).await?;
    account::identity::own(ctx, tx, &identity.appid, &identity.openid, user_id).await?;
    credit::grant_welcome(ctx, tx, user_id, openid).await?;
    Ok(Ok((user_id, true)))
}

/// Sets a new password for whoever was given the code, and signs all their browsers out.
///
/// # Errors
/// Flaws of `code` and `new_password` (no guess is spent then); [`CoreError::WrongCode`]; [`CoreError::TooMany`].
pub async fn set_password(ctx: &Ctx, code: &str, new: &str, address: IpAddr) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let digits = collect(&mut flaws, field::code(code, ctx.settings.settings.signin.code_digits));
    let new = collect(&mut flaws, Password::parse_new("new_password", new));
    let (Some(digits), Some(new)) = (digits, new) else { return Err(CoreError::Invalid(flaws)) };
    let guess = take_guess(ctx, address).await?;
    let hash = match ctx.hasher.hash("new_password", new, None).await {
        Ok(hash) => hash,
        Err(refused) => return Err(guess.was_not_wrong(ctx, refused).await?),
    };
    let mut tx = ctx.store.begin().await?;
    let spent = store::code::delete_code(&mut tx, &ctx.hash(Use::Code, &digits), RESET, &ctx.appid, ctx.now()).await?;
    let user_id = match spent {
        Some(openid) => named_owner(ctx, &mut tx, &openid).await?,
        None => None,
    };
    let Some(user_id) = user_id else {
        tx.rollback().await?;
        return Err(wrong());
    };
    profile::store_password_within(ctx, &mut tx, user_id, &hash, "", &address.to_string()).await?;
    guess.give_back(&mut tx).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// Whose password a code may set: nobody without a name could sign in by one.
pub(super) async fn named_owner(ctx: &Ctx, db: &mut Tx, openid: &str) -> Result<Option<i64>, StoreError> {
    let identity = store::identity::find_identity(db, &ctx.appid, openid).await?;
    let Some(user_id) = identity.and_then(|identity| identity.user_id) else { return Ok(None) };
    Ok(store::user::find_user(db, user_id).await?.filter(|user| user.username.is_some()).map(|user| user.id))
}

/// A guess that was counted, as one of this address's and as one of everybody's.
struct Guess {
    own: Taken,
    total: Taken,
}

impl Guess {
    async fn give_back(&self, db: &mut Tx) -> Result<(), StoreError> {
        limit::give_back(db, &self.own).await?;
        limit::give_back(db, &self.total).await
    }

    /// It failed, and not because the code was wrong. Returns what it failed for.
    async fn was_not_wrong(self, ctx: &Ctx, why: CoreError) -> Result<CoreError, StoreError> {
        let mut tx = ctx.store.begin().await?;
        self.give_back(&mut tx).await?;
        tx.commit().await?;
        Ok(why)
    }
}

/// Takes one guess of this address and one of everybody's, before anything is looked up or hashed.
async fn take_guess(ctx: &Ctx, address: IpAddr) -> Result<Guess, CoreError> {
    // The address's first: one that has none left must not use up everybody's.
    let own = limit::take_for_address(ctx, Limit::UnboundCodes, address).await?;
    match limit::take_guess(ctx).await {
        Ok(total) => {
            metrics::counter!("weida_code_guesses_total").increment(1);
            Ok(Guess { own, total })
        }
        Err(refused) => {
            let mut tx = ctx.store.begin().await?;
            limit::give_back(&mut tx, &own).await?;
            tx.commit().await?;
            Err(refused)
        }
    }
}

fn wrong() -> CoreError {
    metrics::counter!("weida_wrong_codes_total").increment(1);
    CoreError::WrongCode
}
