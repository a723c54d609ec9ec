//! The sender of a message: creates and unsubscribes identities.

use super::{effects::Effects, forgetting};
use crate::{
    config::Unfollow,
    core::{CoreError, OfficialCtx, token},
    store::{self, Tx, identity::IdentityRow},
};

/// The value of `identities.app` for the Official Account.
const OFFICIAL_ACCOUNT: &str = "official_account";
/// The longest openid that is stored.
const OPENID_MAX_CHARS: usize = 64;

/// True if the text may be an openid: visible ASCII. Anything else is not from the platform.
pub fn is_openid(text: &str) -> bool {
    (1..=OPENID_MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The identity of a follower, created or marked as subscribed if needed.
pub async fn following(
    ctx: &OfficialCtx,
    db: &mut Tx,
    openid: &str,
    scene: Option<&str>,
) -> Result<IdentityRow, CoreError> {
    let now = ctx.now();
    if let Some(mut known) = store::identity::find_locked(db, &ctx.account.appid, openid).await? {
        if known.is_subscribed == 0 {
            store::identity::update_subscribed(db, &ctx.account.appid, openid, true, now).await?;
            known.is_subscribed = 1;
        }
        return Ok(known);
    }
    let row = new_identity(ctx, openid, scene);
    store::identity::insert_identity(db, &row).await?;
    Ok(row)
}

/// The identity of a follower who is not known yet.
pub fn new_identity(ctx: &OfficialCtx, openid: &str, scene: Option<&str>) -> IdentityRow {
    let now = ctx.now();
    IdentityRow {
        appid: ctx.account.appid.clone(),
        openid: openid.to_owned(),
        app: OFFICIAL_ACCOUNT.to_owned(),
        unionid: None,
        user_id: None,
        nickname: None,
        avatar_url: None,
        is_subscribed: 1,
        subscribed_at: Some(now),
        unsubscribed_at: None,
        // Scenes of sign-ins are secrets; only those of printed QR codes are stored as the follower's source.
        source_scene: scene.filter(|s| s.len() <= 20).map(str::to_owned),
        created_at: now,
        unionid_asked_at: None,
    }
}

/// The result of an unfollow.
#[derive(Debug, Default)]
pub struct Unfollowed {
    /// True if the identity was deleted.
    pub is_forgotten: bool,
    pub effects: Effects,
}

/// Handles an unfollow by the operator's policy.
pub async fn unfollowed(ctx: &OfficialCtx, db: &mut Tx, openid: &str) -> Result<Unfollowed, CoreError> {
    store::identity::update_subscribed(db, &ctx.account.appid, openid, false, ctx.now()).await?;
    let identity = store::identity::find_identity(db, &ctx.account.appid, openid).await?;
    let Some((known, user_id)) = identity.and_then(|known| Some((known.clone(), known.user_id?))) else {
        return Ok(Unfollowed::default());
    };
    match ctx.live().signin.unfollow {
        Unfollow::Keep => {}
        Unfollow::Signout => {
            // Raise the generation first: see `profile::store_password_within`.
            token::revoke_all_within(ctx, db, user_id).await?;
            store::web_session::delete_all_of(db, user_id, "").await?;
            let effects = Effects { ended_tokens: Some(user_id), ..Effects::default() };
            return Ok(Unfollowed { is_forgotten: false, effects });
        }
        // A disabled user must not come back as a new user by following again.
        Unfollow::Delete if is_disabled(db, user_id).await? => {}
        Unfollow::Delete => {
            let effects = forgetting::forget(ctx, db, &[known]).await?;
            return Ok(Unfollowed { is_forgotten: true, effects });
        }
    }
    Ok(Unfollowed::default())
}

async fn is_disabled(db: &mut Tx, user_id: i64) -> Result<bool, CoreError> {
    Ok(store::user::find_user(db, user_id).await?.is_some_and(|user| user.is_enabled == 0))
}
