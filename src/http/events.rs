//! The state of a sign-in session for its waiting page: pushed as server-sent events, or once, for a page that receives none.

use super::{cookie::Jar, sse, state::AppState};
use crate::core::signin::{Secrets, Status, View, begin};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive},
    },
};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};

/// How long a browser waits before it reconnects after the stream broke, for instance because the program restarts.
const RETRY: Duration = Duration::from_millis(500);

/// Interval of the event `alive`, which tells the page that a silent stream still arrives: `public/signin.js` polls when it is
/// late. Proxies close connections that are silent for half a minute.
const ALIVE: Duration = Duration::from_secs(25);

/// `Retry-After` in seconds when a session has too many streams.
const CROWDED_SECS: &str = "5";

#[derive(Debug, Deserialize)]
pub struct Params {
    #[serde(default)]
    poll: String,
}

/// `GET /signin/events?poll=…`: the current state and every later one, until the final state. Cookie and poll secret must
/// both match.
pub async fn signin(State(state): State<AppState>, Query(params): Query<Params>, headers: HeaderMap) -> Response {
    let (secrets, view) = match find(&state, &params, &headers).await {
        Ok(found) => found,
        Err(status) => return status.into_response(),
    };
    let ctx = state.ctx();
    let most = usize::try_from(ctx.live().limits.event_streams_per_session).unwrap_or(1);
    let Some(mut status) = ctx.status_broadcast.follow(view.id, view.status, most) else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, CROWDED_SECS)]).into_response();
    };
    let wait = Duration::from_millis(u64::try_from(view.expires_at - ctx.now()).unwrap_or(0) + 500);
    let stream = async_stream::stream! {
        // The state may have changed between the first read and the subscription. Boxed, so that a waiting page does not keep the room
        // of the query.
        let mut shown = match Box::pin(begin::view_polled(&ctx, &secrets, &params.poll)).await {
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
    let alive = Event::default().event("alive").data("1");
    sse::respond(stream, KeepAlive::new().interval(ALIVE).event(alive))
}

/// `GET /signin/status?poll=…`: the current state as a word, for a page whose event stream does not arrive. Cookie and poll secret
/// must both match.
pub async fn status(State(state): State<AppState>, Query(params): Query<Params>, headers: HeaderMap) -> Response {
    match find(&state, &params, &headers).await {
        Ok((_, view)) => view.status.as_str().into_response(),
        Err(status) => status.into_response(),
    }
}

/// The session of this page.
async fn find(state: &AppState, params: &Params, headers: &HeaderMap) -> Result<(Secrets, View), StatusCode> {
    let secrets = Jar::Signin.read(headers, state.ctx().settings.is_https).and_then(Secrets::parse);
    let secrets = secrets.ok_or(StatusCode::NOT_FOUND)?;
    match begin::view_polled(&state.ctx(), &secrets, &params.poll).await {
        Ok(Some(view)) => Ok((secrets, view)),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::warn!(%error, "a waiting page could not be served");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn event(status: Status) -> Event {
    Event::default().event("status").data(status.as_str())
}
