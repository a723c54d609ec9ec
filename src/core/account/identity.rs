//! WeChat identities of users: finding or creating the user of an identity, and unbinding.
//!
//! Two identities belong to one user if the platform reports the same unionid for both, or if the user bound them. An equal
//! nickname, e-mail address or phone number never suffices.

use super::{NewUser, field::Nickname, presented};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx,
        audit::{self, Act},
        quota, token,
    },
    store::{self, StoreError, Tx, identity::IdentityRow},
};

/// The kind of app that an identity belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    OfficialAccount,
    MiniProgram,
    /// Web login of the open platform.
    Web,
}

impl App {
    /// The value of `identities.app`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OfficialAccount => "official_account",
            Self::MiniProgram => "mini_program",
            Self::Web => "web",
        }
    }
}

/// An identity that the platform has just proven.
#[derive(Debug, Clone)]
pub struct Proven {
    pub app: App,
    pub appid: String,
    pub openid: String,
    pub unionid: Option<String>,
    /// Their nickname in the app, if the platform sent one; not verified.
    pub nickname: Option<Nickname>,
    pub avatar_url: Option<String>,
}

/// The user of a proven identity: its owner, the owner of another identity with the same unionid, or a new user. Records nickname,
/// avatar and sign-in.
///
/// # Errors
/// [`CoreError::Disabled`]; [`CoreError::Busy`] if concurrent transactions kept colliding.
pub async fn meet(ctx: &Ctx, proven: &Proven) -> Result<super::User, CoreError> {
    store::transact!(ctx.store, |tx| meet_within(ctx, tx, proven).await).map_err(CoreError::busy_if_collided)
}

/// [`meet`] inside the caller's transaction. Another account with the same unionid stays as it is: see [`super::join`].
pub(crate) async fn meet_within(ctx: &Ctx, db: &mut Tx, proven: &Proven) -> Result<super::User, CoreError> {
    let now = ctx.now();
    if let Some(unionid) = &proven.unionid {
        lock_person(ctx, db, unionid).await?;
    }
    let known = store::identity::find_identity(db, &proven.appid, &proven.openid).await?;
    if known.is_none() {
        store::identity::insert_identity(db, &first_seen(proven, now)).await?;
    }
    if let Some(unionid) = &proven.unionid {
        store::identity::update_unionid(db, &proven.appid, &proven.openid, unionid).await?;
    }
    let owner = if let Some(owner) = known.and_then(|identity| identity.user_id) {
        owner
    } else {
        let owner = match relative(ctx, db, proven.unionid.as_deref()).await? {
            Some(relative) => relative,
            None => super::create(ctx, db, NewUser::default()).await?,
        };
        own(ctx, db, &proven.appid, &proven.openid, owner).await?;
        owner
    };
    // Whatever the app, a placeholder replaces nothing.
    let nickname = proven.nickname.as_ref().and_then(|name| presented::nickname(name.as_str()));
    let (nickname, avatar) = (nickname.as_ref().map(Nickname::as_str), proven.avatar_url.as_deref());
    let avatar = avatar.and_then(presented::picture);
    if nickname.is_some() || avatar.is_some() {
        let avatar = avatar.as_deref();
        store::identity::update_presented(db, &proven.appid, &proven.openid, nickname, avatar).await?;
        store::user::update_presented(db, owner, nickname, avatar, now).await?;
    }
    store::user::update_last_login(db, owner, now).await?;
    let user = store::user::find_user(db, owner)
        .await?
        .map(|row| super::User::at(row, ctx.now()))
        .ok_or(CoreError::Collided)?;
    if user.is_enabled { Ok(user) } else { Err(CoreError::Disabled) }
}

fn first_seen(proven: &Proven, now: i64) -> IdentityRow {
    IdentityRow {
        appid: proven.appid.clone(),
        openid: proven.openid.clone(),
        app: proven.app.as_str().to_owned(),
        unionid: proven.unionid.clone(),
        user_id: None,
        nickname: None,
        avatar_url: None,
        is_subscribed: 0,
        subscribed_at: None,
        unsubscribed_at: None,
        source_scene: None,
        created_at: now,
        unionid_asked_at: None,
    }
}

/// The user who owns another identity with this unionid. Concurrent transactions with the same unionid wait until this
/// one ends.
pub(crate) async fn relative(ctx: &Ctx, db: &mut Tx, unionid: Option<&str>) -> Result<Option<i64>, StoreError> {
    let Some(unionid) = unionid else { return Ok(None) };
    lock_person(ctx, db, unionid).await?;
    store::identity::find_owner_of_unionid(db, unionid).await
}

/// Serializes concurrent transactions about one unionid: otherwise each could create a user.
async fn lock_person(ctx: &Ctx, db: &mut Tx, unionid: &str) -> Result<(), StoreError> {
    store::identity::lock_person(db, &ctx.hash(Use::Person, unionid)).await
}

/// Assigns an identity without an owner to a user, and adds the usage that this identity had in an earlier account; changes
/// nothing if the identity has an owner.
pub(crate) async fn own(ctx: &Ctx, db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<(), StoreError> {
    if store::identity::update_owner(db, appid, openid, user_id).await? {
        quota::take_up(ctx, db, user_id, &person(ctx, appid, openid)).await?;
    }
    Ok(())
}

/// The keyed hash under which an identity is remembered without being named.
pub(crate) fn person(ctx: &Ctx, appid: &str, openid: &str) -> String {
    ctx.hash(Use::Person, &format!("{appid}/{openid}"))
}

/// The user who owns this identity, in any of the operator's apps.
///
/// # Errors
/// The database cannot be reached.
pub async fn owner(ctx: &Ctx, openid: &str) -> Result<Option<i64>, CoreError> {
    Ok(store::identity::find_owner(&mut ctx.store.read().await?, openid).await?)
}

/// A user's identity in this Official Account, if bound.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_own(ctx: &OfficialCtx, user_id: i64) -> Result<Option<IdentityRow>, CoreError> {
    let rows = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    Ok(rows.into_iter().find(|row| row.appid == ctx.account.appid))
}

/// The user's name in WeChat: as this Official Account knows it, else as another app of the operator does. `None` if WeChat sent none.
///
/// # Errors
/// The database cannot be reached.
pub async fn wechat_name(ctx: &OfficialCtx, user_id: i64) -> Result<Option<String>, CoreError> {
    let mut rows = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    rows.sort_by_key(|row| row.appid != ctx.account.appid);
    Ok(rows.into_iter().find_map(|row| row.nickname.filter(|name| !name.is_empty())))
}

/// The user who owns this identity in this Official Account.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_owner(ctx: &OfficialCtx, openid: &str) -> Result<Option<super::User>, CoreError> {
    let mut db = ctx.store.read().await?;
    let identity = store::identity::find_identity(&mut db, &ctx.account.appid, openid).await?;
    let Some(user_id) = identity.and_then(|identity| identity.user_id) else { return Ok(None) };
    Ok(store::user::find_user(&mut db, user_id).await?.map(|row| super::User::at(row, ctx.now())))
}

/// Unbinds WeChat. Refused if it is the only way to sign in. Ends tokens, sessions opened by WeChat, and sign-ins in
/// progress.
///
/// # Errors
/// [`CoreError::NotFound`] if no identity is bound; [`CoreError::Forbidden`] if no password is set.
pub async fn unbind(ctx: &OfficialCtx, user_id: i64, address: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| unbind_within(ctx, tx, user_id, address).await)
}

/// [`unbind`] inside the caller's transaction.
///
/// # Errors
/// As [`unbind`].
pub(crate) async fn unbind_within(
    ctx: &OfficialCtx,
    db: &mut Tx,
    user_id: i64,
    address: &str,
) -> Result<(), CoreError> {
    let identities = store::identity::list_identities(db, user_id).await?;
    let identity = identities.into_iter().find(|row| row.appid == ctx.account.appid).ok_or(CoreError::NotFound)?;
    let user = store::user::find_user(db, user_id).await?.ok_or(CoreError::NotFound)?;
    if user.username.is_none() || user.password_hash.is_none() {
        return Err(CoreError::Forbidden);
    }
    if !store::identity::update_unowned(db, &identity.appid, &identity.openid, user_id).await? {
        return Err(CoreError::NotFound);
    }
    quota::leave_behind(ctx, db, user_id, &person(ctx, &identity.appid, &identity.openid)).await?;
    // Tokens do not record the sign-in method. Raise the generation first: see `profile::store_password_within`.
    token::revoke_all_within(ctx, db, user_id).await?;
    store::web_session::delete_all_by_wechat(db, user_id).await?;
    store::signin::update_uncollected_ended(db, &identity.appid, &identity.openid, ctx.now()).await?;
    Ok(audit::note(ctx, db, Act::Unbind, audit::user(user_id), (Some(user_id), address), "").await?)
}
