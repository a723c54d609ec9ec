//! Credits: a balance per user, and a ledger of every change of it.
//!
//! The balance changes in the same transaction as its entry: it always equals the ledger's sum, and never falls below zero. What
//! costs credits takes them before the work begins ([`hold`]) and gives them back when nothing came of it.

pub mod hold;

mod key;

pub use hold::{Held, Hold, Holds};
pub use key::Key;

use super::{
    CoreError, Ctx, Problem,
    account::identity,
    audit::{self, Act},
};
use crate::store::{self, StoreError, Tx, credit::CreditRow};

/// Why a new follower has credits.
pub const WELCOME: &str = "welcome";
/// The most that one change may be.
pub const AMOUNT_MAX: i64 = 1_000_000_000;
/// The longest reason, in characters.
pub const REASON_MAX_CHARS: usize = 64;

/// What kind of change an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Grant,
    Spend,
    Refund,
    /// An admin's correction, up or down.
    Adjust,
}

impl Kind {
    /// What stands in `credit_entries.kind`.
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
    /// Everything ever given.
    pub granted: i64,
    /// Everything ever taken and not given back.
    pub spent: i64,
}

/// Gives the welcome credits to a user who follows, once per person, whatever they unfollow, unbind or delete in between.
/// Returns how many were given.
///
/// # Errors
/// [`StoreError::Duplicate`] where two grants met: do the transaction once more.
pub async fn grant_welcome(ctx: &Ctx, db: &mut Tx, user_id: i64, openid: &str) -> Result<i64, StoreError> {
    let amount = ctx.settings.settings.signin.welcome_credits;
    let person = identity::person(ctx, &ctx.appid, openid);
    if amount == 0 || store::credit::has_grant(db, &person, WELCOME).await? {
        return Ok(0);
    }
    store::credit::insert_grant(db, &person, WELCOME, ctx.now()).await?;
    Ok(change(ctx, db, user_id, Kind::Grant, amount, WELCOME).await?.map_or(0, |_| amount))
}

/// Takes credits for something that is done already or cannot fail. Returns the balance after it.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; a flaw of `amount`.
pub async fn spend(ctx: &Ctx, user_id: i64, amount: i64, reason: &str) -> Result<i64, CoreError> {
    checked(amount)?;
    let _turn = ctx.turns.wait(user_id).await;
    // A rival's row of the ledger may stand in the way, never for long.
    for _ in 0..4 {
        let mut tx = ctx.store.begin().await?;
        match change(ctx, &mut tx, user_id, Kind::Spend, amount, reason).await {
            Ok(Some(balance)) => {
                tx.commit().await?;
                return Ok(balance);
            }
            Ok(None) => return Err(CoreError::OutOfCredits),
            Err(e) if e.is_retryable() => tx.rollback().await?,
            Err(e) => return Err(e.into()),
        }
    }
    Err(CoreError::Collided)
}

/// An admin gives credits (a positive `delta`) or takes them, in the caller's transaction. Returns the balance after it.
///
/// # Errors
/// Flaws of `amount` and `reason`; [`CoreError::OutOfCredits`] where the balance would fall below zero;
/// [`CoreError::NotFound`] where the user is gone.
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
        0 => return Err(CoreError::flaw("reason", Problem::Empty)),
        n if n > REASON_MAX_CHARS => return Err(CoreError::flaw("reason", Problem::TooLong(REASON_MAX_CHARS))),
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

/// Gives everything that one user has to another, in the caller's transaction, which has locked both: a spend in between would come
/// back as credits for the other one.
///
/// # Errors
/// [`StoreError::Collision`] where a rival changed the balance all the same: do the transaction once more.
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
/// [`CoreError::NotFound`] where the user is gone.
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

/// Changes a balance and writes the entry; None where the balance would fall below zero or the user is gone. `amount` is above
/// zero, but for [`Kind::Adjust`], where its sign says which way.
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
    if (1..=AMOUNT_MAX).contains(&amount) { Ok(()) } else { Err(CoreError::flaw("amount", Problem::Malformed)) }
}
