//! Answers a delivery exactly once: its effects, its answer and its record are one transaction.
//!
//! A redelivery — a moment later, after a restart, at another instance — finds the stored answer and returns it. Of two
//! simultaneous deliveries, the second waits for the first one's row.

use super::{
    batch::{self, Batched},
    chat_text::{self, Chat},
    custom_message,
    decide::RuleSets,
    follower,
    given_reply::{self, GivenReply, OfBefore, Secrecy},
    handle::{Outcome, handle},
    log_row,
    overflow::{self, Hold},
    replay::{self, Claim},
    split::{self, Hints, Rest},
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx,
        account::deletion,
        doctor::memory::Outcome as PushOutcome,
        rule::{self, ACCOUNT, Content},
        signin::enter_code::EnteredCode,
    },
    store::{self, StoreError, Tx},
    text::Lang,
    wechat::{
        api::Custom,
        callback::PlainSignature,
        message::{Kind, Message},
        reply::{PassiveReply, Reply},
    },
};
use std::time::{Duration, Instant};

/// How often colliding transactions are retried.
const TRIES: u32 = 4;

/// The answer to a push.
#[derive(Debug)]
pub struct Answer {
    /// `None` for `success`.
    pub reply: Option<GivenReply>,
    /// Drop it once the reply is on its way: then the messages that did not fit are sent.
    pub hold: Hold,
    /// True if the signature of the push was used with another body: nothing was done.
    pub is_replay: bool,
    /// True if this was delivered before: the reply is that of the first delivery.
    pub is_repeated: bool,
}

impl Answer {
    fn of(reply: Option<GivenReply>) -> Self {
        Self { reply, hold: Hold::nothing(), is_replay: false, is_repeated: false }
    }

    fn replay() -> Self {
        Self { is_replay: true, ..Self::of(None) }
    }

    fn repeated(reply: Option<GivenReply>) -> Self {
        Self { is_repeated: true, ..Self::of(reply) }
    }
}

/// Answers a push.
///
/// # Errors
/// The database cannot be reached, or the program has a bug: then nothing was done.
pub async fn answer(ctx: &OfficialCtx, message: &Message) -> Result<Answer, CoreError> {
    answer_signed(ctx, message, None).await
}

/// Answers a push whose signature does not cover its body. A signature that was used with another body is refused.
///
/// # Errors
/// As [`answer`]; the signature is claimed all the same, if the database can be reached.
pub async fn answer_signed(
    ctx: &OfficialCtx,
    message: &Message,
    signature: Option<&PlainSignature>,
) -> Result<Answer, CoreError> {
    let begun = Instant::now();
    let answered = answer_once(ctx, message, signature).await;
    remember(ctx, &answered, begun.elapsed());
    answered
}

/// For the doctor's page. A replay is none of the platform's pushes.
fn remember(ctx: &OfficialCtx, answered: &Result<Answer, CoreError>, took: Duration) {
    let outcome = match answered {
        Ok(answer) if answer.is_replay => return,
        Ok(answer) if answer.is_repeated => PushOutcome::Repeated,
        Ok(answer) if answer.reply.is_some() => PushOutcome::Answered,
        Ok(_) => PushOutcome::Empty,
        Err(_) => PushOutcome::Failed,
    };
    ctx.account.doctor.accepted(outcome, took, ctx.now());
}

async fn answer_once(
    ctx: &OfficialCtx,
    message: &Message,
    signature: Option<&PlainSignature>,
) -> Result<Answer, CoreError> {
    if !follower::is_openid(&message.from) {
        let is_accepted = Box::pin(replay::claim(ctx, signature)).await?;
        return Ok(if is_accepted { Answer::of(None) } else { Answer::replay() });
    }
    let started_at = ctx.now();
    let answered = match batch::answer(ctx, message, signature, started_at).await {
        Batched::Given(reply) => Ok(Answer::of(reply)),
        Batched::Repeated(reply) => Ok(Answer::repeated(reply)),
        Batched::Replayed => Ok(Answer::replay()),
        Batched::Unavailable => Err(CoreError::Unavailable),
        // Boxed, here and below: rare, and large enough to make the future of every push expensive to move.
        Batched::Alone => Box::pin(several_tries(ctx, message, signature, started_at)).await,
    };
    if answered.is_err() {
        Box::pin(replay::claim(ctx, signature)).await.ok();
    }
    answered
}

async fn several_tries(
    ctx: &OfficialCtx,
    message: &Message,
    signature: Option<&PlainSignature>,
    started_at: i64,
) -> Result<Answer, CoreError> {
    let mut last = CoreError::Busy;
    for attempt in 0..TRIES {
        match attempt_once(ctx, message, signature, started_at).await {
            Err(Failure::Again(e)) => last = e,
            Err(Failure::Final(e)) => return Err(e),
            Ok(reply) => return Ok(reply),
        }
        tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
    }
    Err(last)
}

/// The answer after a failure: an apology if the follower expects a text.
#[must_use]
pub fn apology(ctx: &Ctx, message: &Message) -> Option<GivenReply> {
    let is_spoken_to = matches!(message.kind, Kind::Text { .. }) && follower::is_openid(&message.from);
    let reply = || given(ctx, message, Reply::Text(Chat::of(Lang::Zh).busy.to_owned()));
    is_spoken_to.then(|| GivenReply::Typed(reply()))
}

/// Whether a retry of the whole transaction may succeed.
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
            // A concurrent transaction wrote the same row; a retry sees it.
            CoreError::Collided => Self::Again(CoreError::Busy),
            other => Self::Final(other),
        }
    }
}

async fn attempt_once(
    ctx: &OfficialCtx,
    message: &Message,
    signature: Option<&PlainSignature>,
    started_at: i64,
) -> Result<Answer, Failure> {
    let rule_sets = load_rule_sets(ctx, message).await.map_err(Failure::Final)?;
    // A scan's key contains the scene, which is stored as a hash everywhere.
    let delivery = ctx.hash(Use::Delivery, &message.dedupe_key);
    let Claim::Accepted(mut tx) = replay::begin(ctx, signature).await? else { return Ok(Answer::replay()) };
    match store::delivery::insert_delivery(&mut tx, &delivery, (&ctx.account.appid, &message.from), started_at).await {
        Ok(()) => {}
        Err(StoreError::Duplicate) => {
            tx.rollback().await?;
            // A redelivery has its own signature, which must be claimed.
            if !replay::claim(ctx, signature).await? {
                return Ok(Answer::replay());
            }
            metrics::counter!("weida_redeliveries_total").increment(1);
            // `None`: the first delivery is being rolled back, and this one may retry.
            let known = store::delivery::find_delivery(&mut ctx.store.read().await?, &delivery).await?;
            let reply = given_reply::read(ctx, &delivery, known.ok_or(Failure::Again(CoreError::Busy))?);
            return Ok(Answer::repeated(reply));
        }
        Err(e) => return Err(e.into()),
    }
    if let Some(answer) = answer_of_before(ctx, &mut tx, message, &delivery).await? {
        tx.rollback().await?;
        if !replay::claim(ctx, signature).await? {
            return Ok(Answer::replay());
        }
        metrics::counter!("weida_redeliveries_total").increment(1);
        return Ok(answer);
    }
    let outcome = handle(ctx, &mut tx, &rule_sets, message).await?;
    let how = Rest::of(ctx);
    let (first, rest) = passive(ctx, &mut tx, message, &outcome, how).await?;
    let reply = first.map(|reply| given(ctx, message, reply));
    if let Some(reply) = &reply {
        given_reply::store(ctx, &mut tx, &delivery, reply, Secrecy::of(&outcome)).await?;
    }
    if !outcome.is_forgotten {
        store::message::insert_message(&mut tx, &log_row::of(ctx, message, &outcome, started_at)).await?;
    }
    tx.commit().await?;
    metrics::counter!("weida_messages_total", "answered_by" => outcome.answered_by.as_str()).increment(1);
    let is_erasure_due = outcome.effects.is_erasure_due;
    outcome.effects.apply(ctx, &message.from);
    if is_erasure_due {
        deletion::erase(ctx).await;
    }
    let hold = if rest.is_empty() { Hold::nothing() } else { overflow::start(ctx, &message.from, rest, how) };
    Ok(Answer { hold, ..Answer::of(reply.map(GivenReply::Typed)) })
}

/// The answer that an earlier version gave to this push just before the upgrade.
async fn answer_of_before(
    ctx: &Ctx,
    tx: &mut Tx,
    message: &Message,
    delivery: &str,
) -> Result<Option<Answer>, StoreError> {
    for key in given_reply::keys_of_before(ctx, message, delivery) {
        // A key without a number is the one that was just inserted.
        if key == delivery {
            continue;
        }
        let Some(row) = store::delivery::find_delivery(tx, &key).await? else { continue };
        if let Some(OfBefore(reply)) = given_reply::read_of_before(ctx, message, &key, row) {
            return Ok(Some(Answer::repeated(reply)));
        }
    }
    Ok(None)
}

/// The passive reply, and the messages that remain to be sent.
async fn passive(
    ctx: &OfficialCtx,
    tx: &mut Tx,
    message: &Message,
    outcome: &Outcome,
    how: Rest,
) -> Result<(Option<Reply>, Vec<Content>), CoreError> {
    let mut parts = split::arranged(&outcome.replies, how, &Hints::of(ctx)).into_iter();
    let first = match parts.next() {
        Some(content) => split::reply(ctx, tx, &content).await?,
        None => None,
    };
    let left: Vec<Content> = parts.collect();
    if !left.is_empty() && how != Rest::Sent && !outcome.is_continued {
        overflow::store_rest(ctx, tx, &message.from, &left).await?;
    }
    Ok((first, if how == Rest::Asked { Vec::new() } else { left }))
}

async fn load_rule_sets(ctx: &OfficialCtx, message: &Message) -> Result<RuleSets, CoreError> {
    let own = match message.kind {
        Kind::Text { .. } => {
            store::identity::find_identity(&mut ctx.store.read().await?, &ctx.account.appid, &message.from)
                .await?
                .and_then(|i| i.user_id)
        }
        _ => None,
    };
    rule_sets_of(ctx, own).await
}

/// The rule sets that may answer this user, or a follower without an account.
pub(super) async fn rule_sets_of(ctx: &Ctx, user_id: Option<i64>) -> Result<RuleSets, CoreError> {
    let account = rule::cache::load(ctx, ACCOUNT).await?;
    let own = match user_id {
        Some(user_id) => Some((user_id, rule::cache::load(ctx, user_id).await?)),
        None => None,
    };
    Ok(RuleSets { account, own })
}

fn given(ctx: &Ctx, message: &Message, reply: Reply) -> PassiveReply {
    PassiveReply::answering(message, reply, ctx.clock.now_secs())
}

/// Reports a sign-in by a typed code in the user's chat, if the account may send customer-service messages.
pub fn notify_signed_in(ctx: &OfficialCtx, typed: EnteredCode) {
    let text = chat_text::outcome(ctx, Lang::Zh, &typed.outcome);
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = custom_message::send(&ctx, &typed.openid, &Custom::Text { content: text }).await {
            tracing::debug!(%error, "a sign-in could not be reported in the chat");
        }
    });
}
