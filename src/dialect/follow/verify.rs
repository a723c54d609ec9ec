//! `GET` and `POST /api/v1/auth/wechat/verify`: verified before anything is parsed, answered in time whatever happens behind.

use crate::{
    core::{
        CoreError, Ctx,
        message::{self, Hold, answer::Answer},
    },
    http::state::AppState,
    wechat::{
        api::Custom,
        callback::{self, Push, SUCCESS},
        message::Message,
        reply,
    },
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// The platform hangs up after 5 s (docs/WECHAT.md, 2.1); this leaves it time to receive.
const PATIENCE: Duration = Duration::from_secs(3);

/// The platform asks whether this is the right place: the echo for a right signature, nothing for any other.
pub async fn url(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    match callback::verify_url(&state.push, query.as_deref().unwrap_or_default(), state.ctx.clock.now_secs()) {
        Ok(echo) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], echo).into_response(),
        Err(refusal) => refused(refusal.class()),
    }
}

/// A push: a message or an event.
pub async fn push(State(state): State<AppState>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let push =
        match callback::open_push(&state.push, query.as_deref().unwrap_or_default(), &body, state.ctx.clock.now_secs())
        {
            Ok(push) => push,
            Err(refusal) => return refused(refusal.class()),
        };
    let (xml, hold) = in_time(&state.ctx, &push).await;
    let body = xml.map_or_else(
        || SUCCESS.to_owned(),
        |xml| {
            callback::seal_reply(&state.push, &push.seal, &xml, state.ctx.clock.now_secs(), state.ctx.chance.as_ref())
        },
    );
    // The rest of it goes out by another way.
    drop(hold);
    let kind = if body == SUCCESS { "text/plain; charset=utf-8" } else { "text/xml; charset=utf-8" };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// One face for every refusal: who forges learns nothing from it.
fn refused(class: &'static str) -> Response {
    metrics::counter!("weida_pushes_refused_total", "class" => class).increment(1);
    tracing::warn!(class, "a push was refused");
    StatusCode::FORBIDDEN.into_response()
}

/// The answer, or none when it is not there in time. The work goes on by itself: a caller that hangs up breaks nothing off,
/// and a late answer goes out as a customer-service message, where the account may send those.
async fn in_time(ctx: &Ctx, push: &Push) -> (Option<String>, Option<Hold>) {
    let (task_ctx, message) = (ctx.clone(), push.message.clone());
    let mut work = tokio::spawn(async move { message::answer(&task_ctx, &message).await });
    match tokio::time::timeout(PATIENCE, &mut work).await {
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
    }
}

async fn send_late(ctx: Ctx, push: Message, work: tokio::task::JoinHandle<Result<Answer, CoreError>>) {
    // The rest is held back until the late answer was sent.
    let Ok(Ok(Answer { reply: Some(xml), hold: _hold })) = work.await else {
        tracing::warn!("a message was not answered in time");
        return;
    };
    let Some(late) = reply::read(&xml).and_then(Custom::of) else { return };
    match message::service::send(&ctx, &push.from, &late).await {
        Ok(()) => tracing::warn!("a message was answered late, by a customer-service message"),
        Err(error) => tracing::warn!(%error, "a message was not answered in time"),
    }
}
