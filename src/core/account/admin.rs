//! The first admin, created by a one-time link, and admins created at the command line.

use super::{NewUser, Origin, Role, field::Username, password::Password};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, Problem,
        audit::{self, Act},
    },
    store::{self, StoreError, Tx, user::UserRow},
};

/// The fact that stores the hash of the only valid setup link.
const SETUP_LINK: &str = "setup-link-hash";
/// The topic in `revisions` whose row is locked while admins are counted.
const ADMINS: &str = "admins";

/// A new secret for the link that creates the first admin; it replaces any older one. `None` if an admin exists.
///
/// # Errors
/// The database cannot be reached.
pub async fn renew_setup_link(ctx: &Ctx) -> Result<Option<String>, CoreError> {
    store::transact!(ctx.store, |tx| {
        lock(tx).await?;
        store::fact::delete_fact(tx, SETUP_LINK).await?;
        if has_admin(tx).await? {
            return Ok(None);
        }
        let secret = ctx.rng.token();
        store::fact::insert_fact(tx, SETUP_LINK, &ctx.hash(Use::SetupLink, &secret)).await?;
        Ok(Some(secret))
    })
}

/// True if the secret opens the setup page.
///
/// # Errors
/// The database cannot be reached.
pub async fn is_setup_link(ctx: &Ctx, secret: &str) -> Result<bool, CoreError> {
    let known = store::fact::find_fact(&mut ctx.store.read().await?, SETUP_LINK).await?;
    // Both sides are keyed hashes: the time of the comparison reveals nothing about the secret.
    Ok(known.is_some_and(|hash| hash == ctx.hash(Use::SetupLink, secret)))
}

/// Creates the first admin and uses up the link. Returns the user's id.
///
/// # Errors
/// [`CoreError::Forbidden`] if the link is wrong or used, or if an admin exists; field errors of `username` and `password`.
pub async fn set_up(ctx: &Ctx, secret: &str, username: &str, password: &str, address: &str) -> Result<i64, CoreError> {
    if !is_setup_link(ctx, secret).await? {
        return Err(CoreError::Forbidden);
    }
    let (username, hash) = credentials(ctx, username, password).await?;
    store::transact!(ctx.store, |tx| {
        lock(tx).await?;
        let is_live = store::fact::delete_fact_if(tx, SETUP_LINK, &ctx.hash(Use::SetupLink, secret)).await?;
        if !is_live || has_admin(tx).await? {
            return Err(CoreError::Forbidden);
        }
        insert_admin(ctx, tx, &username, &hash, address).await
    })
}

/// Creates an admin at the command line. Returns the user's id.
///
/// # Errors
/// Field errors of `username` and `password`.
pub async fn create(ctx: &Ctx, username: &str, password: &str) -> Result<i64, CoreError> {
    let (username, hash) = credentials(ctx, username, password).await?;
    store::transact!(ctx.store, |tx| {
        lock(tx).await?;
        insert_admin(ctx, tx, &username, &hash, "command line").await
    })
}

/// Sets a user's password at the command line and signs all their browsers out.
///
/// # Errors
/// [`CoreError::NotFound`] for an unknown name; a field error of `password`.
pub async fn reset_password(ctx: &Ctx, username: &str, password: &str) -> Result<(), CoreError> {
    let user = store::user::find_user_by_name(&mut ctx.store.read().await?, &super::field::folded(username))
        .await?
        .ok_or(CoreError::NotFound)?;
    let hash =
        ctx.hasher.hash("password", Password::parse_new("password", password)?, user.username.as_deref()).await?;
    super::profile::store_password(ctx, (user.id, None), &hash, "", "command line").await
}

/// Serializes transactions that create, dismiss or act as admins, until the caller's ends. Taken before any user's row lock.
pub(crate) async fn lock(db: &mut Tx) -> Result<(), StoreError> {
    store::fact::bump_revision(db, ADMINS).await
}

async fn has_admin(db: &mut Tx) -> Result<bool, StoreError> {
    Ok(store::user::count_enabled_with_role(db, Role::Admin.as_str()).await? > 0)
}

/// Fails if the user is no longer an admin: they were one when their request began. No concurrent transaction can dismiss them
/// until this one ends.
pub(crate) async fn still_is(db: &mut Tx, user_id: i64) -> Result<(), CoreError> {
    lock(db).await?;
    if store::user::find_user(db, user_id).await?.is_some_and(|user| is_admin(&user)) {
        Ok(())
    } else {
        Err(CoreError::Forbidden)
    }
}

fn is_admin(user: &UserRow) -> bool {
    user.role == Role::Admin.as_str() && user.is_enabled == 1
}

/// Fails if this user is the last one who can administer the installation. Concurrent callers are serialized.
pub(crate) async fn keep_one(db: &mut Tx, user_id: i64) -> Result<(), CoreError> {
    lock(db).await?;
    let user = store::user::find_user(db, user_id).await?.ok_or(CoreError::NotFound)?;
    if is_admin(&user) && store::user::count_enabled_with_role(db, Role::Admin.as_str()).await? <= 1 {
        return Err(CoreError::LastAdmin);
    }
    Ok(())
}

async fn credentials(ctx: &Ctx, username: &str, password: &str) -> Result<(Username, String), CoreError> {
    let username = Username::parse(username)?;
    let password = Password::parse_new("password", password)?;
    let hash = ctx.hasher.hash("password", password, Some(username.as_str())).await?;
    Ok((username, hash))
}

async fn insert_admin(
    ctx: &Ctx,
    db: &mut Tx,
    username: &Username,
    hash: &str,
    address: &str,
) -> Result<i64, CoreError> {
    if store::user::find_user_by_name(db, &username.key()).await?.is_some() {
        return Err(CoreError::field_error("username", Problem::Taken));
    }
    // Once the first admin exists, the link of the first start is void: an attacker may find it in an old log.
    store::fact::delete_fact(db, SETUP_LINK).await?;
    let id = super::create(
        ctx,
        db,
        NewUser {
            username: Some(username.clone()),
            password_hash: Some(hash.to_owned()),
            nickname: None,
            is_admin: true,
            origin: Origin::Operator,
        },
    )
    .await?;
    audit::note(ctx, db, Act::Create, audit::user(id), (None, address), "").await?;
    Ok(id)
}
