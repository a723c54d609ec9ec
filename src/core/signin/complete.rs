//! The last step of a sign-in: completes the browser's session for a proven WeChat identity.

use super::{COLLECT_MS, Fault, Purpose, chat_outcome::Question};
use crate::{
    config::Confirm,
    core::{
        Ctx, OfficialCtx,
        account::{self, NewUser, Origin, Role, field::Username},
        credit,
    },
    store::{self, StoreError, Tx, identity::IdentityRow, signin::SigninRow},
};

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// The browser may collect; `is_new` if the account was just created.
    Success { is_new: bool, credits: i64, name: String },
    /// The session ended with an error.
    Failed(Fault),
    /// A concurrent transaction completed the session, or it expired.
    TooLate,
}

/// True if the user must confirm in the chat before the session completes.
///
/// A user without an account is always asked: otherwise the browser that began the session would have an account in their name.
/// Admins are always asked too, whatever the setting says. A session that cannot succeed ends immediately.
pub(super) async fn needs_confirm(
    ctx: &Ctx,
    db: &mut Tx,
    row: &SigninRow,
    identity: &IdentityRow,
) -> Result<bool, StoreError> {
    let is_register = Purpose::of(&row.purpose) == Purpose::Register;
    let Some(owner) = owner_of(ctx, db, identity).await? else {
        return Ok(!is_register || free_name(db, row).await?.is_some());
    };
    if is_register {
        return Ok(false);
    }
    for user_id in [Some(owner), row.user_id].into_iter().flatten() {
        let user = store::user::find_user(db, user_id).await?;
        if user.is_some_and(|user| user.role == Role::Admin.as_str()) {
            return Ok(true);
        }
    }
    Ok(match ctx.live().signin.confirm {
        Confirm::Always => true,
        Confirm::Risky => !store::signin::has_seen(db, owner, &row.browser_label, &row.address).await?,
        Confirm::Never => false,
    })
}

/// What the user is asked to confirm.
pub(super) async fn question(
    ctx: &Ctx,
    db: &mut Tx,
    row: &SigninRow,
    identity: &IdentityRow,
) -> Result<Question, StoreError> {
    Ok(match Purpose::of(&row.purpose) {
        Purpose::Register => Question::Register(row.pending_username.clone()),
        Purpose::Bind => {
            let id = row.user_id.unwrap_or_default();
            let name = store::user::find_user(db, id).await?.and_then(|user| user.username);
            Question::Bind(name.unwrap_or_else(|| id.to_string()))
        }
        Purpose::Login | Purpose::Reset if owner_of(ctx, db, identity).await?.is_none() => Question::Register(None),
        Purpose::Login | Purpose::Reset => Question::Login,
    })
}

/// The name that a registration requests, unless it was taken meanwhile.
async fn free_name(db: &mut Tx, row: &SigninRow) -> Result<Option<Username>, StoreError> {
    let Some(username) = row.pending_username.as_deref().and_then(|u| Username::parse(u).ok()) else {
        return Ok(None);
    };
    let is_taken = store::user::find_user_by_name(db, &username.key()).await?.is_some();
    Ok((!is_taken).then_some(username))
}

/// Completes a session for this identity, in the caller's transaction. The session is claimed first: a request that comes too
/// late changes nothing.
pub(super) async fn complete(
    ctx: &OfficialCtx,
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
        // Nothing in the chat completes it: see `reset`.
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

/// The session's user id, and whether the account was just created.
pub(super) type Found = Result<(i64, bool), Fault>;

async fn register(ctx: &Ctx, db: &mut Tx, row: &SigninRow, identity: &IdentityRow) -> Result<Found, StoreError> {
    // Never for an existing account: an attacker who relays a QR would set its password.
    if owner_of(ctx, db, identity).await?.is_some() {
        return Ok(Err(Fault::AlreadyRegistered));
    }
    let Some(username) = free_name(db, row).await? else { return Ok(Err(Fault::UsernameTaken)) };
    let new = NewUser {
        username: Some(username),
        password_hash: row.pending_password_hash.clone(),
        nickname: None,
        is_admin: false,
        origin: Origin::Password,
    };
    Ok(Ok((account::registration::create(ctx, db, new, identity).await?, true)))
}

/// The user of an identity, created if missing.
pub(super) async fn login(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Found, StoreError> {
    if let Some(user_id) = owner_of(ctx, db, identity).await? {
        let is_enabled = store::user::find_user(db, user_id).await?.is_some_and(|u| u.is_enabled == 1);
        // Changes nothing if the user already owns the identity.
        account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
        return Ok(if is_enabled { Ok((user_id, false)) } else { Err(Fault::Disabled) });
    }
    Ok(Ok((account::registration::create(ctx, db, NewUser::default(), identity).await?, true)))
}

/// The owner of an identity, or of another identity with the same unionid.
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
    let Some(user) = store::user::find_user(db, user_id).await?.filter(|u| u.is_enabled == 1) else {
        return Ok(Err(Fault::Disabled));
    };
    account::identity::own(ctx, db, &identity.appid, &identity.openid, user_id).await?;
    // The owner of this WeChat may not be the user who chose the password.
    if user.password_hash.is_some() && user.origin != Origin::Operator.as_str() {
        store::access::update_review_due(db, user_id).await?;
    }
    Ok(Ok((user_id, false)))
}
