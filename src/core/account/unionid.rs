//! Who a follower is across the owner's apps: the platform tells it when it is asked, and only of those who follow.

use super::identity::{forget_united, made_one, own, relative};
use crate::{
    core::{CoreError, Ctx},
    store::{self, identity::IdentityRow},
    wechat::api::{ApiError, ErrorClass},
};
use tokio::sync::Semaphore;

const TRIES: u32 = 4;
/// How often the platform is asked for the unionid of somebody who has none: they may come by another app, or the account may be bound
/// to the open platform, at any time.
const ASK_AGAIN_MS: i64 = 24 * 3_600_000;
/// The same where the platform did not answer.
const RETRY_MS: i64 = 10 * 60_000;
/// Questions that may be under way to the platform at a time.
const AT_ONCE: usize = 4;

/// The turns to ask.
#[derive(Debug)]
pub struct Asking(Semaphore);

impl Default for Asking {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// True where the platform may know the unionid of this follower by now, and was not asked lately.
#[must_use]
pub fn is_wanted(identity: &IdentityRow, now: i64) -> bool {
    identity.unionid.is_none() && identity.unionid_asked_at.is_none_or(|at| at <= now - ASK_AGAIN_MS)
}

/// Asks the platform who a follower is across the owner's apps. At most once a day for each, a few at a time for all, and again in a
/// while where the platform did not answer; whoever comes meanwhile is asked about at their next message.
///
/// # Errors
/// The database cannot be reached; [`CoreError::Busy`] where the platform did not tell.
pub async fn ask(ctx: &Ctx, openid: &str) -> Result<(), CoreError> {
    let Ok(_turn) = ctx.asking.0.try_acquire() else { return Ok(()) };
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let is_ours = store::identity::update_unionid_asked(&mut tx, &ctx.appid, openid, now, now - ASK_AGAIN_MS).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(());
    }
    match ctx.platform.user_info(openid).await {
        Ok(info) => match info.unionid {
            Some(unionid) => learn(ctx, openid, &unionid).await,
            None => Ok(()),
        },
        Err(error) => {
            tracing::debug!(%error, "nothing more is known about a follower");
            // What is missing is for the operator to give, and will be missing at the next message too.
            if matches!(&error, ApiError::Platform { class: ErrorClass::Permission | ErrorClass::Caller, .. }) {
                return Err(CoreError::Busy);
            }
            let at = now - ASK_AGAIN_MS + RETRY_MS;
            let mut tx = ctx.store.begin().await?;
            store::identity::update_unionid_asked(&mut tx, &ctx.appid, openid, at, now).await?;
            tx.commit().await?;
            Err(CoreError::Busy)
        }
    }
}

/// Notes the unionid that the platform tells of a follower. One without an account belongs to the user of another identity with it.
///
/// # Errors
/// The database cannot be reached; [`CoreError::Busy`] where rivals kept meeting.
pub async fn learn(ctx: &Ctx, openid: &str, unionid: &str) -> Result<(), CoreError> {
    for _ in 0..TRIES {
        match learn_once(ctx, openid, unionid).await {
            // Seen from a new start, a rival's row is simply there.
            Err(CoreError::Collided) => {}
            other => return other,
        }
    }
    Err(CoreError::Busy)
}

async fn learn_once(ctx: &Ctx, openid: &str, unionid: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    let relative = relative(ctx, &mut tx, Some(unionid)).await?;
    store::identity::update_unionid(&mut tx, &ctx.appid, openid, unionid).await?;
    let mut is_united = false;
    if let Some(owner) = relative {
        // Changes nothing where the follower has an account: then that one and the other are one person's.
        own(ctx, &mut tx, &ctx.appid, openid, owner).await?;
        is_united = made_one(ctx, &mut tx, owner, Some(unionid)).await?.1;
    }
    tx.commit().await?;
    forget_united(ctx, is_united);
    Ok(())
}
