//! Changing a setting, with history and undo. Every instance follows within a third of a second.

use super::{definition::Definition, live::Live};
use crate::{
    config::fixed_by,
    core::{CoreError, Ctx, account::directory::Admin},
    store::{self, Tx, setting::NewChange},
};

/// The topic in `revisions`.
const TOPIC: &str = "settings";

/// The new value of a setting in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To<'a> {
    Value(&'a str),
    /// None: that of the file, or the default.
    Unset,
}

/// Changes a setting, unless it is not the one that the admin saw. Returns the id of the change; `None` if that value is set already.
///
/// # Errors
/// [`CoreError::NotFound`] for a setting that does not change while the program runs, [`CoreError::Forbidden`] for one that the environment
/// sets, [`CoreError::Conflict`], and field errors.
pub async fn set(ctx: &Ctx, admin: &Admin, key: &str, to: To<'_>, seen: &str) -> Result<Option<i64>, CoreError> {
    let of = changeable(ctx, key)?;
    let done = store::transact!(ctx.store, |tx| -> Result<Option<i64>, CoreError> {
        let before = begin(tx, admin, of).await?;
        let live = of_console(ctx, tx).await?;
        if of.read(&live) != seen.trim() {
            return Err(CoreError::Conflict);
        }
        let after = match to {
            To::Value(text) => Some(checked(of, &live, text)?),
            To::Unset => None,
        };
        if after == before {
            return Ok(None);
        }
        write(ctx, tx, admin, of, (before, after), None).await.map(Some)
    })?;
    follow(ctx).await;
    Ok(done)
}

/// Takes a change back, if the setting was not changed since.
///
/// # Errors
/// As [`set`]; [`CoreError::NotFound`] also for an unknown change.
pub async fn undo(ctx: &Ctx, admin: &Admin, change: i64) -> Result<&'static str, CoreError> {
    let key = store::transact!(ctx.store, |tx| -> Result<&'static str, CoreError> {
        let found = store::setting::find_change(tx, change).await?;
        let (name, before, after) = found.ok_or(CoreError::NotFound)?;
        let of = changeable(ctx, &name)?;
        if begin(tx, admin, of).await? != after {
            return Err(CoreError::Conflict);
        }
        let live = of_console(ctx, tx).await?;
        if let Some(text) = &before {
            checked(of, &live, text)?;
        }
        write(ctx, tx, admin, of, (after, before), Some(change)).await?;
        Ok(of.key)
    })?;
    follow(ctx).await;
    Ok(key)
}

/// Takes the change into force here. If that fails, the next round of [`follow_changes`] does it.
async fn follow(ctx: &Ctx) {
    if let Err(error) = reload(ctx).await {
        tracing::warn!(%error, "a changed setting could not be read again");
    }
}

fn changeable(ctx: &Ctx, key: &str) -> Result<&'static Definition, CoreError> {
    let of = Definition::find(key).ok_or(CoreError::NotFound)?;
    match fixed_by(&ctx.settings.given, of.key) {
        Some(_) => Err(CoreError::Forbidden),
        None => Ok(of),
    }
}

/// Locks the settings until the transaction ends. Returns what the console has set for this one.
async fn begin(tx: &mut Tx, admin: &Admin, of: &Definition) -> Result<Option<String>, CoreError> {
    store::fact::bump_revision(tx, TOPIC).await?;
    admin.confirm(tx).await?;
    Ok(store::setting::find_value(tx, of.key).await?)
}

/// The values in force, as this transaction reads them.
async fn of_console(ctx: &Ctx, tx: &mut Tx) -> Result<Live, CoreError> {
    Ok(Live::of(&ctx.settings, store::setting::list_values(tx).await?))
}

/// The text in the form in which it is stored.
fn checked(of: &Definition, live: &Live, text: &str) -> Result<String, CoreError> {
    let mut values = super::definition::Values::clone(live);
    of.write(&mut values, text)?;
    Ok(of.read(&values))
}

async fn write(
    ctx: &Ctx,
    tx: &mut Tx,
    admin: &Admin,
    of: &Definition,
    (before, after): (Option<String>, Option<String>),
    undoes: Option<i64>,
) -> Result<i64, CoreError> {
    store::setting::replace_value(tx, of.key, after.as_deref()).await?;
    let (id, actor_id, created_at) = (ctx.next_id(), admin.user_id(), ctx.now());
    let change = NewChange { id, name: of.key, before, after, actor_id, undoes, created_at };
    store::setting::insert_change(tx, change).await?;
    Ok(id)
}

/// Reads what the console has set.
///
/// # Errors
/// The database cannot be reached.
pub async fn reload(ctx: &Ctx) -> Result<(), CoreError> {
    let mut db = ctx.store.read().await?;
    // Before the values: a change in between is read again.
    let revision = store::fact::find_revision(&mut db, TOPIC).await?;
    let console = store::setting::list_values(&mut db).await?;
    ctx.live.replace(revision, Live::of(&ctx.settings, console));
    Ok(())
}

/// Reads them again if another instance changed something. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let revision = store::fact::find_revision(&mut ctx.store.read().await?, TOPIC).await?;
    if revision == ctx.live.revision() { Ok(()) } else { reload(ctx).await }
}
