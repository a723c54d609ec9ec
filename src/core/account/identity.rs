//! Who a person is to WeChat: meeting them, and cutting the tie.
//!
//! Two identities belong to one user where the platform says so by one unionid, or where the person tied them together themselves.
//! Never because a nickname, an e-mail address or a phone number is the same.

use super::{NewUser, field::Nickname};
use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        quota,
        secret::Use,
        token,
    },
    store::{self, StoreError, Tx, identity::IdentityRow},
};

const TRIES: u32 = 4;

/// Which kind of app an identity is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    OfficialAccount,
    MiniProgram,
    /// Web login of the open platform.
    Web,
}

impl App {
    /// What stands in `identities.app`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OfficialAccount => "official_account",
            Self::MiniProgram => "mini_program",
            Self::Web => "web",
        }
    }
}

/// A person whom the platform has just proven to us.
#[derive(Debug, Clone)]
pub struct Proven {
    pub app: App,
    pub appid: String,
    pub openid: String,
    pub unionid: Option<String>,
    /// What they call themselves there, if it was told; not proven.
    pub nickname: Option<Nickname>,
    pub avatar_url: Option<String>,
}

/// The user of a person whom the platform has proven: theirs, or that of another identity with the same unionid, or a new one. Notes
/// what they call themselves, and the sign-in.
///
/// # Errors
/// [`CoreError::Disabled`]; [`CoreError::Busy`] where rivals kept meeting.
pub async fn meet(ctx: &Ctx, proven: &Proven) -> Result<super::User, CoreError> {
    for _ in 0..TRIES {
        let mut tx = ctx.store.begin().await?;
        match meet_within(ctx, &mut tx, proven).await {
            Ok((user, is_united)) => {
                tx.commit().await?;
                forget_united(ctx, is_united);
                return Ok(user);
            }
            // Seen from a new start, a rival's row is simply there.
            Err(CoreError::Collided) => tx.rollback().await?,
            Err(e) => return Err(e),
        }
    }
    Err(CoreError::Busy)
}

/// [`meet`] inside the caller's transaction. Also whether two accounts became one: [`forget_united`].
pub(crate) async fn meet_within(ctx: &Ctx, db: &mut Tx, proven: &Proven) -> Result<(super::User, bool), CoreError> {
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
    let (owner, is_united) = made_one(ctx, db, owner, proven.unionid.as_deref()).await?;
    let (nickname, avatar) = (proven.nickname.as_ref().map(Nickname::as_str), proven.avatar_url.as_deref());
    if nickname.is_some() || avatar.is_some() {
        store::identity::update_presented(db, &proven.appid, &proven.openid, nickname, avatar).await?;
        store::user::update_presented(db, owner, nickname, avatar, now).await?;
    }
    store::user::update_last_login(db, owner, now).await?;
    let user = store::user::find_user(db, owner).await?.map(super::User::from).ok_or(CoreError::Collided)?;
    if user.is_enabled { Ok((user, is_united)) } else { Err(CoreError::Disabled) }
}

/// What this instance remembers of two accounts that have become one goes, once that is committed.
pub(crate) fn forget_united(ctx: &Ctx, is_united: bool) {
    if is_united {
        ctx.standings.forget_all();
    }
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

/// The user whom another identity with this unionid belongs to. Nobody else finds another one until the transaction ends.
pub(crate) async fn relative(ctx: &Ctx, db: &mut Tx, unionid: Option<&str>) -> Result<Option<i64>, StoreError> {
    let Some(unionid) = unionid else { return Ok(None) };
    lock_person(ctx, db, unionid).await?;
    store::identity::find_owner_of_unionid(db, unionid).await
}

/// Two who meet one person at the same moment do so one after the other: else each would make a user of their own.
async fn lock_person(ctx: &Ctx, db: &mut Tx, unionid: &str) -> Result<(), StoreError> {
    store::identity::update_person_locked(db, &ctx.hash(Use::Person, unionid)).await
}

/// Gives an identity that belongs to nobody to a user, and counts along what that person has used in an account before; changes
/// nothing where it belongs to somebody.
pub(crate) async fn own(ctx: &Ctx, db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<(), StoreError> {
    if store::identity::update_owner(db, appid, openid, user_id).await? {
        quota::take_up(ctx, db, user_id, &person(ctx, appid, openid)).await?;
    }
    Ok(())
}

/// Under which a person is remembered without being named.
pub(crate) fn person(ctx: &Ctx, appid: &str, openid: &str) -> String {
    ctx.hash(Use::Person, &format!("{appid}/{openid}"))
}

/// The user whose identity this is, in whichever of the owner's apps.
///
/// # Errors
/// The database cannot be reached.
pub async fn owner(ctx: &Ctx, openid: &str) -> Result<Option<i64>, CoreError> {
    Ok(store::identity::find_owner(&mut ctx.store.read().await?, openid).await?)
}

/// The one account of a person, after the platform told that several are theirs, and whether it is one only now.
pub(super) async fn made_one(
    ctx: &Ctx,
    db: &mut Tx,
    owner: i64,
    unionid: Option<&str>,
) -> Result<(i64, bool), CoreError> {
    let Some(unionid) = unionid else { return Ok((owner, false)) };
    let (mut stays, mut is_united) = (owner, false);
    for other in store::identity::list_owners_of_unionid(db, unionid).await? {
        if other != owner {
            let united = super::unite::unite(ctx, db, stays, other).await?;
            is_united |= united.is_some();
            stays = united.unwrap_or(stays);
        }
    }
    Ok((stays, is_united))
}

/// A user's identity in this Official Account, if it is bound.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_own(ctx: &Ctx, user_id: i64) -> Result<Option<IdentityRow>, CoreError> {
    let rows = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    Ok(rows.into_iter().find(|row| row.appid == ctx.appid))
}

/// The user whose identity in this Official Account it is.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_owner(ctx: &Ctx, openid: &str) -> Result<Option<super::User>, CoreError> {
    let mut db = ctx.store.read().await?;
    let identity = store::identity::find_identity(&mut db, &ctx.appid, openid).await?;
    let Some(user_id) = identity.and_then(|identity| identity.user_id) else { return Ok(None) };
    Ok(store::user::find_user(&mut db, user_id).await?.map(super::User::from))
}

/// Unbinds WeChat. Refused where it is the only way to sign in. Whatever came by it ends: tokens, and sign-ins under way.
///
/// # Errors
/// [`CoreError::NotFound`] where nothing is bound; [`CoreError::Forbidden`] where no password is set.
pub async fn unbind(ctx: &Ctx, user_id: i64, address: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    unbind_within(ctx, &mut tx, user_id, address).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// [`unbind`] inside the caller's transaction.
///
/// # Errors
/// As [`unbind`].
pub(crate) async fn unbind_within(ctx: &Ctx, db: &mut Tx, user_id: i64, address: &str) -> Result<(), CoreError> {
    let identities = store::identity::list_identities(db, user_id).await?;
    let identity = identities.into_iter().find(|row| row.appid == ctx.appid).ok_or(CoreError::NotFound)?;
    let user = store::user::find_user(db, user_id).await?.ok_or(CoreError::NotFound)?;
    if user.username.is_none() || user.password_hash.is_none() {
        return Err(CoreError::Forbidden);
    }
    if !store::identity::update_unowned(db, &identity.appid, &identity.openid, user_id).await? {
        return Err(CoreError::NotFound);
    }
    quota::leave_behind(ctx, db, user_id, &person(ctx, &identity.appid, &identity.openid)).await?;
    // Nobody knows which of the tokens came by it.
    token::revoke_all_within(db, user_id).await?;
    store::signin::update_uncollected_ended(db, &identity.appid, &identity.openid, ctx.now()).await?;
    Ok(audit::note(ctx, db, Act::Unbind, audit::user(user_id), (Some(user_id), address), "").await?)
}
