//! A waiting page hears of its sign-in session's state, pushed by the server.

use super::{cookie::Jar, state::AppState};
use crate::core::signin::{Secrets, Status, begin};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};

/// How long a browser waits before it comes back after the stream broke, for instance because the program restarts.
const RETRY: Duration = Duration::from_millis(500);

/// How often something is sent where nothing happens: proxies cut lines that are silent for half a minute.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Debug, Deserialize)]
pub struct Params {
    #[serde(default)]
    poll: String,
}

/// `GET /signin/events?poll=…`: the state now, and each one after it, until the last. Cookie and poll secret must both fit.
pub async fn signin(State(state): State<AppState>, Query(params): Query<Params>, headers: HeaderMap) -> Response {
    let secrets = Jar::Signin.read(&headers, state.ctx.settings.is_https).and_then(Secrets::parse);
    let Some(secrets) = secrets else { return StatusCode::NOT_FOUND.into_response() };
    let ctx = state.ctx.clone();
    let view = match begin::view_polled(&ctx, &secrets, &params.poll).await {
        Ok(Some(view)) => view,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a waiting page could not be served");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let mut status = ctx.hub.follow(view.id, view.status);
    let wait = Duration::from_millis(u64::try_from(view.expires_at - ctx.now()).unwrap_or(0) + 500);
    let stream = async_stream::stream! {
        // What changed between looking and following.
        let mut shown = match begin::view_polled(&ctx, &secrets, &params.poll).await {
            Ok(Some(now)) => now.status,
            _ => view.status,
        };
        yield Ok::<_, Infallible>(event(shown).retry(RETRY));
        let deadline = tokio::time::sleep(wait);
        tokio::pin!(deadline);
        while !shown.is_final() {
            tokio::select! {
                changed = status.changed() => if changed.is_err() { break },
                () = &mut deadline => { yield Ok(event(Status::Expired)); break },
                () = state.stopping.cancelled() => break,
            }
            let now = *status.borrow_and_update();
            if now != shown {
                shown = now;
                yield Ok(event(shown));
            }
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

fn event(status: Status) -> Event {
    Event::default().event("status").data(status.as_str())
}
