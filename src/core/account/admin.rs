//! The first admin, made by a one-time link, and admins made at the command line.

use super::{NewUser, Role, User, field::Username, password::Password};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        audit::{self, Act},
        secret::Use,
    },
    store::{self, StoreError, Tx},
};

/// The fact under which the hash of the one live setup link is kept.
const SETUP_LINK: &str = "setup-link-hash";
/// The topic in `revisions` whose row is locked while admins are counted.
const ADMINS: &str = "admins";

/// A new secret for the link that makes the first admin, in place of any older one; None where there is an admin already.
///
/// # Errors
/// The database cannot be reached.
pub async fn renew_setup_link(ctx: &Ctx) -> Result<Option<String>, CoreError> {
    let mut tx = ctx.store.begin().await?;
    lock(&mut tx).await?;
    store::fact::delete_fact(&mut tx, SETUP_LINK).await?;
    if has_admin(&mut tx).await? {
        tx.commit().await?;
        return Ok(None);
    }
    let secret = ctx.chance.token();
    store::fact::insert_fact(&mut tx, SETUP_LINK, &ctx.hash(Use::SetupLink, &secret)).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// True where the secret opens the setup page.
///
/// # Errors
/// The database cannot be reached.
pub async fn is_setup_link(ctx: &Ctx, secret: &str) -> Result<bool, CoreError> {
    let known = store::fact::find_fact(&mut ctx.store.read().await?, SETUP_LINK).await?;
    // Both sides are keyed hashes: how far they agree tells nothing about the secret.
    Ok(known.is_some_and(|hash| hash == ctx.hash(Use::SetupLink, secret)))
}

/// Makes the first admin and spends the link. Returns the user's id.
///
/// # Errors
/// [`CoreError::Forbidden`] where the link is wrong or spent, or there is an admin already; flaws of `username` and `password`.
pub async fn set_up(ctx: &Ctx, secret: &str, username: &str, password: &str, address: &str) -> Result<i64, CoreError> {
    if !is_setup_link(ctx, secret).await? {
        return Err(CoreError::Forbidden);
    }
    let (username, hash) = credentials(ctx, username, password).await?;
    let mut tx = ctx.store.begin().await?;
    lock(&mut tx).await?;
    let is_live = store::fact::delete_fact_if(&mut tx, SETUP_LINK, &ctx.hash(Use::SetupLink, secret)).await?;
    if !is_live || has_admin(&mut tx).await? {
        return Err(CoreError::Forbidden);
    }
    let id = insert_admin(ctx, &mut tx, username, hash, address).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes an admin at the command line. Returns the user's id.
///
/// # Errors
/// Flaws of `username` and `password`.
pub async fn create(ctx: &Ctx, username: &str, password: &str) -> Result<i64, CoreError> {
    let (username, hash) = credentials(ctx, username, password).await?;
    let mut tx = ctx.store.begin().await?;
    lock(&mut tx).await?;
    let id = insert_admin(ctx, &mut tx, username, hash, "command line").await?;
    tx.commit().await?;
    Ok(id)
}

/// Sets a user's password at the command line and signs all their browsers out.
///
/// # Errors
/// [`CoreError::NotFound`] for an unknown name; a flaw of `password`.
pub async fn reset_password(ctx: &Ctx, username: &str, password: &str) -> Result<(), CoreError> {
    let user = store::user::find_user_by_name(&mut ctx.store.read().await?, &super::field::folded(username))
        .await?
        .ok_or(CoreError::NotFound)?;
    let hash =
        ctx.hasher.hash("password", Password::parse_new("password", password)?, user.username.as_deref()).await?;
    super::profile::store_password(ctx, user.id, &hash, "", "command line").await
}

/// Whoever makes, dismisses or acts as an admin does so one after the other, until the transaction ends. Taken before any user's row.
pub(crate) async fn lock(db: &mut Tx) -> Result<(), StoreError> {
    store::fact::bump_revision(db, ADMINS).await
}

async fn has_admin(db: &mut Tx) -> Result<bool, StoreError> {
    Ok(store::user::count_enabled_with_role(db, Role::Admin.as_str()).await? > 0)
}

/// Refuses whoever is no admin any more: they were one when their request began. Nobody dismisses them until the transaction ends.
pub(crate) async fn still_is(db: &mut Tx, user_id: i64) -> Result<(), CoreError> {
    lock(db).await?;
    let user = store::user::find_user(db, user_id).await?.map(User::from);
    let is_admin = user.is_some_and(|user| user.role == Role::Admin && user.is_enabled);
    if is_admin { Ok(()) } else { Err(CoreError::Forbidden) }
}

/// Refuses where this user is the last one who can administer the installation. Two who ask at once ask one after the other.
pub(crate) async fn keep_one(db: &mut Tx, user_id: i64) -> Result<(), CoreError> {
    lock(db).await?;
    let user = store::user::find_user(db, user_id).await?.map(User::from).ok_or(CoreError::NotFound)?;
    let counts = user.role == Role::Admin && user.is_enabled;
    if counts && store::user::count_enabled_with_role(db, Role::Admin.as_str()).await? <= 1 {
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
    username: Username,
    hash: String,
    address: &str,
) -> Result<i64, CoreError> {
    if store::user::find_user_by_name(db, &username.key()).await?.is_some() {
        return Err(CoreError::flaw("username", Problem::Taken));
    }
    // From the first admin on the link of the first start opens nothing, whoever finds it in an old log.
    store::fact::delete_fact(db, SETUP_LINK).await?;
    let id = super::create(
        ctx,
        db,
        NewUser { username: Some(username), password_hash: Some(hash), nickname: None, is_admin: true },
    )
    .await?;
    audit::note(ctx, db, Act::Create, audit::user(id), (None, address), "").await?;
    Ok(id)
}
