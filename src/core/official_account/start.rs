//! The account of the start: the environment's, else the connected one, else none or the sandbox.

use super::{
    account::{OfficialAccount, Origin},
    build::{Definition, Deps, build},
    draft::NAME_MAX_CHARS,
    live,
    platforms::Platforms,
};
use crate::{
    config::{Account, Checked},
    core::{CoreError, Ctx},
    store::{
        self,
        official_account::{ENVIRONMENT, OfficialAccountRow},
    },
    text::cut,
};

/// The slug of the first account.
const FIRST_SLUG: &str = "main";

/// The account of the settings, else the one that the console connected; `None` without either.
///
/// # Errors
/// One line: a credential is malformed, or the database cannot be reached.
pub async fn in_force(
    deps: Deps<'_>,
    platforms: &Platforms,
    settings: &Checked,
) -> Result<Option<OfficialAccount>, String> {
    let of = if let Some(credentials) = settings.account.clone() {
        let wechat = &settings.settings.wechat;
        Some(Definition {
            origin: Origin::Environment,
            name: wechat.account_name.clone(),
            qr_url: wechat.account_qr.clone(),
            credentials: Some(credentials),
            ..Definition::none()
        })
    } else {
        let (_, rows) = live::read_rows(deps.store).await.map_err(|e| e.to_string())?;
        live::connected_of(rows).and_then(|row| live::definition(deps, &row))
    };
    match of {
        Some(of) => build(deps, platforms, of).await.map(Some),
        None => Ok(None),
    }
}

/// The account of the sandbox.
///
/// # Errors
/// As [`in_force`].
pub async fn of_sandbox(
    deps: Deps<'_>,
    platforms: &Platforms,
    (name, qr_url): (String, String),
    credentials: Account,
) -> Result<OfficialAccount, String> {
    let (credentials, is_verified) = (Some(credentials), true);
    let of = Definition { origin: Origin::Sandbox, name, qr_url, is_verified, credentials, ..Definition::none() };
    build(deps, platforms, of).await
}

/// That there is no account.
///
/// # Errors
/// As [`in_force`].
pub async fn unconnected(deps: Deps<'_>, platforms: &Platforms) -> Result<OfficialAccount, String> {
    build(deps, platforms, Definition::none()).await
}

/// Stores which account the environment defines, without its secrets: rows of other tables will name it. It is the row with this appid, or a
/// new one. A row that the environment no longer defines stays, and is not connected.
///
/// # Errors
/// The database cannot be reached.
pub async fn store_environment(ctx: &Ctx) -> Result<(), CoreError> {
    let Some(account) = &ctx.settings.account else { return Ok(()) };
    let name = &ctx.settings.settings.wechat.account_name;
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let rows = store::official_account::list_accounts(tx).await?;
        if rows.iter().any(|row| row.appid == account.appid) {
            return Ok(());
        }
        let mut row = new_row(ctx, &rows, &account.appid);
        ENVIRONMENT.clone_into(&mut row.state);
        cut::chars(name, NAME_MAX_CHARS).clone_into(&mut row.name);
        store::fact::bump_revision(tx, live::TOPIC).await?;
        Ok(store::official_account::insert_account(tx, row).await?)
    })
}

/// A row for an account that has none, with a slug that no row has.
pub(super) fn new_row(ctx: &Ctx, rows: &[OfficialAccountRow], appid: &str) -> OfficialAccountRow {
    let slug = match rows.len() {
        0 => FIRST_SLUG.to_owned(),
        others => format!("a{}", others + 1),
    };
    OfficialAccountRow {
        id: ctx.next_id(),
        slug,
        name: String::new(),
        appid: appid.to_owned(),
        app_secret: None,
        push_token: None,
        aes_key: None,
        previous_aes_key: None,
        qr_url: String::new(),
        state: store::official_account::DRAFT.to_owned(),
        version: 0,
        connected_at: None,
        verified_at: None,
        created_at: ctx.now(),
        changed_at: ctx.now(),
    }
}
