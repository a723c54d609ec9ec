//! Two accounts that turn out to be one person's: the platform told the same unionid of both.
//!
//! One of them made itself when somebody came by another app, and holds nothing but identities, credits and usage: it goes into the
//! other. Where both are more than that, nobody but their owner can say what is to become of them: they stay two.

use super::Role;
use crate::{
    core::{CoreError, Ctx, credit},
    store::{self, Tx, audit::AuditRow, user::UserRow},
};

/// Why the ledger of the one that stays has what the other one had.
const REASON: &str = "united";

/// Makes one account of two where that is safe, in the caller's transaction. Returns the one that a person is from now on: where
/// nothing was done, the first.
///
/// # Errors
/// The database cannot be reached, or a rival met us: do the transaction once more.
pub(crate) async fn unite(ctx: &Ctx, db: &mut Tx, one: i64, other: i64) -> Result<i64, CoreError> {
    let (first, second) = (store::user::find_user(db, one).await?, store::user::find_user(db, other).await?);
    let (Some(first), Some(second)) = (first, second) else { return Ok(one) };
    // The one that is more stays; of two equal ones the older.
    let (stays, goes) = if weight(&first) > weight(&second) || (weight(&first) == weight(&second) && one < other) {
        (first, second)
    } else {
        (second, first)
    };
    if !is_thin(db, &goes).await? || goes.is_enabled != stays.is_enabled {
        tracing::warn!(one, other, "two accounts are one person's, and cannot be made one");
        return Ok(one);
    }
    credit::hand_over(ctx, db, goes.id, stays.id, REASON).await?;
    for (feature, period, used, expires_at) in store::usage::list_all(db, goes.id).await? {
        if !store::usage::update_used(db, stays.id, &feature, &period, used, i64::MAX).await? {
            store::usage::insert_used(db, stays.id, &feature, &period, used, expires_at).await?;
        }
    }
    store::identity::update_owner_of_all(db, goes.id, stays.id).await?;
    let row = AuditRow {
        id: ctx.next_id(),
        actor_id: None,
        action: "user.unite",
        target: format!("user/{}", stays.id),
        address: "wechat".to_owned(),
        detail: format!("user/{}", goes.id),
        created_at: ctx.now(),
    };
    store::audit::insert_entry(db, row).await?;
    super::leave::delete_within(ctx, db, goes.id, None, "wechat").await?;
    Ok(stays.id)
}

/// How much an account is besides its identities.
fn weight(user: &UserRow) -> u8 {
    u8::from(user.password_hash.is_some()) + 2 * u8::from(user.role == Role::Admin.as_str())
}

/// True for an account that made itself and has no work of its owner's in it.
async fn is_thin(db: &mut Tx, user: &UserRow) -> Result<bool, CoreError> {
    let (rules, _, _) = store::directory::find_rule_counts(db, user.id).await?;
    Ok(weight(user) == 0 && rules == 0 && !store::hold::has_hold(db, user.id).await?)
}
