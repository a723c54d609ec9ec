//! Who a message is from: identities come into being, leave, and are forgotten here.

use crate::{
    config::Unfollow,
    core::{CoreError, Ctx, account, token},
    store::{self, Tx, identity::IdentityRow},
};

/// What stands in `identities.app` for the Official Account.
const OFFICIAL_ACCOUNT: &str = "official_account";
/// The longest openid that is stored.
const OPENID_MAX_CHARS: usize = 64;

/// True for what may be an openid: visible ASCII. Anything else is not from the platform.
pub fn is_openid(text: &str) -> bool {
    (1..=OPENID_MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The identity of a person who is following, made or marked where it was not.
pub async fn following(ctx: &Ctx, db: &mut Tx, openid: &str, scene: Option<&str>) -> Result<IdentityRow, CoreError> {
    let now = ctx.now();
    if let Some(mut known) = store::identity::find_identity(db, &ctx.appid, openid).await? {
        if known.is_subscribed == 0 {
            store::identity::update_subscribed(db, &ctx.appid, openid, true, now).await?;
            known.is_subscribed = 1;
        }
        return Ok(known);
    }
    let row = IdentityRow {
        appid: ctx.appid.clone(),
        openid: openid.to_owned(),
        app: OFFICIAL_ACCOUNT.to_owned(),
        unionid: None,
        user_id: None,
        nickname: None,
        avatar_url: None,
        is_subscribed: 1,
        subscribed_at: Some(now),
        unsubscribed_at: None,
        // Scenes of sign-ins are secrets of a kind; only what an operator printed says where somebody came from.
        source_scene: scene.filter(|s| s.len() <= 20).map(str::to_owned),
        created_at: now,
        unionid_asked_at: None,
    };
    store::identity::insert_identity(db, &row).await?;
    Ok(row)
}

/// The person unfollowed: what happens to the account is the operator's choice. True where they are forgotten.
pub async fn unfollowed(ctx: &Ctx, db: &mut Tx, openid: &str) -> Result<bool, CoreError> {
    store::identity::update_subscribed(db, &ctx.appid, openid, false, ctx.now()).await?;
    let identity = store::identity::find_identity(db, &ctx.appid, openid).await?;
    let Some(user_id) = identity.and_then(|i| i.user_id) else { return Ok(false) };
    match ctx.settings.settings.signin.unfollow {
        Unfollow::Keep => {}
        Unfollow::Signout => {
            // The generation first: see `profile::store_password_within`.
            token::revoke_all_within(db, user_id).await?;
            store::web_session::delete_all_of(db, user_id, "").await?;
        }
        Unfollow::Delete => {
            forget(ctx, db, openid).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes a person's account and identity: they asked the platform for it. The last admin's account stays, without the identity.
pub async fn forget(ctx: &Ctx, db: &mut Tx, openid: &str) -> Result<(), CoreError> {
    let identity = store::identity::find_identity(db, &ctx.appid, openid).await?;
    if let Some(user_id) = identity.and_then(|identity| identity.user_id) {
        match account::leave::delete_within(ctx, db, user_id, None, "wechat").await {
            Ok(()) | Err(CoreError::NotFound | CoreError::LastAdmin) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(store::identity::delete_identity(db, &ctx.appid, openid).await?)
}
