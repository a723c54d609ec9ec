//! One delivery, answered once: the work, its answer and the fact that it was done are one transaction.
//!
//! A redelivery — a moment later, after a restart, at another instance — finds the stored answer and gets the same one. Two at
//! the same time: the second waits at the first one's row.

use super::{
    act::{Books, Outcome, act},
    person,
    words::{self, Chat},
};
use crate::{
    core::{CoreError, Ctx, reply, reply::ACCOUNT, signin::typed::TypedIn},
    store::{self, StoreError, message::MessageRow},
    text::Lang,
    wechat::{
        message::{Kind, Message},
        reply::{Reply, TEXT_MAX_BYTES, Trigger, render, split_text},
    },
};
use std::time::Duration;

/// Transactions that collide are done again this many times.
const TRIES: u32 = 4;
/// What of a message is stored.
const STORED_MAX_CHARS: usize = 1_000;

/// The XML to answer a push with; None for `success`.
///
/// # Errors
/// The database cannot be reached, or the program is at fault: then nothing was done.
pub async fn answer(ctx: &Ctx, message: &Message) -> Result<Option<String>, CoreError> {
    if !person::is_openid(&message.from) {
        return Ok(None);
    }
    let started_at = ctx.now();
    let mut last = CoreError::Busy;
    for attempt in 0..TRIES {
        match attempt_once(ctx, message, started_at).await {
            Err(Failure::Again(e)) => last = e,
            Err(Failure::Final(e)) => return Err(e),
            Ok(reply) => return Ok(reply),
        }
        tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
    }
    Err(last)
}

/// The answer for when the work could not be done: an apology where somebody waits for words.
#[must_use]
pub fn apology(ctx: &Ctx, message: &Message) -> Option<String> {
    let is_spoken_to = matches!(message.kind, Kind::Text { .. }) && person::is_openid(&message.from);
    is_spoken_to.then(|| xml(ctx, message, Chat::of(Lang::Zh).busy))
}

/// Whether the same work from the start may succeed.
enum Failure {
    Again(CoreError),
    Final(CoreError),
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        if e.is_retryable() { Self::Again(e.into()) } else { Self::Final(e.into()) }
    }
}

async fn attempt_once(ctx: &Ctx, message: &Message, started_at: i64) -> Result<Option<String>, Failure> {
    let books = open_books(ctx, message).await.map_err(Failure::Final)?;
    let mut tx = ctx.store.begin().await?;
    match store::delivery::insert_delivery(&mut tx, &message.dedupe_key, started_at).await {
        Ok(()) => {}
        Err(StoreError::Duplicate) => {
            tx.rollback().await?;
            metrics::counter!("weida_redeliveries_total").increment(1);
            // None: the first one is being taken back just now, and this one may try.
            let known = store::delivery::find_delivery(&mut ctx.store.read().await?, &message.dedupe_key).await?;
            return known.ok_or(Failure::Again(CoreError::Busy));
        }
        Err(e) => return Err(e.into()),
    }
    let outcome = act(ctx, &mut tx, &books, message).await.map_err(|e| match e {
        // A rival made the same row; seen from a new start it is simply there.
        CoreError::Collided => Failure::Again(CoreError::Busy),
        other => Failure::Final(other),
    })?;
    let mut texts = outcome.text.as_deref().map(|t| split_text(t, TEXT_MAX_BYTES)).unwrap_or_default().into_iter();
    let reply = texts.next().map(|first| xml(ctx, message, &first));
    if let Some(reply) = &reply {
        store::delivery::update_reply(&mut tx, &message.dedupe_key, reply).await?;
    }
    store::message::insert_message(&mut tx, &logged(ctx, message, &outcome, started_at)).await?;
    tx.commit().await?;
    for (id, status) in &outcome.changed {
        ctx.hub.announce(*id, *status);
    }
    metrics::counter!("weida_messages_total", "answered_by" => outcome.answered_by).increment(1);
    after(ctx, message, outcome.is_new_follower, texts.collect());
    Ok(reply)
}

async fn open_books(ctx: &Ctx, message: &Message) -> Result<Books, CoreError> {
    let account = reply::shelf::open(ctx, ACCOUNT).await?;
    let own = match message.kind {
        Kind::Text { .. } => store::identity::find_identity(&mut ctx.store.read().await?, &ctx.appid, &message.from)
            .await?
            .and_then(|i| i.user_id),
        _ => None,
    };
    let own = match own {
        Some(user_id) => Some((user_id, reply::shelf::open(ctx, user_id).await?)),
        None => None,
    };
    Ok(Books { account, own })
}

fn xml(ctx: &Ctx, message: &Message, text: &str) -> String {
    render(&Reply::Text(text.to_owned()), &message.from, &message.to, ctx.clock.now_secs(), Trigger::of(message))
}

fn logged(ctx: &Ctx, message: &Message, outcome: &Outcome, started_at: i64) -> MessageRow {
    let is_stored = ctx.settings.settings.message.keep_days > 0 && !outcome.is_secret;
    let content = match &message.kind {
        Kind::Text { content, .. } if is_stored => Some(content.chars().take(STORED_MAX_CHARS).collect()),
        _ => None,
    };
    MessageRow {
        id: ctx.next_id(),
        appid: ctx.appid.clone(),
        openid: message.from.clone(),
        user_id: outcome.user_id,
        kind: message.event_name().unwrap_or_else(|| message.msg_type()).chars().take(32).collect(),
        content,
        answered_by: outcome.answered_by.to_owned(),
        rule_id: outcome.rule_id,
        reply_kind: if outcome.text.is_some() { "text" } else { "none" }.to_owned(),
        took_us: (ctx.now() - started_at) * 1000,
        received_at: started_at,
    }
}

/// What may take its time, and may fail: the rest of a long answer, and what the platform knows about a new person.
fn after(ctx: &Ctx, message: &Message, is_new_follower: bool, rest: Vec<String>) {
    if rest.is_empty() && !is_new_follower {
        return;
    }
    let (ctx, openid) = (ctx.clone(), message.from.clone());
    tokio::spawn(async move {
        for text in rest {
            if let Err(error) = ctx.platform.send_custom_text(&openid, &text).await {
                tracing::warn!(%error, "the rest of a long answer could not be sent");
                return;
            }
        }
        if is_new_follower && let Err(error) = learn_unionid(&ctx, &openid).await {
            tracing::debug!(%error, "nothing more is known about a new follower");
        }
    });
}

async fn learn_unionid(ctx: &Ctx, openid: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Some(unionid) = ctx.platform.user_info(openid).await?.unionid else { return Ok(()) };
    let mut tx = ctx.store.begin().await?;
    store::identity::update_unionid(&mut tx, &ctx.appid, openid, &unionid).await?;
    Ok(tx.commit().await?)
}

/// Tells somebody's chat that a page let them in by a typed code. Only where the account may write first; else nothing.
pub fn tell(ctx: &Ctx, typed: TypedIn) {
    let text = words::heard(ctx, Lang::Zh, &typed.heard);
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = ctx.platform.send_custom_text(&typed.openid, &text).await {
            tracing::debug!(%error, "a chat could not be told of a sign-in");
        }
    });
}
