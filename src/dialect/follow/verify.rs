//! `GET` and `POST /api/v1/auth/wechat/verify`: verifies every push before parsing it, and answers before the platform's
//! timeout. Without a valid signature the answer is 403; a push that is signed and cannot be read has no effect, and gets
//! `success`: for anything else the platform would deliver it again, and tell the person of a fault.

use super::round_trip;
use crate::{
    core::{
        CoreError, OfficialCtx,
        doctor::{self, probe},
        message::{self, Hold, answer::Answer, given_reply::GivenReply},
        official_account,
    },
    http::state::AppState,
    wechat::{
        api::Custom,
        callback::{self, PlainSignature, Push, Refusal, SUCCESS, Seal},
        message::Message,
        round_trip::MARK,
    },
};
use axum::{
    body::Bytes,
    extract::{FromRequest as _, RawQuery, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// The platform verifies this address: answers with the echo if the signature is valid, with nothing otherwise.
pub async fn url(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let ctx = state.ctx();
    let Some(settings) = &ctx.account.push else { return unconnected() };
    let (query, now_secs) = (query.as_deref().unwrap_or_default(), ctx.clock.now_secs());
    match callback::verify_url(settings, query, now_secs) {
        Ok(echo) => {
            // In plain mode the logged address of this request would be valid for one push.
            let signature = callback::plain_signature(settings, query, &[], now_secs);
            message::replay::claim(&ctx, signature.as_ref()).await.ok();
            if ctx.account.awaits_use() {
                record_use(&ctx).await;
            }
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], echo).into_response()
        }
        Err(refusal) => refused(&ctx, refusal, query),
    }
}

/// A push: a message or an event. Checks the signature of the address before receiving the body.
pub async fn push(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let ctx = state.ctx();
    let Some(settings) = &ctx.account.push else { return unconnected() };
    let (query, now_secs) = (query.as_deref().unwrap_or_default(), ctx.clock.now_secs());
    if let Err(refusal) = callback::check_address(settings, query, now_secs) {
        return refused(&ctx, refusal, query);
    }
    let reached = round_trip::Reached::of(&request);
    let body = match Bytes::from_request(request, &state).await {
        Ok(body) => body,
        Err(unread) => return unread.into_response(),
    };
    let signature = callback::plain_signature(settings, query, &body, now_secs);
    let push = match callback::open_push(settings, query, &body, now_secs) {
        Ok(push) => push,
        Err(refusal) => {
            // An unreadable push uses up its signature, too.
            let claimed = Box::pin(message::replay::claim(&ctx, signature.as_ref())).await;
            let is_replay = matches!(claimed, Ok(false));
            if is_replay || !refusal.is_authentic() {
                return refused(&ctx, refusal, query);
            }
            unreadable(refusal, body.len());
            return success();
        }
    };
    if probe::is_probe(&push.message) {
        if matches!(Box::pin(message::replay::claim(&ctx, signature.as_ref())).await, Ok(false)) {
            return StatusCode::FORBIDDEN.into_response();
        }
        return round_trip::answer(&ctx, &reached, query);
    }
    if !is_ours(&ctx, &push).await {
        Box::pin(message::replay::claim(&ctx, signature.as_ref())).await.ok();
        return success();
    }
    if ctx.account.awaits_use() {
        Box::pin(record_use(&ctx)).await;
    }
    let Some((reply, hold)) = in_time(&ctx, &push, signature).await else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let (now_secs, rng) = (ctx.clock.now_secs(), ctx.rng.as_ref());
    let body = reply.map_or_else(
        || SUCCESS.to_owned(),
        |reply| callback::seal_reply(settings, &push.seal, &document(reply), now_secs, rng),
    );
    // The overflow is sent as custom messages once the hold is dropped.
    drop(hold);
    let kind = if body == SUCCESS { "text/plain; charset=utf-8" } else { "text/xml; charset=utf-8" };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The reply as XML.
fn document(reply: GivenReply) -> String {
    match reply {
        GivenReply::Typed(reply) => reply.render(),
        GivenReply::Xml(document) => document,
    }
}

/// Without an account this address does not exist.
fn unconnected() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Stores that WeChat uses these credentials: the page that connects the account waits for it.
async fn record_use(ctx: &OfficialCtx) {
    if let Err(error) = official_account::record_use(ctx).await {
        tracing::warn!(%error, "it could not be stored that WeChat uses the credentials");
    }
}

/// The same response for every refusal, so that an attacker learns nothing from it.
fn refused(ctx: &OfficialCtx, refusal: Refusal, query: &str) -> Response {
    let class = refusal.class();
    if !query.contains(MARK) {
        doctor::pushes::record(ctx, refusal);
    }
    metrics::counter!("weida_pushes_refused_total", "class" => class).increment(1);
    tracing::warn!(class, "refused a push");
    StatusCode::FORBIDDEN.into_response()
}

/// Reports a push that is authentic and cannot be read; of its content only the length.
fn unreadable(refusal: Refusal, bytes: usize) {
    let class = refusal.class();
    metrics::counter!("weida_pushes_unreadable_total", "class" => class).increment(1);
    tracing::warn!(class, cause = %refusal, bytes, "a signed push cannot be read: it was answered without effect");
}

/// The response without a reply.
fn success() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], SUCCESS).into_response()
}

/// True if the push is for this account, and also if the database fails, because handling the push will then fail too.
async fn is_ours(ctx: &OfficialCtx, push: &Push) -> bool {
    let is_proven = matches!(push.seal, Seal::Encrypted(_));
    if is_proven && let Err(error) = message::encryption::record(ctx).await {
        tracing::warn!(%error, "it could not be stored that pushes are encrypted");
    }
    message::original_id::is_ours(ctx, &push.message.to, is_proven).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the account's original id could not be read or stored");
        true
    })
}

/// The answer, without a reply if it was not ready in time; `None` for a replay. The work continues in the background: a
/// disconnect does not cancel it, and a late reply is sent as a customer-service message if the account may send those.
async fn in_time(
    ctx: &OfficialCtx,
    push: &Push,
    signature: Option<PlainSignature>,
) -> Option<(Option<GivenReply>, Option<Hold>)> {
    let (task_ctx, message) = (ctx.clone(), push.message.clone());
    let mut work = tokio::spawn(async move { message::answer_signed(&task_ctx, &message, signature.as_ref()).await });
    Some(match tokio::time::timeout(ctx.reply_deadline.get(), &mut work).await {
        Ok(Ok(Ok(answer))) if answer.is_replay => return None,
        Ok(Ok(Ok(answer))) => (answer.reply, Some(answer.hold)),
        Ok(Ok(Err(error))) => {
            if !matches!(error, CoreError::Unavailable | CoreError::Busy) {
                tracing::error!(%error, "a message could not be answered");
            }
            (message::answer::apology(ctx, &push.message), None)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "answering a message failed");
            (None, None)
        }
        Err(_) => {
            tokio::spawn(send_late(ctx.clone(), push.message.clone(), work));
            (None, None)
        }
    })
}

async fn send_late(ctx: OfficialCtx, push: Message, work: tokio::task::JoinHandle<Result<Answer, CoreError>>) {
    // The overflow is held back until the late reply was sent.
    let Ok(Ok(Answer { reply: Some(reply), hold: _hold, .. })) = work.await else {
        tracing::warn!("a message was not answered in time");
        return;
    };
    let Some(late) = reply.into_reply().and_then(Custom::of) else { return };
    match message::custom_message::send(&ctx, &push.from, &late).await {
        Ok(()) => tracing::warn!("a message was answered late, by a customer-service message"),
        Err(error) => tracing::warn!(%error, "a message was not answered in time"),
    }
}
