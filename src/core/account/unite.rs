//! Two accounts that turn out to be one person's: the platform told the same unionid of both.
//!
//! One of them made itself when somebody came by another app, and holds no work of its owner's: it goes into the
//! other. Where both are more than that, nobody but their owner can say what is to become of them: they stay two.

use super::{LEVELS, Role, admin};
use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        credit, token,
    },
    store::{self, Tx, token::United, user::UserRow},
};

/// Why the ledger of the one that stays has what the other one had.
const REASON: &str = "united";

/// Makes one account of two where that is safe, in the caller's transaction. Returns the one that a person is from now on; None where
/// nothing was done. The one that stays has the higher level of the two, what it did not know of its owner, and the other
/// one's messages; tokens and sign-ins of the other one are its own. Browsers of the other one are signed out.
///
/// # Errors
/// The database cannot be reached, or a rival met us: do the transaction once more.
pub(crate) async fn unite(ctx: &Ctx, db: &mut Tx, one: i64, other: i64) -> Result<Option<i64>, CoreError> {
    // Before anything is read: spends, sign-outs and deletions come before this or after it.
    admin::lock(db).await?;
    for id in [one.min(other), one.max(other)] {
        if !store::user::update_locked(db, id).await? {
            return Err(CoreError::Collided);
        }
    }
    let (first, second) = (store::user::find_user(db, one).await?, store::user::find_user(db, other).await?);
    let (Some(first), Some(second)) = (first, second) else { return Err(CoreError::Collided) };
    // The one that is more stays; of two equal ones the older.
    let (stays, goes) = if weight(&first) > weight(&second) || (weight(&first) == weight(&second) && one < other) {
        (first, second)
    } else {
        (second, first)
    };
    if !is_thin(db, &goes).await? || goes.is_enabled != stays.is_enabled {
        tracing::warn!(one, other, "two accounts are one person's, and cannot be made one");
        return Ok(None);
    }
    credit::hand_over(ctx, db, goes.id, stays.id, REASON).await?;
    for (feature, period, used, expires_at) in store::usage::list_all(db, goes.id).await? {
        if !store::usage::update_used(db, stays.id, &feature, &period, used, i64::MAX).await? {
            store::usage::insert_used(db, stays.id, &feature, &period, used, expires_at).await?;
        }
    }
    let level = LEVELS[rank(&stays.level).max(rank(&goes.level))];
    store::user::update_completed_by(db, stays.id, level, &goes, ctx.now()).await?;
    keep_agreed(ctx, db, &goes, &stays).await?;
    store::message::update_owner_of_all(db, goes.id, stays.id).await?;
    store::identity::update_owner_of_all(db, goes.id, stays.id).await?;
    let detail = if level == stays.level {
        format!("user/{}", goes.id)
    } else {
        format!("user/{}; level: {} → {level}", goes.id, stays.level)
    };
    audit::note(ctx, db, Act::Unite, audit::user(stays.id), (None, "wechat"), &detail).await?;
    super::leave::delete_within(ctx, db, goes.id, None, "wechat").await?;
    Ok(Some(stays.id))
}

/// What the person agreed to as the one that goes holds for the one that stays: tokens, and sign-ins that are to be collected.
async fn keep_agreed(ctx: &Ctx, db: &mut Tx, goes: &UserRow, stays: &UserRow) -> Result<(), CoreError> {
    let (was, is) = ((goes.id, goes.token_generation), (stays.id, stays.token_generation));
    store::signin::update_won(db, was, is).await?;
    store::follow::update_won(db, was, is.1).await?;
    let united = United { generation: was.1, stays_id: is.0, stays_generation: is.1 };
    let expires_at = ctx.now() + token::life_secs(ctx) * 1000;
    Ok(store::token::insert_united(db, goes.id, united, expires_at).await?)
}

/// How high a level is.
fn rank(level: &str) -> usize {
    LEVELS.iter().position(|known| *known == level).unwrap_or_default()
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
