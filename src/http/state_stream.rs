//! A state for the page that shows it, as a word: pushed as server-sent events, or once, for a page that receives none.
//!
//! The state is in the database, where any instance may change it, so it is read again while a page is open.

use super::{sse, state::AppState};
use crate::core::CoreError;
use axum::{
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive},
    },
};
use std::{convert::Infallible, time::Duration};

/// How long a browser waits before it reconnects.
const RETRY: Duration = Duration::from_millis(500);
/// Interval of the event `alive`: `public/follow.js` asks by itself when it is late.
const ALIVE: Duration = Duration::from_secs(5);
/// When a user with too many streams may open another one, in seconds.
const CROWDED_SECS: &str = "5";
/// How long a stream lasts; the browser then opens another one, with its session checked again.
const LENGTH: Duration = Duration::from_mins(5);

/// What a page shows.
pub struct Shown {
    /// Who reads it: a user has as many streams as a browser session may have.
    pub user_id: i64,
    /// The page loads itself again when it changes.
    pub word: String,
    /// When it is read again.
    pub again: Duration,
}

/// An event stream of a user, counted until it is dropped.
struct Stream {
    state: AppState,
    user_id: i64,
}

impl Stream {
    /// `None` if the user has as many open as a browser session may have.
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

type Read = Result<Option<Shown>, CoreError>;

/// The current state and every later one; 404 where `read` gives none; 429 if the user has too many streams open.
pub async fn events<F>(state: AppState, read: impl Fn() -> F + Send + 'static) -> Response
where
    F: Future<Output = Read> + Send,
{
    let mut shown = match found(read().await) {
        Ok(shown) => shown,
        Err(refused) => return refused.into_response(),
    };
    let Some(opened) = Stream::open(&state, shown.user_id) else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, CROWDED_SECS)]).into_response();
    };
    let stream = async_stream::stream! {
        let _opened = opened;
        yield Ok::<_, Infallible>(event(&shown.word).retry(RETRY));
        let deadline = tokio::time::Instant::now() + LENGTH;
        while tokio::time::Instant::now() < deadline {
            tokio::select! {
                () = tokio::time::sleep(shown.again) => {}
                () = state.stopping.cancelled() => break,
            }
            let Ok(now) = found(read().await) else { break };
            if now.word != shown.word {
                yield Ok(event(&now.word));
            }
            shown = now;
        }
    };
    let alive = Event::default().event("alive").data("1");
    sse::respond(stream, KeepAlive::new().interval(ALIVE).event(alive))
}

/// The current state, for a page whose event stream does not arrive.
pub fn status(read: Read) -> Response {
    match found(read) {
        Ok(shown) => shown.word.into_response(),
        Err(refused) => refused.into_response(),
    }
}

fn found(read: Read) -> Result<Shown, StatusCode> {
    match read {
        Ok(Some(shown)) => Ok(shown),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn event(word: &str) -> Event {
    Event::default().event("state").data(word)
}
