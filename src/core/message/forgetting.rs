//! Forgetting a follower, or the name and the picture that came from WeChat.

use super::effects::Effects;
use crate::{
    core::{
        CoreError, Ctx,
        account::{deletion, made_nickname},
        token,
    },
    store::{self, Tx, identity::IdentityRow},
};

/// The data that this program may have from WeChat, and that a person withdrew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    pub is_nickname: bool,
    pub is_avatar: bool,
}

/// Deletes these identities and the accounts that they belong to. The last admin's account stays, without identities and without the name
/// that came from them.
pub async fn forget(ctx: &Ctx, db: &mut Tx, identities: &[IdentityRow]) -> Result<Effects, CoreError> {
    let mut effects = Effects { is_erasure_due: true, ..Effects::default() };
    let mut users: Vec<i64> = identities.iter().filter_map(|identity| identity.user_id).collect();
    users.sort_unstable();
    users.dedup();
    let (mut kept, mut gone) = (None, Vec::new());
    for user_id in users {
        match deletion::delete_within(ctx, db, user_id, None, "wechat").await {
            Ok(()) => {
                effects.deleted_user = Some(user_id);
                gone.push(user_id);
            }
            Err(CoreError::NotFound) => {}
            // The account outlives its WeChat identity: access that depends on it ends.
            Err(CoreError::LastAdmin) => {
                token::revoke_all_within(ctx, db, user_id).await?;
                store::web_session::delete_all_by_wechat(db, user_id).await?;
                effects.ended_tokens = Some(user_id);
                kept = Some(user_id);
            }
            Err(e) => return Err(e),
        }
    }
    // Those of a deleted user went with the user.
    let is_left = |identity: &&IdentityRow| identity.user_id.is_none_or(|id| !gone.contains(&id) && kept != Some(id));
    let mut left: Vec<IdentityRow> = identities.iter().filter(is_left).cloned().collect();
    if let Some(user_id) = kept {
        left.extend(store::identity::list_identities(db, user_id).await?);
    }
    for identity in &left {
        deletion::forget_identity_within(ctx, db, &identity.appid, &identity.openid).await?;
    }
    if let Some(user_id) = kept {
        restore_profile(ctx, db, user_id, Withdrawn { is_nickname: true, is_avatar: true }).await?;
    }
    Ok(effects)
}

/// Gives a user the name and the picture that are left to them: what an app of WeChat presented must still be known from one.
pub async fn restore_profile(ctx: &Ctx, db: &mut Tx, user_id: i64, withdrawn: Withdrawn) -> Result<(), CoreError> {
    let Some(user) = store::user::find_user(db, user_id).await? else { return Ok(()) };
    let identities = store::identity::list_identities(db, user_id).await?;
    let made = made_nickname(user_id, user.username.as_deref());
    let names: Vec<&str> = identities.iter().filter_map(|identity| identity.nickname.as_deref()).collect();
    let pictures: Vec<&str> = identities.iter().filter_map(|identity| identity.avatar_url.as_deref()).collect();
    let is_made = user.nickname == made || user.nickname == made_nickname(user_id, None);
    let nickname: &str = if !withdrawn.is_nickname || is_made || names.contains(&user.nickname.as_str()) {
        &user.nickname
    } else {
        names.last().copied().unwrap_or(&made)
    };
    let own = user.avatar_url.as_deref();
    let avatar = own.filter(|url| !withdrawn.is_avatar || pictures.contains(url));
    let avatar = avatar.or_else(|| pictures.last().copied().filter(|_| withdrawn.is_avatar));
    Ok(store::user::update_withdrawn(db, user_id, nickname, avatar, ctx.now()).await?)
}
