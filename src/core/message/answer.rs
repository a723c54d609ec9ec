//! One delivery, answered once: the work, its answer and the fact that it was done are one transaction.
//!
//! A redelivery — a moment later, after a restart, at another instance — finds the stored answer and gets the same one. Two at
//! the same time: the second waits at the first one's row.

use super::{
    act::{Outcome, act},
    decide::Books,
    person,
    piece::{self, Hints, Rest},
    rest::{self, Hold},
    service,
    trace::Trace,
    words::{self, Chat},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::unionid,
        reply::{self, ACCOUNT, Content},
        secret::Use,
        signin::typed::TypedIn,
    },
    store::{self, StoreError, Tx, message::MessageRow},
    text::Lang,
    wechat::{
        api::Custom,
        message::{Kind, Message},
        reply::{Reply, Trigger, render},
    },
};
use std::time::Duration;

/// Transactions that collide are done again this many times.
const TRIES: u32 = 4;
/// What of a message is stored.
const STORED_MAX_CHARS: usize = 1_000;

/// What a push is answered with.
#[derive(Debug)]
pub struct Answer {
    /// The XML; None for `success`.
    pub reply: Option<String>,
    /// Let go once the reply is on its way: what does not fit in it follows by itself.
    pub hold: Hold,
}

/// Answers a push.
///
/// # Errors
/// The database cannot be reached, or the program is at fault: then nothing was done.
pub async fn answer(ctx: &Ctx, message: &Message) -> Result<Answer, CoreError> {
    if !person::is_openid(&message.from) {
        return Ok(Answer { reply: None, hold: Hold::nothing() });
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
    is_spoken_to.then(|| xml(ctx, message, &Reply::Text(Chat::of(Lang::Zh).busy.to_owned())))
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

impl From<CoreError> for Failure {
    fn from(e: CoreError) -> Self {
        match e {
            // A rival made the same row; seen from a new start it is simply there.
            CoreError::Collided => Self::Again(CoreError::Busy),
            other => Self::Final(other),
        }
    }
}

async fn attempt_once(ctx: &Ctx, message: &Message, started_at: i64) -> Result<Answer, Failure> {
    let books = open_books(ctx, message).await.map_err(Failure::Final)?;
    // A scan's key names the scene, which is kept as a hash everywhere.
    let delivery = ctx.hash(Use::Delivery, &message.dedupe_key);
    let mut tx = ctx.store.begin().await?;
    match store::delivery::insert_delivery(&mut tx, &delivery, started_at).await {
        Ok(()) => {}
        Err(StoreError::Duplicate) => {
            tx.rollback().await?;
            metrics::counter!("weida_redeliveries_total").increment(1);
            // None: the first one is being taken back just now, and this one may try.
            let known = store::delivery::find_delivery(&mut ctx.store.read().await?, &delivery).await?;
            let reply = known.ok_or(Failure::Again(CoreError::Busy))?;
            return Ok(Answer { reply, hold: Hold::nothing() });
        }
        Err(e) => return Err(e.into()),
    }
    let outcome = act(ctx, &mut tx, &books, message).await?;
    let how = Rest::of(ctx);
    let (first, rest) = passive(ctx, &mut tx, message, &outcome, how).await?;
    let reply = first.map(|reply| xml(ctx, message, &reply));
    if let Some(reply) = &reply {
        store::delivery::update_reply(&mut tx, &delivery, reply).await?;
    }
    if !outcome.is_forgotten {
        store::message::insert_message(&mut tx, &logged(ctx, message, &outcome, started_at)).await?;
    }
    tx.commit().await?;
    if let Some(owner_id) = outcome.edited_owner {
        reply::shelf::put_away(ctx, owner_id);
    }
    // Taking back what bound at once, and unbinding, end tokens: here now, elsewhere within a second.
    if matches!(outcome.answered_by, "signin" | "command")
        && let Some(user_id) = outcome.user_id
    {
        ctx.standings.forget(user_id);
    }
    for (id, status) in &outcome.changed {
        ctx.hub.announce(*id, *status);
    }
    metrics::counter!("weida_messages_total", "answered_by" => outcome.answered_by).increment(1);
    if outcome.wants_unionid {
        learn_more(ctx, message);
    }
    let hold = if rest.is_empty() { Hold::nothing() } else { rest::start(ctx, &message.from, rest, how) };
    Ok(Answer { reply, hold })
}

/// The reply that goes back now, and what is left to be sent.
async fn passive(
    ctx: &Ctx,
    tx: &mut Tx,
    message: &Message,
    outcome: &Outcome,
    how: Rest,
) -> Result<(Option<Reply>, Vec<Content>), CoreError> {
    let mut parts = piece::arranged(&outcome.replies, how, &Hints::of(ctx)).into_iter();
    let first = match parts.next() {
        Some(content) => piece::reply(ctx, tx, &content).await?,
        None => None,
    };
    let left: Vec<Content> = parts.collect();
    if !left.is_empty() && how != Rest::Sent && !outcome.is_continued {
        rest::keep(ctx, tx, &message.from, &left).await?;
    }
    Ok((first, if how == Rest::Asked { Vec::new() } else { left }))
}

async fn open_books(ctx: &Ctx, message: &Message) -> Result<Books, CoreError> {
    let own = match message.kind {
        Kind::Text { .. } => store::identity::find_identity(&mut ctx.store.read().await?, &ctx.appid, &message.from)
            .await?
            .and_then(|i| i.user_id),
        _ => None,
    };
    books_of(ctx, own).await
}

/// The books that may answer this user, or somebody without an account.
pub(super) async fn books_of(ctx: &Ctx, user_id: Option<i64>) -> Result<Books, CoreError> {
    let account = reply::shelf::open(ctx, ACCOUNT).await?;
    let own = match user_id {
        Some(user_id) => Some((user_id, reply::shelf::open(ctx, user_id).await?)),
        None => None,
    };
    Ok(Books { account, own })
}

fn xml(ctx: &Ctx, message: &Message, reply: &Reply) -> String {
    render(reply, &message.from, &message.to, ctx.clock.now_secs(), Trigger::of(message))
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
        reply_kind: outcome.replies.first().map_or("none", Content::kind).to_owned(),
        took_us: (ctx.now() - started_at) * 1000,
        received_at: started_at,
        trace: outcome.trace.as_ref().map(Trace::to_stored),
        missed: outcome.missed.clone(),
    }
}

/// What may take its time, and may fail: what the platform knows about the person.
fn learn_more(ctx: &Ctx, message: &Message) {
    let (ctx, openid) = (ctx.clone(), message.from.clone());
    tokio::spawn(async move {
        if let Err(error) = unionid::ask(&ctx, &openid).await {
            tracing::debug!(%error, "what else a follower is to us is not known yet");
        }
    });
}

/// Tells somebody's chat that a page let them in by a typed code. Only where the account may write first; else nothing.
pub fn tell(ctx: &Ctx, typed: TypedIn) {
    let text = words::heard(ctx, Lang::Zh, &typed.heard);
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = service::send(&ctx, &typed.openid, &Custom::Text { content: text }).await {
            tracing::debug!(%error, "a chat could not be told of a sign-in");
        }
    });
}
