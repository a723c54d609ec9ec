//! The state of a user's personal-WeChat channel for its page: pushed as server-sent events, or once, for a page that receives none.
//!
//! The state is a row that any instance may change, so it is read again while a page is open: twice a second while a scan is awaited,
//! every few seconds otherwise.

use super::{session, sse, state::AppState};
use crate::core::{
    CoreError, OfficialCtx,
    ilink::{connection, login},
};
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
/// Interval of the event `alive`: `public/channel.js` asks by itself when it is late.
const ALIVE: Duration = Duration::from_secs(5);
/// How often the state is read while a scan is awaited, and otherwise.
const SCANNING: Duration = Duration::from_millis(500);
const CONNECTED: Duration = Duration::from_secs(3);
/// When a user with too many streams may open another one, in seconds.
const CROWDED_SECS: &str = "5";
/// How long a stream lasts; the browser then opens another one, with its session checked again.
const LENGTH: Duration = Duration::from_mins(5);

/// The state of the channel as a word, and whether it changes soon.
async fn read(state: &AppState, session: &Session) -> Result<Option<(String, bool)>, CoreError> {
    let ctx = &state.ctx();
    let Some(user) = session::current_user(ctx, session).await? else { return Ok(None) };
    let waiting = login::find(ctx, user.id, &session::secret_of(session)).await?;
    let view = connection::find(ctx, user.id).await?;
    let is_awaited = waiting.as_ref().is_some_and(|waiting| !waiting.state.is_final());
    Ok(Some((word(waiting.as_ref(), view.as_ref()), is_awaited)))
}

/// The state of a channel as one word: the page that shows it loads itself again when it changes.
#[must_use]
pub fn word(waiting: Option<&login::View>, view: Option<&connection::View>) -> String {
    let scan = waiting.map(|waiting| {
        // A renewed QR code is a change, too. The sum says nothing about its text.
        let text = waiting.qr_text.as_deref().unwrap_or_default();
        let sum = text.bytes().fold(7_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte)));
        format!("{}-{sum:x}", waiting.state.as_str())
    });
    let connection = view.map(|view| {
        let error = view.last_error.as_ref().map_or(0, |(_, at)| *at);
        format!("{}-{}-{}-{}-{}-{error}", view.epoch, view.received, view.sent, view.waiting, view.undelivered)
    });
    format!("{}/{}", scan.unwrap_or_default(), connection.unwrap_or_default())
}

/// An event stream of a user, counted until it is dropped.
struct Stream {
    ctx: OfficialCtx,
    user_id: i64,
}

impl Stream {
    /// `None` if the user has as many open as a browser session may have.
    fn open(ctx: &OfficialCtx, user_id: i64) -> Option<Self> {
        let most = usize::try_from(ctx.live().limits.event_streams_per_session).unwrap_or(1);
        ctx.ilink.open_stream(user_id, most).then(|| Self { ctx: ctx.clone(), user_id })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.ctx.ilink.close_stream(self.user_id);
    }
}

/// `GET /me/wechat/events`: the current state and every later one; 429 if the user has too many streams open.
pub async fn events(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    let opened = match session::current_user(&state.ctx(), &session).await {
        Ok(Some(user)) => Stream::open(&state.ctx(), user.id),
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let Some(opened) = opened else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, CROWDED_SECS)]).into_response();
    };
    let (mut shown, mut is_awaited) = match read(&state, &session).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let stream = async_stream::stream! {
        let _opened = opened;
        yield Ok::<_, Infallible>(event(&shown).retry(RETRY));
        let deadline = tokio::time::Instant::now() + LENGTH;
        while tokio::time::Instant::now() < deadline {
            tokio::select! {
                () = tokio::time::sleep(if is_awaited { SCANNING } else { CONNECTED }) => {}
                () = state.stopping.cancelled() => break,
            }
            let Ok(Some(now)) = read(&state, &session).await else { break };
            if now.0 != shown {
                yield Ok(event(&now.0));
            }
            (shown, is_awaited) = now;
        }
    };
    let alive = Event::default().event("alive").data("1");
    sse::respond(stream, KeepAlive::new().interval(ALIVE).event(alive))
}

/// `GET /me/wechat/state`: the current state, for a page whose event stream does not arrive.
pub async fn status(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    match read(&state, &session).await {
        Ok(Some((word, _))) => word.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn event(word: &str) -> Event {
    Event::default().event("state").data(word)
}
