//! Applies the effects of a message after its commit.

use super::{effects::Effects, join};
use crate::core::{
    OfficialCtx,
    account::{self, deletion, unionid},
    rule,
};

impl Effects {
    /// Applies all of them on this instance; other instances follow within a second. `openid` is the sender of the message.
    pub fn apply(self, ctx: &OfficialCtx, openid: &str) {
        let Self {
            ended_tokens,
            changed_rules_of,
            // By the caller, who waits for it.
            is_erasure_due: _,
            deleted_user,
            joined_users,
            session_statuses,
            wants_unionid,
        } = self;
        if let Some(user_id) = ended_tokens {
            ctx.token_status.invalidate(user_id);
        }
        if let Some(owner_id) = changed_rules_of {
            rule::cache::invalidate(ctx, owner_id);
        }
        if let Some(user_id) = deleted_user {
            deletion::invalidate(ctx, user_id);
        }
        if let Some(joined) = joined_users {
            account::join::invalidate(ctx, joined);
        }
        for (id, status) in session_statuses {
            ctx.status_broadcast.announce(id, status);
        }
        if wants_unionid {
            ask_unionid(ctx, openid);
        }
    }
}

/// Background work that may be slow or fail: asks the platform for the follower's unionid.
fn ask_unionid(ctx: &OfficialCtx, openid: &str) {
    let (ctx, openid) = (ctx.clone(), openid.to_owned());
    tokio::spawn(async move {
        match unionid::ask(&ctx, &openid).await {
            Ok(unionid) => join::ask_soon(&ctx, unionid.as_deref()),
            Err(error) => tracing::debug!(%error, "the unionid of a follower is not known yet"),
        }
    });
}
