//! Following the rows: a change is in force here at once, and on other instances within a third of a second.

use super::{
    account::{OfficialAccount, Origin},
    build::{Definition, Deps, build},
    secret,
};
use crate::{
    core::{CoreError, Ctx},
    store::{
        self, Store,
        official_account::{CONNECTED, OfficialAccountRow},
    },
};

/// The topic in `revisions`.
pub(super) const TOPIC: &str = "accounts";

/// The account that the console connected.
pub(super) fn connected_of(rows: Vec<OfficialAccountRow>) -> Option<OfficialAccountRow> {
    rows.into_iter().find(|row| row.state == CONNECTED)
}

/// A connected row as it comes into force. A row whose secrets cannot be decrypted is no account, with a line in the log.
pub(super) fn definition(deps: Deps<'_>, row: &OfficialAccountRow) -> Option<Definition> {
    let Some(credentials) = secret::credentials(deps.key, row) else {
        tracing::error!(
            appid = row.appid,
            "the secrets of the Official Account cannot be decrypted: connect it again in the console"
        );
        return None;
    };
    Some(Definition {
        origin: Origin::Console,
        row: Some((row.id, row.version)),
        name: row.name.clone(),
        qr_url: row.qr_url.clone(),
        is_verified: row.verified_at.is_some(),
        credentials: Some(credentials),
    })
}

pub(super) async fn read_rows(store: &Store) -> Result<(i64, Vec<OfficialAccountRow>), store::StoreError> {
    let mut db = store.read().await?;
    // Before the rows: a change in between is read again.
    let revision = store::fact::find_revision(&mut db, TOPIC).await?;
    Ok((revision, store::official_account::list_accounts(&mut db).await?))
}

/// Puts the account of the rows into force, if it is another one. The environment's is never replaced, and the sandbox only by an account.
///
/// # Errors
/// The database cannot be reached.
pub async fn reload(ctx: &Ctx) -> Result<(), CoreError> {
    let _one = ctx.accounts.reading.lock().await;
    let (revision, rows) = read_rows(&ctx.store).await?;
    let now = ctx.accounts.now();
    let deps = ctx.account_deps();
    let of_rows = if now.origin == Origin::Environment { None } else { connected_of(rows) };
    let new = match of_rows.as_ref() {
        Some(row) if now.row == Some((row.id, row.version)) => None,
        Some(row) => definition(deps, row).or_else(|| (now.origin == Origin::Console).then(Definition::none)),
        None => (now.origin == Origin::Console).then(Definition::none),
    };
    let Some(new) = new else {
        ctx.accounts.confirm(revision);
        return Ok(());
    };
    let account = build(deps, ctx.accounts.of_settings(), new).await.map_err(CoreError::Fault)?;
    put(ctx, revision, account, now.origin);
    Ok(())
}

fn put(ctx: &Ctx, revision: i64, account: OfficialAccount, before: Origin) {
    tracing::info!(appid = account.appid, origin = ?account.origin, "another Official Account is in force");
    ctx.accounts.replace(revision, account);
    if before == Origin::Sandbox {
        ctx.accounts.sandbox_ended().cancel();
    }
}

/// [`reload`] if another instance changed something. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let revision = store::fact::find_revision(&mut ctx.store.read().await?, TOPIC).await?;
    if revision == ctx.accounts.revision() { Ok(()) } else { reload(ctx).await }
}
