//! What goes around every dialect: who asks and how often, how long it may take, and that nothing leaves in another tongue.

use super::{
    Dialect, Failed, Unreadable,
    caller::{self, Found},
    refusal::{LIMIT, REMAINING, RESET, set},
};
use crate::{
    core::{
        CoreError, limit,
        rate::{self, Allowance, Caller},
    },
    http::{client::Client, guard, session, state::AppState},
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::MethodRouter,
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tower_http::timeout::TimeoutBody;
use tower_sessions::Session;

/// The longest that nothing of a body may arrive. A large one over a slow line is well; one that has stopped is not waited for.
const BODY_IDLE: Duration = Duration::from_secs(15);

/// Puts a dialect's routes behind everything that all dialects share. To be called last: it covers the routes that are there.
pub fn seal<D: Dialect>(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes.layer(from_fn_with_state(state.clone(), around::<D>))
}

/// A route with and without a slash at its end.
pub fn slashed(routes: Router<AppState>, path: &str, methods: MethodRouter<AppState>) -> Router<AppState> {
    routes.route(path, methods.clone()).route(&format!("{path}/"), methods)
}

/// Refuses a call that another site caused. For what changes something by GET; a layer of the route.
pub async fn own_site<D: Dialect>(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if guard::is_foreign(request.headers(), &state.ctx.settings.public_url) {
        return Failed::<D>::from(Unreadable::Foreign).into_response();
    }
    next.run(request).await
}

async fn around<D: Dialect>(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_foreign = D::HAS_COOKIES && !is_safe && guard::is_foreign(request.headers(), &state.ctx.settings.public_url);
    let allowance = admit::<D>(&state, &mut request).await;
    let mut response = if !allowance.is_within {
        Failed::<D>::from(CoreError::TooMany(allowance.reset_secs)).into_response()
    } else if is_foreign {
        tracing::warn!(path = request.uri().path(), dialect = D::NAME, "a call that another site caused was refused");
        Failed::<D>::from(Unreadable::Foreign).into_response()
    } else if says_it_is_larger(&request, D::BODY_MAX_BYTES) {
        // Also where the call would not read it.
        Failed::<D>::from(Unreadable::TooLarge(D::BODY_MAX_BYTES)).into_response()
    } else {
        let serving = in_time::<D>(Duration::from_secs(D::PATIENCE_SECS), BODY_IDLE, request, next);
        let (mut response, refused_by) = limit::watched(serving).await;
        if let Some(most) = refused_by.filter(|_| response.status() == StatusCode::TOO_MANY_REQUESTS) {
            set(response.headers_mut(), LIMIT, most);
        }
        response
    };
    let headers = response.headers_mut();
    for (name, value) in [(LIMIT, allowance.limit), (REMAINING, allowance.remaining), (RESET, allowance.reset_secs)] {
        if !headers.contains_key(&name) {
            set(headers, name, value);
        }
    }
    let status = response.status().as_u16().to_string();
    metrics::counter!("weida_api_calls_total", "dialect" => D::NAME, "status" => status).increment(1);
    response
}

fn says_it_is_larger(request: &Request, most: usize) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    length.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > most)
}

/// Finds out who asks, and takes one request of theirs. A token that proves nothing is counted for its address.
async fn admit<D: Dialect>(state: &AppState, request: &mut Request) -> Allowance {
    let ctx = &state.ctx;
    let address = request.extensions().get::<Client>().map_or([127, 0, 0, 1].into(), |client| client.address);
    let found = match caller::of(ctx, request.headers()).await {
        Err(CoreError::NotSignedIn) => Found(None),
        found => Found(Some(Arc::new(found))),
    };
    request.extensions_mut().insert(found.clone());
    let caller = if let Some(Ok(bearer)) = found.0.as_deref() {
        Caller::User(bearer.user_id)
    } else if let Some(session) = request.extensions().get::<Session>()
        && let Some(user_id) = session::user_of(session).await
    {
        Caller::User(user_id)
    } else {
        D::counted(ctx, request.uri(), request.headers()).unwrap_or(Caller::Anyone)
    };
    rate::take(ctx, &caller, address)
}

/// Runs the handler; whatever it does, the answer speaks the dialect. `idle`: how long nothing of the body may arrive.
async fn in_time<D: Dialect>(patience: Duration, idle: Duration, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let request = request.map(|body| Body::new(TimeoutBody::new(idle, body)));
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    let response = match tokio::time::timeout(patience, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(path, dialect = D::NAME, "a call's handler panicked");
            return Failed::<D>::from(Unreadable::Broke).into_response();
        }
        Err(_) => {
            tracing::warn!(path, dialect = D::NAME, "a call took too long");
            return Failed::<D>::from(Unreadable::TimedOut).into_response();
        }
    };
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    // The router's own 405 has the methods, and no words.
    let mut refusal = Failed::<D>::from(Unreadable::Method).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        refusal.headers_mut().insert(header::ALLOW, allow.clone());
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::image::MAX_BYTES, dialect::follow::Follow, http::api::Body as Json};
    use axum::{body::Bytes, middleware::from_fn, routing::post};
    use futures::{Stream, StreamExt as _, stream};
    use std::convert::Infallible;
    use tower::ServiceExt as _;

    async fn take(Json(value, _): Json<Follow, serde_json::Value>) -> String {
        value.to_string()
    }

    /// What a call says whose body arrives like this.
    async fn answered(idle: Duration, body: impl Stream<Item = &'static str> + Send + 'static) -> Response {
        let patience = Duration::from_mins(1);
        let around = from_fn(move |request, next| in_time::<Follow>(patience, idle, request, next));
        let body = Body::from_stream(body.map(|text| Ok::<_, Infallible>(Bytes::from(text))));
        let request = Request::post("/").header("content-type", "application/json").body(body).unwrap();
        Router::new().route("/", post(take)).layer(around).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_body_that_stops_is_not_waited_for_and_a_slow_one_is() {
        let stopped = stream::iter(["{\"a\":"]).chain(stream::pending());
        let refused = answered(Duration::from_millis(20), stopped).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key(header::RETRY_AFTER));
        let slow = stream::iter(["{\"a\":", "1", "}"]).then(|piece| async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            piece
        });
        assert_eq!(answered(Duration::from_secs(30), slow).await.status(), StatusCode::OK);
    }

    /// The largest picture over a megabit a second; then it may wait for its key, for its turn, and be worked on.
    #[test]
    fn a_picture_has_time_to_arrive() {
        let receiving = MAX_BYTES as u64 * 8 / 1_000_000;
        assert!(Follow::PATIENCE_SECS >= receiving + 12 + 5 + 5, "{receiving} s");
    }
}
