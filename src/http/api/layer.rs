//! The layer around every dialect: authentication, rate limit and timeout; every failure is rendered by the dialect.

use super::{
    ApiFailure, Dialect, RequestError,
    caller::{self, Found},
    cors,
    error::{LIMIT, REMAINING, RESET, set},
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
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, any},
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tower_sessions::Session;

/// Adds the shared layer to a dialect's routes. Call it last: it covers only the routes added before. Pages of the sites that the operator
/// names may call, except where a cookie identifies the caller.
pub fn layer<D: Dialect>(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let routes = routes.layer(from_fn_with_state(state.clone(), around::<D>));
    // Outside, so that a page can read refusals too, and a preflight request counts for no limit.
    match cors::layer(&state.core.settings).filter(|_| !D::HAS_COOKIES) {
        Some(cors) => routes.layer(cors),
        None => routes,
    }
}

/// A route with and without a trailing slash. Every call of every dialect has both.
pub fn slashed(routes: Router<AppState>, path: &str, methods: MethodRouter<AppState>) -> Router<AppState> {
    routes.route(path, methods.clone()).route(&format!("{path}/"), methods)
}

/// Routes for these calls, each with and without a trailing slash.
pub fn calls<const N: usize>(calls: [(&str, MethodRouter<AppState>); N]) -> Router<AppState> {
    calls.into_iter().fold(Router::new(), |routes, (path, methods)| slashed(routes, path, methods))
}

/// Answers every path below `prefix` that has no route of its own, and the prefix itself, as an unknown call.
pub fn unknown_below<D: Dialect>(routes: Router<AppState>, prefix: &str) -> Router<AppState> {
    let unknown = any(no_such_call::<D>);
    slashed(routes, prefix, unknown.clone()).route(&format!("{prefix}/{{*call}}"), unknown)
}

/// The answer to an unknown call.
pub async fn no_such_call<D: Dialect>() -> ApiFailure<D> {
    RequestError::NoSuchCall.into()
}

/// Refuses cross-site calls. For routes that change something by GET.
pub async fn own_site<D: Dialect>(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_foreign(&state, &request) {
        return ApiFailure::<D>::from(RequestError::Foreign).into_response();
    }
    next.run(request).await
}

fn is_foreign(state: &AppState, request: &Request) -> bool {
    guard::is_foreign(request.method(), request.headers(), &state.ctx().settings.public_url)
}

async fn around<D: Dialect>(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_foreign = D::HAS_COOKIES && !is_safe && is_foreign(&state, &request);
    let allowance = admit::<D>(&state, &mut request).await;
    let mut response = if !allowance.is_within {
        ApiFailure::<D>::from(CoreError::TooMany(allowance.reset_secs)).into_response()
    } else if is_foreign {
        tracing::warn!(path = request.uri().path(), dialect = D::NAME, "refused a cross-site call");
        ApiFailure::<D>::from(RequestError::Foreign).into_response()
    } else if says_it_is_larger(&request, D::BODY_MAX_BYTES) {
        // Checked here too, for handlers that do not read the body.
        ApiFailure::<D>::from(RequestError::TooLarge(D::BODY_MAX_BYTES)).into_response()
    } else {
        let serving = in_time::<D>(Duration::from_secs(D::PATIENCE_SECS), request, next);
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

/// Identifies the caller and counts one request for them. A request with an invalid token is counted for its address.
async fn admit<D: Dialect>(state: &AppState, request: &mut Request) -> Allowance {
    let ctx = &state.ctx();
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

/// Runs the handler with a timeout; panics and timeouts are rendered by the dialect.
async fn in_time<D: Dialect>(patience: Duration, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    let response = match tokio::time::timeout(patience, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(path, dialect = D::NAME, "the handler of an API call panicked");
            return ApiFailure::<D>::from(RequestError::Broke).into_response();
        }
        Err(_) => {
            tracing::warn!(path, dialect = D::NAME, "an API call timed out");
            return ApiFailure::<D>::from(RequestError::TimedOut).into_response();
        }
    };
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    // The router's own 405 lists the allowed methods, but has no body.
    let mut refusal = ApiFailure::<D>::from(RequestError::Method).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        refusal.headers_mut().insert(header::ALLOW, allow.clone());
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::image::MAX_BYTES,
        dialect::follow::Follow,
        http::{
            api::Body as Json,
            connection::{Pace, Paced},
        },
    };
    use axum::{
        body::{Body, Bytes},
        middleware::from_fn,
        routing::post,
    };
    use futures::{Stream, StreamExt as _, stream};
    use std::convert::Infallible;
    use tower::ServiceExt as _;

    async fn take(Json(value, _): Json<Follow, serde_json::Value>) -> String {
        value.to_string()
    }

    /// The response to a call whose body arrives in these chunks.
    async fn answered(idle: Duration, body: impl Stream<Item = &'static str> + Send + 'static) -> Response {
        let patience = Duration::from_mins(1);
        let around = from_fn(move |request, next| in_time::<Follow>(patience, request, next));
        let pace = Pace { silence: idle, bytes_per_second: 0, window: patience };
        let body = Body::from_stream(body.map(|text| Ok::<_, Infallible>(Bytes::from(text))));
        let body = Body::new(Paced::new(body, pace));
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

    /// The largest picture at 1 Mbit/s, plus waiting for the key and the queue, plus processing.
    #[test]
    fn a_picture_has_time_to_arrive() {
        let receiving = MAX_BYTES as u64 * 8 / 1_000_000;
        assert!(Follow::PATIENCE_SECS >= receiving + 12 + 5 + 5, "{receiving} s");
    }
}
