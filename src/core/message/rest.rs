//! The rest of an answer that is longer than one message: sent, or kept until the person asks for more.

use super::{
    piece::{self, Rest},
    service,
};
use crate::{
    core::{CoreError, Ctx, reply::Content},
    store::{self, Tx},
    wechat::api::Custom,
};

/// How long the rest of an answer waits to be asked for.
const WAITS_MS: i64 = 10 * 60_000;

/// Keeps the rest in the place of an older one.
pub async fn keep(ctx: &Ctx, db: &mut Tx, openid: &str, rest: &[Content]) -> Result<(), CoreError> {
    let bodies = rest.iter().filter_map(|content| serde_json::to_string(content).ok()).collect();
    Ok(store::pending::insert_pending(db, &ctx.appid, openid, bodies, ctx.now() + WAITS_MS).await?)
}

/// Sends the rest as customer-service messages, as far as the account may; what could not be sent waits to be asked for.
pub async fn send(ctx: &Ctx, openid: &str, rest: Vec<Content>, how: Rest) -> Result<(), CoreError> {
    for (at, content) in rest.iter().enumerate() {
        let mut db = ctx.store.read().await?;
        let reply = piece::reply(ctx, &mut db, content).await?;
        drop(db);
        let Some(message) = reply.and_then(Custom::of) else { continue };
        if let Err(error) = service::send(ctx, openid, &message).await {
            tracing::warn!(%error, "the rest of a long answer could not be sent");
            // From the beginning it is kept already, where it was not sure that it can be sent.
            if ctx.settings.settings.reply.more && (at > 0 || how == Rest::Sent) {
                let mut tx = ctx.store.begin().await?;
                keep(ctx, &mut tx, openid, &rest[at..]).await?;
                tx.commit().await?;
            }
            return Ok(());
        }
    }
    if how == Rest::Both && !rest.is_empty() {
        let mut tx = ctx.store.begin().await?;
        store::pending::delete_pending(&mut tx, &ctx.appid, openid).await?;
        tx.commit().await?;
    }
    Ok(())
}
