//! Connecting, changing and disconnecting an account in the console. Each change has an audit entry, which names no secret.

use super::{
    account::Origin,
    draft::{Draft, Parsed, Renewed},
    live::{self, TOPIC},
    sandbox_end, secret,
    start::new_row,
    view::{subject_of, suggested},
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{deletion, directory::Admin},
        audit::{self, Act},
        secret_key::OfficialAccountField,
    },
    store::{
        self, Tx,
        official_account::{CONNECTED, DISCONNECTED, DRAFT, OfficialAccountRow},
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// Saves the form. While the sandbox runs, the account is a draft until [`activate`]; otherwise it is in force at once. `seen`: id and version
/// of the account that the page showed, zeros for none. True if it is in force.
///
/// # Errors
/// [`CoreError::Forbidden`] if the environment defines the account; [`CoreError::Conflict`] for a stale form; field errors.
pub async fn save(ctx: &Ctx, admin: &Admin, seen: (i64, i64), draft: &Draft<'_>) -> Result<bool, CoreError> {
    let parsed = draft.parse()?;
    let is_sandbox = ctx.accounts.now().origin == Origin::Sandbox;
    let is_connected = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        let rows = begin(ctx, tx, admin, seen).await?;
        let subject = subject_of(&rows);
        if subject.is_some_and(|row| row.state == CONNECTED && row.appid != parsed.appid) {
            return Err(CoreError::Conflict);
        }
        let known = rows.iter().find(|row| row.appid == parsed.appid);
        let before = known.cloned().unwrap_or_else(|| new_row(ctx, &rows, &parsed.appid));
        let is_connected = before.state == CONNECTED || !is_sandbox;
        let mut row = filled(ctx, &before, &parsed, seen)?;
        if is_connected { CONNECTED } else { DRAFT }.clone_into(&mut row.state);
        if before.state != CONNECTED {
            restart(ctx, &mut row);
        }
        if known.is_some() {
            update(tx, &row, before.version).await?;
        } else {
            insert(tx, &row).await?;
        }
        let act = if before.state == CONNECTED { Act::AccountChange } else { Act::AccountConnect };
        note(ctx, tx, admin, act, &row, if is_connected { "" } else { DRAFT }).await?;
        Ok(is_connected)
    })?;
    follow(ctx).await;
    Ok(is_connected)
}

/// Puts a draft into force in place of the sandbox, and deletes the people of the sandbox.
///
/// # Errors
/// [`CoreError::Conflict`] for a stale form, or without a draft; the field error of `own_password` for an admin without a password, who could
/// not sign in after that.
pub async fn activate(ctx: &Ctx, admin: &Admin, seen: (i64, i64)) -> Result<(), CoreError> {
    let apps = sandbox_end::apps(ctx);
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let rows = begin(ctx, tx, admin, seen).await?;
        let mut row = subject_of(&rows).filter(|row| row.state == DRAFT).cloned().ok_or(CoreError::Conflict)?;
        let user = store::user::find_user(tx, admin.user_id()).await?.ok_or(CoreError::NotSignedIn)?;
        if user.username.is_none() || user.password_hash.is_none() {
            return Err(CoreError::field_error("own_password", Problem::Empty));
        }
        let before = row.version;
        CONNECTED.clone_into(&mut row.state);
        restart(ctx, &mut row);
        update(tx, &row, before).await?;
        let deleted = sandbox_end::delete_within(ctx, tx, admin, &apps).await?;
        note(ctx, tx, admin, Act::AccountConnect, &row, &format!("sandbox: {deleted} → 0")).await?;
        Ok(())
    })?;
    follow(ctx).await;
    // People that a message created while the sandbox ended.
    store::transact!(ctx.store, |tx| sandbox_end::delete_within(ctx, tx, admin, &apps).await)?;
    deletion::erase(ctx).await;
    Ok(())
}

/// Makes a new token or key for the connected account. The key before is still accepted.
///
/// # Errors
/// As [`save`]; [`CoreError::Conflict`] also in plain mode, which has no key.
pub async fn renew(ctx: &Ctx, admin: &Admin, seen: (i64, i64), which: Renewed) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let rows = begin(ctx, tx, admin, seen).await?;
        let before = subject_of(&rows).filter(|row| row.state == CONNECTED).ok_or(CoreError::Conflict)?;
        let (token, aes_key) = suggested(ctx, seen);
        let mut row = before.clone();
        match which {
            Renewed::Token => set(ctx, &mut row, OfficialAccountField::Token, Some(token.expose_secret())),
            Renewed::AesKey if before.aes_key.is_none() => return Err(CoreError::Conflict),
            Renewed::AesKey => replace_aes_key(ctx, before, &mut row, aes_key.expose_secret()),
        }
        row.version += 1;
        restart(ctx, &mut row);
        update(tx, &row, before.version).await?;
        let what = if which == Renewed::Token { "token" } else { "aes key" };
        note(ctx, tx, admin, Act::AccountChange, &row, what).await
    })?;
    follow(ctx).await;
    Ok(())
}

/// Disconnects the account, or discards a draft: its secrets are deleted.
///
/// # Errors
/// As [`save`].
pub async fn disconnect(ctx: &Ctx, admin: &Admin, seen: (i64, i64)) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let rows = begin(ctx, tx, admin, seen).await?;
        let before = subject_of(&rows).filter(|row| row.state != DISCONNECTED).ok_or(CoreError::Conflict)?;
        let row = OfficialAccountRow {
            state: DISCONNECTED.to_owned(),
            version: before.version + 1,
            app_secret: None,
            push_token: None,
            aes_key: None,
            previous_aes_key: None,
            connected_at: None,
            verified_at: None,
            changed_at: ctx.now(),
            ..before.clone()
        };
        update(tx, &row, before.version).await?;
        store::platform_token::delete_token(tx, &row.appid).await?;
        note(ctx, tx, admin, Act::AccountDisconnect, &row, "").await
    })?;
    follow(ctx).await;
    Ok(())
}

/// Locks the accounts until the transaction ends, and checks that the form showed their state.
async fn begin(ctx: &Ctx, tx: &mut Tx, admin: &Admin, seen: (i64, i64)) -> Result<Vec<OfficialAccountRow>, CoreError> {
    if ctx.settings.account.is_some() {
        return Err(CoreError::Forbidden);
    }
    store::fact::bump_revision(tx, TOPIC).await?;
    admin.confirm(tx).await?;
    let rows = store::official_account::list_accounts(tx).await?;
    let shown = subject_of(&rows).map_or((0, 0), |row| (row.id, row.version));
    if shown == seen { Ok(rows) } else { Err(CoreError::Conflict) }
}

/// The row with the values of the form. What the form leaves empty stays, or is made.
fn filled(
    ctx: &Ctx,
    before: &OfficialAccountRow,
    parsed: &Parsed,
    seen: (i64, i64),
) -> Result<OfficialAccountRow, CoreError> {
    let mut row = before.clone();
    row.name.clone_from(&parsed.name);
    row.qr_url.clone_from(&parsed.qr_url);
    row.version += 1;
    row.changed_at = ctx.now();
    let stored = |field| secret::decrypted(&ctx.secret_key, before, field);
    match &parsed.app_secret {
        Some(given) => set(ctx, &mut row, OfficialAccountField::AppSecret, Some(given)),
        None if stored(OfficialAccountField::AppSecret).is_some() => {}
        None => return Err(CoreError::field_error("app_secret", Problem::Empty)),
    }
    let (token, aes_key) = suggested(ctx, seen);
    let own_token = stored(OfficialAccountField::Token);
    let is_new_token = parsed.token.as_ref().is_some_and(|new| own_token.as_ref().is_none_or(|own| !is_same(own, new)));
    if is_new_token || own_token.is_none() {
        let new = parsed.token.as_deref().unwrap_or(token.expose_secret());
        set(ctx, &mut row, OfficialAccountField::Token, Some(new));
        restart(ctx, &mut row);
    }
    let own_key = stored(OfficialAccountField::AesKey);
    match (&own_key, &parsed.aes_key) {
        _ if parsed.is_plain => {
            if before.aes_key.is_some() {
                set(ctx, &mut row, OfficialAccountField::AesKey, None);
                set(ctx, &mut row, OfficialAccountField::PreviousAesKey, None);
                restart(ctx, &mut row);
            }
        }
        (Some(own), Some(new)) if is_same(own, new) => {}
        (Some(_), None) => {}
        (_, new) => {
            let new = new.as_deref().unwrap_or(aes_key.expose_secret());
            replace_aes_key(ctx, before, &mut row, new);
            restart(ctx, &mut row);
        }
    }
    Ok(row)
}

/// True for the same secret, in constant time.
fn is_same(own: &SecretString, new: &str) -> bool {
    own.expose_secret().as_bytes().ct_eq(new.as_bytes()).into()
}

/// The platform has not used the credentials of this row yet.
fn restart(ctx: &Ctx, row: &mut OfficialAccountRow) {
    (row.connected_at, row.verified_at, row.changed_at) = (Some(ctx.now()), None, ctx.now());
}

/// The key before stays accepted: WeChat uses it until its own console has the new one, and for messages under way.
fn replace_aes_key(ctx: &Ctx, before: &OfficialAccountRow, row: &mut OfficialAccountRow, new: &str) {
    if let Some(old) = secret::decrypted(&ctx.secret_key, before, OfficialAccountField::AesKey) {
        set(ctx, row, OfficialAccountField::PreviousAesKey, Some(old.expose_secret()));
    }
    set(ctx, row, OfficialAccountField::AesKey, Some(new));
}

fn set(ctx: &Ctx, row: &mut OfficialAccountRow, field: OfficialAccountField, plain: Option<&str>) {
    let id = row.id;
    let stored = plain.map(|plain| secret::encrypted(&ctx.secret_key, ctx.rng.as_ref(), id, field, plain));
    match field {
        OfficialAccountField::AppSecret => row.app_secret = stored,
        OfficialAccountField::Token => row.push_token = stored,
        OfficialAccountField::AesKey => row.aes_key = stored,
        OfficialAccountField::PreviousAesKey => row.previous_aes_key = stored,
    }
}

async fn insert(tx: &mut Tx, row: &OfficialAccountRow) -> Result<(), CoreError> {
    Ok(store::official_account::insert_account(tx, row.clone()).await?)
}

async fn update(tx: &mut Tx, row: &OfficialAccountRow, version_before: i64) -> Result<(), CoreError> {
    let is_done = store::official_account::update_account(tx, row, version_before).await?;
    if is_done { Ok(()) } else { Err(CoreError::Conflict) }
}

async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    admin: &Admin,
    act: Act,
    row: &OfficialAccountRow,
    detail: &str,
) -> Result<(), CoreError> {
    let detail = format!("{} {detail}", row.appid);
    Ok(audit::note(ctx, tx, act, audit::official_account(row.id), admin.actor(), detail.trim()).await?)
}

/// Takes the change into force here. If that fails, the next round of [`live::follow_changes`] does it.
async fn follow(ctx: &Ctx) {
    if let Err(error) = live::reload(ctx).await {
        tracing::warn!(%error, "the Official Account could not be read again");
    }
}
