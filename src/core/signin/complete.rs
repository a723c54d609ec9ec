//! The last step: a proven person meets a browser that asked.

use super::{COLLECT_MS, Fault, Purpose};
use crate::{
    config::Confirm,
    core::{Ctx, account, account::NewUser, account::field::Username, credit},
    store::{self, StoreError, Tx, identity::IdentityRow, signin::SigninRow},
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// The browser may collect; `is_new` where the account was made just now.
    Success { is_new: bool, credits: i64, name: String },
    /// The session ended for good.
    Failed(Fault),
    /// Somebody or the clock was first.
    TooLate,
}

/// True where the phone must agree before the browser is let in.
pub(super) async fn needs_confirm(
    ctx: &Ctx,
    db: &mut Tx,
    row: &SigninRow,
    identity: &IdentityRow,
) -> Result<bool, StoreError> {
    if Purpose::of(&row.purpose) == Purpose::Register {
        return Ok(false);
    }
    Ok(match (ctx.settings.settings.signin.confirm, identity.user_id) {
        (Confirm::Always, _) | (Confirm::Risky, None) => true,
        (Confirm::Risky, Some(user_id)) => {
            !store::signin::has_seen(db, user_id, &row.browser_label, &row.address).await?
        }
        (Confirm::Never, _) => false,
    })
}

/// Brings a session to its end for this person, in the caller's transaction. The session is claimed first: who comes too late
/// has changed nothing.
pub(super) async fn complete(
    ctx: &Ctx,
    db: &mut Tx,
    row: &SigninRow,
    identity: &IdentityRow,
) -> Result<Completed, StoreError> {
    if !store::signin::update_success(db, row.id, &identity.openid, ctx.now()).await? {
        return Ok(Completed::TooLate);
    }
    let outcome = match Purpose::of(&row.purpose) {
        Purpose::Register => register(ctx, db, row, identity).await?,
        Purpose::Login => login(ctx, db, identity).await?,
        Purpose::Bind => bind(ctx, db, row, identity).await?,
        // Nothing that a phone does completes it: see `reset`.
        Purpose::Reset => Err(Fault::Disabled),
    };
    let (user_id, is_new) = match outcome {
        Ok(found) => found,
        Err(fault) => {
            store::signin::update_lost(db, row.id, fault.as_str()).await?;
            return Ok(Completed::Failed(fault));
        }
    };
    store::signin::update_winner(db, row.id, user_id, ctx.now() + COLLECT_MS).await?;
    let credits = credit::grant_welcome(ctx, db, user_id, &identity.openid).await?;
    let name = store::user::find_user(db, user_id).await?.map(|u| u.nickname).unwrap_or_default();
    Ok(Completed::Success { is_new, credits, name })
}

/// Whose session it is, and whether the account was made just now.
pub(super) type Found = Result<(i64, bool), Fault>;

async fn register(ctx: &Ctx, db: &mut Tx, row: &SigninRow, identity: &IdentityRow) -> Result<Found, StoreError> {
    // Never onto an account that exists: whoever relays a QR would set its password.
    if owner_of(ctx, db, identity).await?.is_some() {
        return Ok(Err(Fault::AlreadyRegistered));
    }
    let Some(username) = row.pending_username.as_deref().and_then(|u| Username::parse(u).ok()) else {
        return Ok(Err(Fault::UsernameTaken));
    };
    if store::user::find_user_by_name(db, &username.key()).await?.is_some() {
        return Ok(Err(Fault::UsernameTaken));
    }
    let new = NewUser {
        username: Some(username),
        password_hash: row.pending_password_hash.clone(),
        nickname: None,
        is_admin: false,
    };
    let user_id = account::create(ctx, db, new).await?;
    account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
    Ok(Ok((user_id, true)))
}

/// The user of an identity, made where there was none.
pub(super) async fn login(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Found, StoreError> {
    if let Some(user_id) = owner_of(ctx, db, identity).await? {
        let is_enabled = store::user::find_user(db, user_id).await?.is_some_and(|u| u.is_enabled == 1);
        // Changes nothing where the identity is theirs already.
        account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
        return Ok(if is_enabled { Ok((user_id, false)) } else { Err(Fault::Disabled) });
    }
    let user_id = account::create(ctx, db, NewUser::default()).await?;
    account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
    Ok(Ok((user_id, true)))
}

/// Whose identity it is: by itself, or because another one with the same unionid is theirs.
async fn owner_of(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<i64>, StoreError> {
    match identity.user_id {
        Some(owner) => Ok(Some(owner)),
        None => account::identity::relative(ctx, db, identity.unionid.as_deref()).await,
    }
}

async fn bind(ctx: &Ctx, db: &mut Tx, row: &SigninRow, identity: &IdentityRow) -> Result<Found, StoreError> {
    let Some(user_id) = row.user_id else { return Ok(Err(Fault::AlreadyBound)) };
    if identity.user_id == Some(user_id) {
        return Ok(Ok((user_id, false)));
    }
    let has_other = store::identity::list_identities(db, user_id).await?.iter().any(|i| i.appid == identity.appid);
    if has_other || identity.user_id.is_some() {
        return Ok(Err(Fault::AlreadyBound));
    }
    let is_enabled = store::user::find_user(db, user_id).await?.is_some_and(|u| u.is_enabled == 1);
    if !is_enabled {
        return Ok(Err(Fault::Disabled));
    }
    account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
    Ok(Ok((user_id, false)))
}
