//! The unionid of followers: the platform reports it on request, and only for followers.

mod lookups;

pub use lookups::UnionidLookups;

use super::identity::{own, relative};
use crate::{
    core::{CoreError, OfficialCtx},
    store::{self, identity::IdentityRow},
    wechat::api::{ApiError, ErrorClass},
};

/// How often the platform is asked for the unionid of a follower without one: they may come by another app, or the account may be
/// bound to the open platform, at any time.
const ASK_AGAIN_MS: i64 = 24 * 3_600_000;
/// The same after a failed request.
const RETRY_MS: i64 = 10 * 60_000;

/// True if the platform may know the unionid of this follower by now and was not asked recently.
#[must_use]
pub fn is_wanted(identity: &IdentityRow, now: i64) -> bool {
    identity.unionid.is_none() && identity.unionid_asked_at.is_none_or(|at| at <= now - ASK_AGAIN_MS)
}

/// Asks the platform for a follower's unionid. At most once a day per follower, a few concurrent requests, and a retry later if the
/// platform fails; skipped if all slots are taken, until the follower's next message.
///
/// Returns the unionid that the platform just reported.
///
/// # Errors
/// The database cannot be reached; [`CoreError::Busy`] if the platform did not answer.
pub async fn ask(ctx: &OfficialCtx, openid: &str) -> Result<Option<String>, CoreError> {
    let Ok(_turn) = ctx.account.unionid_lookups.0.try_acquire() else { return Ok(None) };
    let now = ctx.now();
    let last = now - ASK_AGAIN_MS;
    let is_ours = store::transact!(ctx.store, |tx| {
        store::identity::update_unionid_asked(tx, &ctx.account.appid, openid, now, last).await
    })?;
    if !is_ours {
        return Ok(None);
    }
    match ctx.account.platform.user_info(openid).await {
        Ok(info) => match info.unionid {
            Some(unionid) => {
                learn(ctx, openid, &unionid).await?;
                Ok(Some(unionid))
            }
            None => Ok(None),
        },
        Err(error) => {
            tracing::debug!(%error, "the platform did not report a follower's unionid");
            // The operator must grant what is missing; it will be missing at the next message too.
            if matches!(&error, ApiError::Platform { class: ErrorClass::Permission | ErrorClass::Caller, .. }) {
                return Err(CoreError::Busy);
            }
            let at = now - ASK_AGAIN_MS + RETRY_MS;
            store::transact!(ctx.store, |tx| {
                store::identity::update_unionid_asked(tx, &ctx.account.appid, openid, at, now).await
            })?;
            Err(CoreError::Busy)
        }
    }
}

/// Stores the unionid that the platform reports for a follower. A follower without an account is assigned to the user of another
/// identity with it.
///
/// # Errors
/// The database cannot be reached; [`CoreError::Busy`] if concurrent transactions kept colliding.
pub async fn learn(ctx: &OfficialCtx, openid: &str, unionid: &str) -> Result<(), CoreError> {
    let learned = store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let relative = relative(ctx, tx, Some(unionid)).await?;
        store::identity::update_unionid(tx, &ctx.account.appid, openid, unionid).await?;
        if let Some(owner) = relative {
            // Changes nothing if the follower has an account: only the user can join two accounts, see `join`.
            own(ctx, tx, &ctx.account.appid, openid, owner).await?;
        }
        Ok(())
    });
    learned.map_err(CoreError::busy_if_collided)
}
