//! The rest of an answer that is longer than one message: sent later, or stored until the follower asks for more.

use super::{
    chat_text, custom_message,
    split::{self, Rest},
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        rule::Content,
        secret_key::{Purpose, is_encrypted},
    },
    store::{self, Tx},
    text::Lang,
    wechat::api::Custom,
};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the rest is stored.
const WAITS_MS: i64 = 10 * 60_000;
/// Delay of the rest after the passive reply, which passes a proxy and the platform first.
const LEAD: Duration = Duration::from_secs(1);
/// The most customer-service messages the platform allows per message of a follower (docs of 客服消息, 下发条数限制).
const MOST_SENT: usize = 5;

/// Holds the rest of an answer back until dropped.
#[derive(Debug)]
pub struct Hold {
    _open: Option<oneshot::Sender<()>>,
}

impl Hold {
    /// Nothing is held back.
    pub(super) fn nothing() -> Self {
        Self { _open: None }
    }
}

/// Sends the rest in the background, a little after the hold is dropped.
pub fn start(ctx: &OfficialCtx, openid: &str, left: Vec<Content>, how: Rest) -> Hold {
    let (open, held) = oneshot::channel::<()>();
    let (ctx, openid) = (ctx.clone(), openid.to_owned());
    tokio::spawn(async move {
        // A dropped hold closes the channel with an error.
        let _ = held.await;
        tokio::time::sleep(LEAD).await;
        if let Err(error) = send(&ctx, &openid, left, how).await {
            tracing::warn!(%error, "the rest of a long answer was not sent");
        }
    });
    Hold { _open: Some(open) }
}

/// Stores the rest, replacing an older one.
pub async fn store_rest(ctx: &OfficialCtx, db: &mut Tx, openid: &str, rest: &[Content]) -> Result<(), CoreError> {
    let bodies = rest.iter().filter_map(|content| encode(ctx, openid, content)).collect();
    Ok(store::pending::insert_pending(db, &ctx.account.appid, openid, bodies, ctx.now() + WAITS_MS).await?)
}

/// A content as stored for this follower. Texts are encrypted: they may contain a code.
fn encode(ctx: &Ctx, openid: &str, content: &Content) -> Option<String> {
    let body = serde_json::to_string(content).ok()?;
    let is_text = matches!(content, Content::Text { .. });
    Some(if is_text { ctx.secret_key.encrypt(Purpose::Reply, openid, &body, ctx.rng.as_ref()) } else { body })
}

/// A content that was stored for this follower; `None` if it cannot be read.
pub fn read(ctx: &Ctx, openid: &str, body: &str) -> Option<Content> {
    if !is_encrypted(body) {
        return serde_json::from_str(body).ok();
    }
    let plain = ctx.secret_key.decrypt(Purpose::Reply, openid, body)?;
    serde_json::from_str(plain.expose_secret()).ok()
}

/// Sends the rest as customer-service messages, if the account may; what could not be sent is stored.
async fn send(ctx: &OfficialCtx, openid: &str, mut rest: Vec<Content>, how: Rest) -> Result<(), CoreError> {
    let beyond = if ctx.continues_answers() && how == Rest::Sent {
        mark_limit(&mut rest, &chat_text::more_hint(ctx, Lang::Zh))
    } else {
        None
    };
    for (at, content) in rest.iter().enumerate() {
        if beyond == Some(at) {
            return store_rest_now(ctx, openid, &rest[at..]).await;
        }
        let mut db = ctx.store.read().await?;
        let reply = split::reply(ctx, &mut db, content).await?;
        drop(db);
        let Some(message) = reply.and_then(Custom::of) else { continue };
        if let Err(error) = custom_message::send(ctx, openid, &message).await {
            tracing::warn!(%error, "the rest of a long answer could not be sent");
            // If it was uncertain whether it can be sent, the whole rest is stored already.
            if ctx.continues_answers() && (at > 0 || how == Rest::Sent) {
                store_rest_now(ctx, openid, &rest[at..]).await?;
            }
            return Ok(());
        }
    }
    if how == Rest::Both && !rest.is_empty() {
        store::transact!(ctx.store, |tx| store::pending::delete_pending(tx, &ctx.account.appid, openid).await)?;
    }
    Ok(())
}

async fn store_rest_now(ctx: &OfficialCtx, openid: &str, rest: &[Content]) -> Result<(), CoreError> {
    Ok(store::transact!(ctx.store, |tx| store_rest(ctx, tx, openid, rest).await)?)
}

/// The index from which the platform accepts no more, if before the end; the last text before it gets the hint.
fn mark_limit(rest: &mut [Content], hint: &str) -> Option<usize> {
    if rest.len() <= MOST_SENT {
        return None;
    }
    let last = rest[..MOST_SENT].iter_mut().rev().find(|content| split::has_room_for(content, hint))?;
    split::append_hint(last, hint);
    Some(MOST_SENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_that_the_platform_takes_say_that_there_is_more() {
        let image = || Content::Image { media: "m".to_owned() };
        let mut five = vec![Content::text("一"); 5];
        assert_eq!(mark_limit(&mut five, "…"), None);
        let mut six = vec![Content::text("一"), Content::text("二"), image(), image(), image(), Content::text("三")];
        assert_eq!(mark_limit(&mut six, "…"), Some(5));
        assert_eq!((six[1].caption(), six[5].caption()), ("二…", "三"));
        // No text can have the hint: all are tried.
        assert_eq!(mark_limit(&mut vec![image(); 6], "…"), None);
    }
}
