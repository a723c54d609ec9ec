//! Lowers levels that have ended, and tells their users in the chat where the account may write to them.

use super::{
    chat_text::{self, Chat},
    custom_message::{self, Permission},
};
use crate::{
    core::{
        CoreError, OfficialCtx,
        account::{
            identity,
            level_change::{self, Ended},
        },
    },
    text::{Lang, fill},
    wechat::api::Custom,
};

/// Lowers levels that have ended. Messages are sent in the background: one that fails is not sent again.
///
/// # Errors
/// The database cannot be reached.
pub async fn end_due(ctx: &OfficialCtx) -> Result<(), CoreError> {
    loop {
        let ended = level_change::end_due(ctx).await?;
        if ended.is_empty() {
            return Ok(());
        }
        let ctx = ctx.clone();
        tokio::spawn(async move {
            for ended in ended {
                if let Err(error) = notify(&ctx, &ended).await {
                    tracing::debug!(%error, "a user was not notified that their level ended");
                }
            }
        });
    }
}

async fn notify(ctx: &OfficialCtx, ended: &Ended) -> Result<(), CoreError> {
    if ctx.account.custom_messages.permission(ctx.now()) == Permission::Refused {
        return Ok(());
    }
    let identity = identity::find_own(ctx, ended.user_id).await?.filter(|identity| identity.is_subscribed == 1);
    let Some(identity) = identity else { return Ok(()) };
    let t = Chat::of(Lang::Zh);
    let text = fill(t.level_ended, &[("level", chat_text::level(t, &ended.level))]);
    custom_message::send(ctx, &identity.openid, &Custom::Text { content: text }).await?;
    Ok(())
}
