//! The message of the Official Account to a user whose connection needs a new sign-in.

use super::text;
use crate::{
    core::{
        Ctx,
        account::identity,
        message::custom_message::{self, Permission},
    },
    text::Lang,
    wechat::api::Custom,
};

/// Sends it if the user follows the account and the account may send customer-service messages. The page shows the state in any case.
pub(super) async fn send(ctx: &Ctx, user_id: i64) {
    let ctx = &ctx.official();
    if ctx.account.custom_messages.permission(ctx.now()) == Permission::Refused {
        return;
    }
    let identity = match identity::find_own(ctx, user_id).await {
        Ok(Some(identity)) if identity.is_subscribed == 1 => identity,
        Ok(_) => return,
        Err(error) => return tracing::debug!(%error, "a user could not be notified of their personal channel"),
    };
    let message = Custom::Text { content: text::needs_login(ctx, Lang::Zh) };
    if let Err(error) = custom_message::send(ctx, &identity.openid, &message).await {
        tracing::debug!(%error, "a user could not be notified of their personal channel");
    }
}
