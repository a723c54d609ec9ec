//! Credits. The balance changes in the same transaction as its entry in the ledger.

use super::{CoreError, Ctx, secret::Use};
use crate::store::{self, StoreError, Tx, credit::CreditRow};

/// Why a new follower has credits.
pub const WELCOME: &str = "welcome";

/// Gives the welcome credits to a user who follows, once per person, whatever they unfollow, unbind or delete in between.
/// Returns how many were given.
///
/// # Errors
/// [`StoreError::Duplicate`] where two grants met: do the transaction once more.
pub async fn grant_welcome(ctx: &Ctx, db: &mut Tx, user_id: i64, openid: &str) -> Result<i64, StoreError> {
    let amount = ctx.settings.settings.signin.welcome_credits;
    let person = ctx.hash(Use::Person, &format!("{}/{openid}", ctx.appid));
    if amount == 0 || store::credit::has_grant(db, &person, WELCOME).await? {
        return Ok(0);
    }
    store::credit::insert_grant(db, &person, WELCOME, ctx.now()).await?;
    let Some(balance_after) = store::credit::update_balance(db, user_id, amount).await? else { return Ok(0) };
    let row = CreditRow {
        id: ctx.next_id(),
        user_id,
        delta: amount,
        balance_after,
        kind: "grant".to_owned(),
        reason: WELCOME.to_owned(),
        created_at: ctx.now(),
    };
    store::credit::insert_entry(db, &row).await?;
    Ok(amount)
}

/// A user's latest changes of balance, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn ledger(ctx: &Ctx, user_id: i64) -> Result<Vec<CreditRow>, CoreError> {
    Ok(store::credit::list_entries(&mut ctx.store.read().await?, user_id, 50).await?)
}
