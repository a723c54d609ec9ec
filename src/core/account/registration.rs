//! Accounts that followers register by WeChat, and the day on which they can undo the registration in the chat.
//!
//! The account belongs to the follower who confirmed it in the chat, whatever browser requested it: a follower who was tricked
//! into confirming an attacker's registration deletes the account with everything in it, without a password.

use super::{NewUser, Role, User, deletion, identity};
use crate::{
    core::{CoreError, Ctx},
    store::{self, StoreError, Tx, identity::IdentityRow},
};

/// How long the chat allows to undo a registration.
const UNDO_MS: i64 = 24 * 3_600_000;
/// How long after that the answer to a question asked in time is still accepted.
pub(crate) const ANSWER_MS: i64 = 3_600_000;

/// Creates the account of a follower without one, in the caller's transaction. Returns the user's id.
///
/// # Errors
/// [`StoreError::Duplicate`] and [`StoreError::Collision`] if a concurrent transaction took the name or gave the follower an
/// account: retry the transaction.
pub(crate) async fn create(ctx: &Ctx, db: &mut Tx, new: NewUser, identity: &IdentityRow) -> Result<i64, StoreError> {
    let (appid, openid) = (identity.appid.as_str(), identity.openid.as_str());
    let user_id = super::create(ctx, db, new).await?;
    identity::own(ctx, db, appid, openid, user_id).await?;
    let owner = store::identity::find_identity(db, appid, openid).await?.and_then(|identity| identity.user_id);
    if owner != Some(user_id) {
        return Err(StoreError::Collision);
    }
    store::registration::insert_registration(db, user_id, (appid, openid), ctx.now() + UNDO_MS).await?;
    Ok(user_id)
}

/// Whether the chat offers to undo the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// This identity registered the account within the last day.
    Open,
    /// The day is over, or the account was created otherwise.
    Closed,
    /// The account is an admin's: it can be deleted on the web only, with its password.
    Admin,
}

/// Whether this identity may undo the registration of its account now.
pub(crate) async fn offer(ctx: &Ctx, db: &mut Tx, user: &User, identity: &IdentityRow) -> Result<Offer, StoreError> {
    if user.role == Role::Admin {
        return Ok(Offer::Admin);
    }
    let person = (identity.appid.as_str(), identity.openid.as_str());
    let until = store::registration::find_undo_until(db, user.id, person).await?;
    Ok(if until.is_some_and(|until| until > ctx.now()) { Offer::Open } else { Offer::Closed })
}

/// Deletes the account that this identity registered, with its rules, sessions and tokens. The welcome credits stay
/// granted.
///
/// # Errors
/// [`CoreError::NotFound`] if this identity may not undo it (any more).
pub(crate) async fn undo_within(ctx: &Ctx, db: &mut Tx, user: &User, identity: &IdentityRow) -> Result<(), CoreError> {
    let person = (identity.appid.as_str(), identity.openid.as_str());
    let until = store::registration::find_undo_until(db, user.id, person).await?;
    let is_in_time = until.is_some_and(|until| until + ANSWER_MS > ctx.now());
    if user.role == Role::Admin || !is_in_time || !store::registration::delete_registration(db, user.id).await? {
        return Err(CoreError::NotFound);
    }
    deletion::delete_within(ctx, db, user.id, Some(user.id), "wechat").await
}
