//! Lets pages of other sites call the dialects that believe no cookie (CORS), if the operator names those sites.

use crate::config::{Checked, CorsOrigins};
use axum::http::{HeaderName, HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember the answer to a preflight request.
const MAX_AGE: Duration = Duration::from_hours(1);
/// What a page may send beyond what needs no permission. Without the headers that a gateway sets (`openid`, `X-WX-*`): a page must not
/// name its caller.
const SENT: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::CACHE_CONTROL,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-requested-with"),
];
/// What a page may read beyond what is always readable.
const EXPOSED: [HeaderName; 6] = [
    HeaderName::from_static("x-credits-remaining"),
    HeaderName::from_static("x-credits-cost"),
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
    header::RETRY_AFTER,
];

/// The layer; `None` if no other site may call. Credentials are never allowed, so a browser sends no cookie and shows a page no answer to
/// a request with one.
pub(super) fn layer(settings: &Checked) -> Option<CorsLayer> {
    let origins = match &settings.cors_origins {
        CorsOrigins::None => return None,
        CorsOrigins::Any => AllowOrigin::any(),
        CorsOrigins::These(origins) => {
            AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
        }
    };
    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(SENT)
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE);
    Some(cors)
}
