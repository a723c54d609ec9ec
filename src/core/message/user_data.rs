//! Events about a person's data: WeChat says that they closed their WeChat account, or withdrew data from an app.
//!
//! They concern the person named inside, in the app named inside: this account, or another app of the operator. Facts: the platform's page
//! "授权用户信息变更" (docs/WECHAT.md, 2.3).

use super::{
    effects::Effects,
    follower::is_openid,
    forgetting::{Withdrawn, forget, restore_profile},
};
use crate::{
    core::{CoreError, OfficialCtx, account::deletion, signin::plain_mode},
    store::{self, Tx, identity::IdentityRow},
    wechat::message::{UserDataChange, UserDataEvent},
};

/// What an event did.
#[derive(Debug, Default)]
pub struct Applied {
    /// True if nothing about the message may be stored: the person was forgotten.
    pub is_forgotten: bool,
    pub effects: Effects,
}

/// Applies an event.
pub async fn apply(ctx: &OfficialCtx, db: &mut Tx, event: &UserDataEvent) -> Result<Applied, CoreError> {
    match event.change {
        UserDataChange::Cancelled => cancelled(ctx, db, event).await,
        UserDataChange::Revoked => {
            let effects = revoked(ctx, db, event).await?;
            Ok(Applied { is_forgotten: false, effects })
        }
        UserDataChange::Modified => Ok(Applied::default()),
    }
}

/// The person's WeChat account is closed: all of their identities are forgotten, with their accounts.
async fn cancelled(ctx: &OfficialCtx, db: &mut Tx, event: &UserDataEvent) -> Result<Applied, CoreError> {
    let identities = person_of(ctx, db, event).await?;
    if is_protected(ctx, db, &identities).await? {
        return Ok(Applied::default());
    }
    let effects = forget(ctx, db, &identities).await?;
    // Messages may be stored under an identity that is not.
    let appid = appid_of(ctx, event);
    let unknown = |openid: &&str| !identities.iter().any(|known| known.appid == appid && known.openid == **openid);
    if let Some(openid) = openid_of(event).filter(unknown) {
        deletion::forget_identity_within(ctx, db, appid, openid).await?;
    }
    Ok(Applied { is_forgotten: true, effects })
}

/// True if a plaintext push would delete an admin's account: it proves too little for that.
pub async fn is_protected(ctx: &OfficialCtx, db: &mut Tx, identities: &[IdentityRow]) -> Result<bool, CoreError> {
    for identity in identities {
        if plain_mode::refuses(ctx, db, identity).await? {
            tracing::warn!("a plaintext push says that an admin unfollowed or cancelled: nothing was deleted");
            return Ok(true);
        }
    }
    Ok(false)
}

/// The person withdrew data from an app: what this program has of it is deleted from their identity there, and from their account where it
/// came from that identity. A nickname that the person or an admin chose stays, and so do e-mail address and phone number, which are
/// entered here and never asked of WeChat.
async fn revoked(ctx: &OfficialCtx, db: &mut Tx, event: &UserDataEvent) -> Result<Effects, CoreError> {
    let withdrawn = Withdrawn::of(&event.revoked);
    let appid = appid_of(ctx, event);
    let mut effects = Effects::default();
    if !withdrawn.is_nickname && !withdrawn.is_avatar {
        return Ok(effects);
    }
    for identity in person_of(ctx, db, event).await?.iter().filter(|identity| identity.appid == appid) {
        let which = (withdrawn.is_nickname, withdrawn.is_avatar);
        store::identity::update_withdrawn(db, &identity.appid, &identity.openid, which).await?;
        store::personal_data::update_replies_forgotten(db, &identity.appid, &identity.openid).await?;
        if let Some(user_id) = identity.user_id {
            restore_profile(ctx, db, user_id, withdrawn).await?;
            // Answers contain the name of the account.
            for other in store::identity::list_identities(db, user_id).await? {
                store::personal_data::update_replies_forgotten(db, &other.appid, &other.openid).await?;
            }
        }
        effects.is_erasure_due = true;
    }
    if effects.is_erasure_due {
        store::update_erasure_due(db, ctx.next_id()).await?;
    }
    Ok(effects)
}

/// The identities of the person of an event: the one it names, and all with the same unionid.
async fn person_of(ctx: &OfficialCtx, db: &mut Tx, event: &UserDataEvent) -> Result<Vec<IdentityRow>, CoreError> {
    let named = match openid_of(event) {
        Some(openid) => store::identity::find_identity(db, appid_of(ctx, event), openid).await?,
        None => None,
    };
    let known = named.as_ref().and_then(|identity| identity.unionid.clone());
    let mut found: Vec<IdentityRow> = named.into_iter().collect();
    for unionid in [known, event.unionid.clone()].into_iter().flatten().filter(|unionid| is_openid(unionid)) {
        for identity in store::identity::list_of_unionid(db, &unionid).await? {
            if !found.iter().any(|other| other.appid == identity.appid && other.openid == identity.openid) {
                found.push(identity);
            }
        }
    }
    Ok(found)
}

fn openid_of(event: &UserDataEvent) -> Option<&str> {
    event.openid.as_deref().filter(|openid| is_openid(openid))
}

/// The app that an event concerns: this account if it names none.
fn appid_of<'a>(ctx: &'a OfficialCtx, event: &'a UserDataEvent) -> &'a str {
    event.appid.as_deref().filter(|appid| is_openid(appid)).unwrap_or(&ctx.account.appid)
}

impl Withdrawn {
    /// What the event's codes name. Service accounts: 205 nickname and picture. Mini-programs: 6 nickname and picture, 19 the nickname, 20 the
    /// picture. Other codes are data that this program never stores (addresses, positions, invoices, cards, plates, steps, files, recordings)
    /// or never asks WeChat for (8 phone number, 16 e-mail address). Without a code, everything is withdrawn.
    fn of(codes: &[String]) -> Self {
        let has = |wanted: &[&str]| codes.is_empty() || codes.iter().any(|code| wanted.contains(&code.as_str()));
        Self { is_nickname: has(&["205", "6", "19"]), is_avatar: has(&["205", "6", "20"]) }
    }
}

#[cfg(test)]
mod tests {
    use super::Withdrawn;

    #[test]
    fn only_what_a_code_names_is_withdrawn() {
        let of = |codes: &[&str]| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            let Withdrawn { is_nickname, is_avatar } = Withdrawn::of(&codes);
            (is_nickname, is_avatar)
        };
        for both in [&["205"][..], &["6"], &["19", "20"], &["201", "205"], &[]] {
            assert_eq!(of(both), (true, true), "{both:?}");
        }
        assert_eq!((of(&["19"]), of(&["20"])), ((true, false), (false, true)));
        for neither in ["1", "2", "8", "16", "60", "2055", "201", "206", "207"] {
            assert_eq!(of(&[neither]), (false, false), "{neither}");
        }
    }
}
