//! The rest of an answer that is longer than one message: sent, or kept until the person asks for more.

use super::{
    commands::Command,
    piece::{self, Rest},
    service, words,
};
use crate::{
    core::{CoreError, Ctx, reply::Content},
    store::{self, Tx},
    text::Lang,
    wechat::api::Custom,
};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the rest of an answer waits to be asked for.
const WAITS_MS: i64 = 10 * 60_000;
/// What the answer itself has ahead of its rest: it goes through a proxy and the platform first, and the rest by another way.
const LEAD: Duration = Duration::from_secs(1);
/// Customer-service messages that the platform takes for one message of a person (docs of 客服消息, 下发条数限制).
const MOST_SENT: usize = 5;

/// True where people can ask for the rest of an answer: the setting, and a word to do it with.
#[must_use]
pub fn continues(ctx: &Ctx) -> bool {
    ctx.settings.settings.reply.more && ctx.commands.word(Command::More, Lang::Zh).is_some()
}

/// Holds the rest of an answer back. It starts when this is dropped, whatever the reason.
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

/// Sends the rest by itself, a little after the hold is let go.
pub fn start(ctx: &Ctx, openid: &str, left: Vec<Content>, how: Rest) -> Hold {
    let (open, held) = oneshot::channel::<()>();
    let (ctx, openid) = (ctx.clone(), openid.to_owned());
    tokio::spawn(async move {
        // An error is what a dropped hold gives.
        let _ = held.await;
        tokio::time::sleep(LEAD).await;
        if let Err(error) = send(&ctx, &openid, left, how).await {
            tracing::warn!(%error, "the rest of a long answer was not sent");
        }
    });
    Hold { _open: Some(open) }
}

/// Keeps the rest in the place of an older one.
pub async fn keep(ctx: &Ctx, db: &mut Tx, openid: &str, rest: &[Content]) -> Result<(), CoreError> {
    let bodies = rest.iter().filter_map(|content| serde_json::to_string(content).ok()).collect();
    Ok(store::pending::insert_pending(db, &ctx.appid, openid, bodies, ctx.now() + WAITS_MS).await?)
}

/// Sends the rest as customer-service messages, as far as the account may; what could not be sent waits to be asked for.
async fn send(ctx: &Ctx, openid: &str, mut rest: Vec<Content>, how: Rest) -> Result<(), CoreError> {
    let beyond =
        if continues(ctx) && how == Rest::Sent { told_of(&mut rest, &words::more_hint(ctx, Lang::Zh)) } else { None };
    for (at, content) in rest.iter().enumerate() {
        if beyond == Some(at) {
            return keep_from(ctx, openid, &rest[at..]).await;
        }
        let mut db = ctx.store.read().await?;
        let reply = piece::reply(ctx, &mut db, content).await?;
        drop(db);
        let Some(message) = reply.and_then(Custom::of) else { continue };
        if let Err(error) = service::send(ctx, openid, &message).await {
            tracing::warn!(%error, "the rest of a long answer could not be sent");
            // From the beginning it is kept already, where it was not sure that it can be sent.
            if continues(ctx) && (at > 0 || how == Rest::Sent) {
                keep_from(ctx, openid, &rest[at..]).await?;
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

async fn keep_from(ctx: &Ctx, openid: &str, rest: &[Content]) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    keep(ctx, &mut tx, openid, rest).await?;
    Ok(tx.commit().await?)
}

/// Where the platform will take no more, if that is before the end: the last words before it say that there is more.
fn told_of(rest: &mut [Content], hint: &str) -> Option<usize> {
    if rest.len() <= MOST_SENT {
        return None;
    }
    let last = rest[..MOST_SENT].iter_mut().rev().find(|content| piece::has_room(content, hint))?;
    piece::hinted(last, hint);
    Some(MOST_SENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_that_the_platform_takes_say_that_there_is_more() {
        let image = || Content::Image { media: "m".to_owned() };
        let mut five = vec![Content::text("一"); 5];
        assert_eq!(told_of(&mut five, "…"), None);
        let mut six = vec![Content::text("一"), Content::text("二"), image(), image(), image(), Content::text("三")];
        assert_eq!(told_of(&mut six, "…"), Some(5));
        assert_eq!((six[1].caption(), six[5].caption()), ("二…", "三"));
        // Nobody could be told: it is tried.
        assert_eq!(told_of(&mut vec![image(); 6], "…"), None);
    }
}
