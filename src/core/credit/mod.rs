//! Credits: a balance per user, and a ledger of every change.
//!
//! The balance changes in the same transaction as its entry: it always equals the ledger's sum and never falls below zero. Paid
//! work takes credits before it begins ([`hold`]) and refunds them if it fails.

pub mod hold;

mod holds;
mod key;

pub use hold::{Held, Hold};
pub use holds::Holds;
pub use key::Key;

use super::{
    CoreError, Ctx, OfficialCtx, Problem,
    account::identity,
    audit::{self, Act},
};
use crate::store::{self, StoreError, Tx, credit::CreditRow};

/// The ledger's reason for the credits of a new follower.
pub const WELCOME: &str = "welcome";
/// The largest amount of one change.
pub const AMOUNT_MAX: i64 = 1_000_000_000;
/// The longest reason, in characters.
pub const REASON_MAX_CHARS: usize = 64;

/// The kind of a ledger entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Grant,
    Spend,
    Refund,
    /// An admin's correction, up or down.
    Adjust,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Grant, Self::Spend, Self::Refund, Self::Adjust];

    /// The value of `credit_entries.kind`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Spend => "spend",
            Self::Refund => "refund",
            Self::Adjust => "adjust",
        }
    }
}

/// A user's credits: `balance` is always `granted - spent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credits {
    pub balance: i64,
    /// Everything ever granted.
    pub granted: i64,
    /// Everything ever taken and not refunded.
    pub spent: i64,
}

/// Grants the welcome credits to a user who follows, once per WeChat identity, regardless of later unfollowing, unbinding
/// or deletion. Returns the amount granted.
///
/// # Errors
/// [`StoreError::Duplicate`] if two grants collided: retry the transaction.
pub async fn grant_welcome(ctx: &OfficialCtx, db: &mut Tx, user_id: i64, openid: &str) -> Result<i64, StoreError> {
    let amount = ctx.live().signin.welcome_credits;
    let person = identity::person(ctx, &ctx.account.appid, openid);
    if amount == 0 || store::credit::has_grant(db, &person, WELCOME).await? {
        return Ok(0);
    }
    store::credit::insert_grant(db, &person, WELCOME, ctx.now()).await?;
    Ok(change(ctx, db, user_id, Kind::Grant, amount, WELCOME).await?.map_or(0, |_| amount))
}

/// Grants credits in the caller's transaction, which has locked the user; none if `amount` is 0. Returns the balance.
///
/// # Errors
/// [`CoreError::NotFound`] if the user does not exist.
pub(crate) async fn grant(ctx: &Ctx, db: &mut Tx, user_id: i64, amount: i64, reason: &str) -> Result<i64, CoreError> {
    if amount == 0 {
        let (balance, _, _) = store::credit::find_totals(db, user_id).await?.ok_or(CoreError::NotFound)?;
        return Ok(balance);
    }
    change(ctx, db, user_id, Kind::Grant, amount, reason).await?.ok_or(CoreError::NotFound)
}

/// Takes credits for work that is done already or cannot fail. Returns the new balance.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; a field error of `amount`.
pub async fn spend(ctx: &Ctx, user_id: i64, amount: i64, reason: &str) -> Result<i64, CoreError> {
    checked(amount)?;
    let _turn = ctx.lock_row(user_id).await;
    store::transact!(ctx.store, |tx| {
        change(ctx, tx, user_id, Kind::Spend, amount, reason).await?.ok_or(CoreError::OutOfCredits)
    })
}

/// An admin grants credits (positive `delta`) or takes them, in the caller's transaction. Returns the new balance.
///
/// # Errors
/// Field errors of `amount` and `reason`; [`CoreError::OutOfCredits`] if the balance would fall below zero;
/// [`CoreError::NotFound`] if the user does not exist.
pub async fn adjust(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    delta: i64,
    reason: &str,
    (actor_id, address): (i64, &str),
) -> Result<i64, CoreError> {
    checked(delta.checked_abs().unwrap_or(i64::MAX))?;
    let reason = reason.trim();
    match reason.chars().count() {
        0 => return Err(CoreError::field_error("reason", Problem::Empty)),
        n if n > REASON_MAX_CHARS => return Err(CoreError::field_error("reason", Problem::TooLong(REASON_MAX_CHARS))),
        _ if reason.chars().any(char::is_control) => return Err(CoreError::field_error("reason", Problem::Malformed)),
        _ => {}
    }
    let Some(balance) = change(ctx, db, user_id, Kind::Adjust, delta, reason).await? else {
        let is_there = store::credit::find_totals(db, user_id).await?.is_some();
        return Err(if is_there { CoreError::OutOfCredits } else { CoreError::NotFound });
    };
    audit::note(
        ctx,
        db,
        Act::Credits,
        audit::user(user_id),
        (Some(actor_id), address),
        &format!("{delta:+} = {balance}: {reason}"),
    )
    .await?;
    Ok(balance)
}

/// Moves all credits of one user to another, in the caller's transaction, which has locked both: a spend in between would create
/// credits for the other user.
///
/// # Errors
/// [`StoreError::Collision`] if a concurrent transaction changed the balance all the same: retry the transaction.
pub(crate) async fn hand_over(ctx: &Ctx, db: &mut Tx, from: i64, to: i64, reason: &str) -> Result<(), StoreError> {
    let (balance, _, _) = store::credit::find_totals(db, from).await?.ok_or(StoreError::Collision)?;
    if balance > 0 {
        change(ctx, db, from, Kind::Adjust, -balance, reason).await?.ok_or(StoreError::Collision)?;
        change(ctx, db, to, Kind::Adjust, balance, reason).await?.ok_or(StoreError::Collision)?;
    }
    Ok(())
}

/// A user's credits.
///
/// # Errors
/// [`CoreError::NotFound`] if the user does not exist.
pub async fn totals(ctx: &Ctx, user_id: i64) -> Result<Credits, CoreError> {
    let found = store::credit::find_totals(&mut ctx.store.read().await?, user_id).await?;
    let (balance, granted, spent) = found.ok_or(CoreError::NotFound)?;
    Ok(Credits { balance, granted, spent })
}

/// A user's latest changes of balance, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn ledger(ctx: &Ctx, user_id: i64) -> Result<Vec<CreditRow>, CoreError> {
    Ok(store::credit::list_entries(&mut ctx.store.read().await?, user_id, 50).await?)
}

/// Changes a balance and writes the entry; `None` if the balance would fall below zero or the user does not exist. `amount`
/// is above zero, except for [`Kind::Adjust`], where the sign gives the direction.
async fn change(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    kind: Kind,
    amount: i64,
    reason: &str,
) -> Result<Option<i64>, StoreError> {
    let (granted, spent) = match kind {
        Kind::Spend => (0, amount),
        Kind::Refund => (0, -amount),
        Kind::Adjust if amount < 0 => (0, -amount),
        Kind::Grant | Kind::Adjust => (amount, 0),
    };
    let Some(balance_after) = store::credit::update_balance(db, user_id, granted, spent).await? else {
        return Ok(None);
    };
    let row = CreditRow {
        id: ctx.next_id(),
        user_id,
        delta: granted - spent,
        balance_after,
        kind: kind.as_str().to_owned(),
        reason: reason.to_owned(),
        created_at: ctx.now(),
    };
    store::credit::insert_entry(db, &row).await?;
    Ok(Some(balance_after))
}

fn checked(amount: i64) -> Result<(), CoreError> {
    if (1..=AMOUNT_MAX).contains(&amount) { Ok(()) } else { Err(CoreError::field_error("amount", Problem::Malformed)) }
}
