//! Changing a level and its end, and lowering levels that have ended. Every change is in the audit log.

use crate::{
    config::LEVELS,
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        token,
    },
    store::{self, Tx},
};

/// The most levels that are lowered before the caller looks again.
const MOST_AT_ONCE: i64 = 200;

/// Sets a user's level and its end (epoch milliseconds; `None`: it does not end), in the caller's transaction. `why` stands behind the change
/// in the audit log. False if nothing changes.
///
/// # Errors
/// [`CoreError::NotFound`] if the user does not exist.
pub(crate) async fn set_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    (to, until): (&'static str, Option<i64>),
    (actor_id, address, why): (Option<i64>, &str, &str),
) -> Result<bool, CoreError> {
    end_within(ctx, db, user_id).await?;
    let was = store::user::find_user(db, user_id).await?.ok_or(CoreError::NotFound)?;
    if !store::level::update_level(db, user_id, (to, until), ctx.now()).await? {
        return Ok(false);
    }
    let end = until.map(|end| format!(" until {end}")).unwrap_or_default();
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let detail = format!("{} → {to}{end}{why}", was.level);
    audit::note(ctx, db, Act::Level, audit::user(user_id), (actor_id, address), &detail).await?;
    token::status::changed(ctx, db, user_id).await?;
    Ok(true)
}

/// Lowers a user's level if it has ended, in the caller's transaction. Returns the level that ended.
async fn end_within(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<Option<String>, CoreError> {
    let Some(was) = store::user::find_user(db, user_id).await? else { return Ok(None) };
    if !store::level::update_level_ended(db, user_id, ctx.now()).await? {
        return Ok(None);
    }
    let detail = format!("{} → {}", was.level, LEVELS[0]);
    audit::note(ctx, db, Act::LevelEnd, audit::user(user_id), (None, ""), &detail).await?;
    token::status::changed(ctx, db, user_id).await?;
    Ok(Some(was.level))
}

/// A level that this instance lowered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub user_id: i64,
    pub level: String,
}

/// Lowers levels that have ended; of several instances, each is lowered by one. Returns them.
///
/// # Errors
/// The database cannot be reached.
pub(crate) async fn end_due(ctx: &Ctx) -> Result<Vec<Ended>, CoreError> {
    let due = store::level::list_ended(&mut ctx.store.read().await?, ctx.now(), MOST_AT_ONCE).await?;
    let mut ended = Vec::new();
    for user_id in due {
        let level = store::transact!(ctx.store, |tx| end_within(ctx, tx, user_id).await)?;
        ended.extend(level.map(|level| Ended { user_id, level }));
    }
    Ok(ended)
}
