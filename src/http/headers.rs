//! Adds the headers that every response carries.

use super::assets;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};

/// For responses that are not pages: they may neither load anything nor be framed.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

const FIXED: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// The content security policy of a page whose own scripts carry this nonce.
///
/// 'self' stays beside 'strict-dynamic' for WeChat's older browsers, which do not support the latter.
#[must_use]
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; \
         img-src 'self' data: https://thirdwx.qlogo.cn https://mp.weixin.qq.com; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; manifest-src 'self'"
    )
}

/// Adds missing headers. `is_https`: adds HSTS.
pub async fn secure(is_https: bool, request: Request, next: Next) -> Response {
    let is_hashed = assets::is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(STRICT_POLICY);
    if is_https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    set_caching(headers, status, is_hashed);
    response
}

/// Pages and API responses are private and not cached. Files with a hash in their name are immutable; browsers revalidate the others.
/// Compressed variants depend on `Accept-Encoding`.
fn set_caching(headers: &mut HeaderMap, status: StatusCode, is_hashed: bool) {
    let is_file = headers.contains_key(header::LAST_MODIFIED) || status == StatusCode::NOT_MODIFIED;
    if is_file {
        headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    }
    let policy = match is_file {
        true if is_hashed && !headers.contains_key(header::SET_COOKIE) => "public, max-age=31536000, immutable",
        true => "no-cache",
        false => "no-store",
    };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(policy));
}
