//! The state of the Official Account for the page that connects it: pushed as server-sent events, or once.
//!
//! Any instance may receive WeChat's verification, so the state is read from the database while the page is open.

use super::{session, sse, state::AppState};
use crate::core::{CoreError, account::directory::Admin, official_account};
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive},
    },
};
use std::{convert::Infallible, time::Duration};
use tower_sessions::Session;

/// How long a browser waits before it reconnects.
const RETRY: Duration = Duration::from_millis(500);
/// Interval of the event `alive`: `public/connect.js` asks by itself when it is late.
const ALIVE: Duration = Duration::from_secs(5);
/// How often the state is read.
const LOOK: Duration = Duration::from_millis(500);
/// When an admin with too many streams may open another one, in seconds.
const CROWDED_SECS: &str = "5";
/// How long a stream lasts; the browser then opens another one, with its session checked again.
const LENGTH: Duration = Duration::from_mins(5);

/// The state as a word; `None` for anyone but an admin.
async fn read(state: &AppState, session: &Session) -> Result<Option<(i64, String)>, CoreError> {
    let ctx = state.ctx();
    let Some(user) = session::current_user(&ctx, session).await? else { return Ok(None) };
    match Admin::of(&user, "") {
        Ok(admin) => Ok(Some((admin.user_id(), official_account::view(&ctx).await?.word()))),
        Err(_) => Ok(None),
    }
}

/// An event stream of an admin, counted until it is dropped.
struct Stream {
    state: AppState,
    user_id: i64,
}

impl Stream {
    /// `None` if the admin has as many open as a browser session may have.
    fn open(state: &AppState, user_id: i64) -> Option<Self> {
        let most = usize::try_from(state.core.live().limits.event_streams_per_session).unwrap_or(1);
        state.core.ilink.open_stream(user_id, most).then(|| Self { state: state.clone(), user_id })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.state.core.ilink.close_stream(self.user_id);
    }
}

/// `GET /admin/connect/events`: the current state and every later one; 429 if the admin has too many streams open.
pub async fn events(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    let (user_id, mut shown) = match read(&state, &session).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let Some(opened) = Stream::open(&state, user_id) else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, CROWDED_SECS)]).into_response();
    };
    let stream = async_stream::stream! {
        let _opened = opened;
        yield Ok::<_, Infallible>(event(&shown).retry(RETRY));
        let deadline = tokio::time::Instant::now() + LENGTH;
        while tokio::time::Instant::now() < deadline {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = state.stopping.cancelled() => break,
            }
            let Ok(Some((_, now))) = read(&state, &session).await else { break };
            if now != shown {
                yield Ok(event(&now));
            }
            shown = now;
        }
    };
    let alive = Event::default().event("alive").data("1");
    sse::respond(stream, KeepAlive::new().interval(ALIVE).event(alive))
}

/// `GET /admin/connect/state`: the current state, for a page whose event stream does not arrive.
pub async fn status(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    match read(&state, &session).await {
        Ok(Some((_, word))) => word.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn event(word: &str) -> Event {
    Event::default().event("state").data(word)
}
