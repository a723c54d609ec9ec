//! Protects against cross-site requests (CSRF). Every state-changing request goes through here.

use super::wrong_address::{self, WrongAddresses};
use crate::config::Checked;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc};
use url::{Host, Position, Url};

/// Called by the platform's servers, which send neither cookie nor origin; the signature authenticates the request.
pub const PUSH_PATH: &str = "/api/v1/auth/wechat/verify";

/// Refuses a state-changing request unless the browser says that one of our own pages caused it, opened under a right address. A page
/// that is requested under a wrong one gets a [`WrongAddress`] in its extensions.
///
/// [`WrongAddress`]: super::wrong_address::WrongAddress
pub async fn same_origin(
    settings: Arc<Checked>,
    wrong_addresses: Arc<WrongAddresses>,
    mut request: Request,
    next: Next,
) -> Response {
    let (public_url, headers) = (&settings.public_url, request.headers());
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        // A page: probes and scripts of other machines may use any name.
        let is_page = all(headers, "accept").any(|kinds| kinds.contains("text/html"));
        if let Some(wrong) = wrong_address::of_page(headers, public_url).filter(|_| is_page) {
            wrong_addresses.log(&wrong, public_url);
            request.extensions_mut().insert(wrong);
        }
        return next.run(request).await;
    }
    // A request without a route changes nothing and is answered as missing.
    let has_route = request.extensions().get::<MatchedPath>().is_some();
    if !has_route || request.uri().path().trim_end_matches('/') == PUSH_PATH {
        return next.run(request).await;
    }
    // The sandbox has an answer of its own (`sandbox/phone/access.rs`).
    let is_sandbox = request.uri().path().starts_with("/sandbox/");
    if let Some(wrong) = wrong_address::of_form(headers, public_url).filter(|_| !is_sandbox) {
        wrong_addresses.log(&wrong, public_url);
        let (opened, right) = (wrong.0, public_url.as_str().trim_end_matches('/'));
        return refused(format!(
            "已拒绝：页面是用 {opened} 打开的，本站的地址是 {right}。请用这个地址重新打开。\nRefused: the page was opened as {opened}, but this site is {right}. Please open it there.\n"
        ));
    }
    if is_own(headers, public_url) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "refused a cross-site request");
    let right = public_url.as_str().trim_end_matches('/');
    refused(format!(
        "请求不是从本站页面发出的，已拒绝。请回到页面重试，本站的地址是 {right}。\nThis request did not come from our own page and was refused. This site is {right}.\n"
    ))
}

fn refused(text: String) -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// True if another site may have caused a state-changing request: the browser says so, or a browser sent the request without proof
/// that one of our own pages caused it. Programs that are not browsers send none of a browser's headers and are trusted.
///
/// A GET needs more proof than a form: browsers send `Sec-Fetch-Site: none` for a link opened from a chat or mail, as for a typed
/// address.
pub fn is_foreign(method: &Method, headers: &HeaderMap, public_url: &Url) -> bool {
    let is_link = matches!(*method, Method::GET | Method::HEAD);
    if is_link && all(headers, "sec-fetch-site").any(|site| site != "same-origin") {
        return true;
    }
    match says_foreign(headers, public_url) {
        Some(is_foreign) => is_foreign,
        // Neither a form nor a link of another site can send JSON: the browser would send a preflight request first
        // (CORS).
        None => (is_link || !is_json(headers)) && is_browser(headers),
    }
}

/// Whether the browser says that another site caused the request; `None` if its headers do not say.
pub fn says_foreign(headers: &HeaderMap, public_url: &Url) -> Option<bool> {
    if headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN) {
        return Some(!is_own(headers, public_url));
    }
    let from = headers.get(header::REFERER)?.to_str().ok().and_then(|text| Url::parse(text).ok());
    Some(from.is_none_or(|from| !is_own_origin(&from, headers, public_url)))
}

/// True if the request has headers that only browsers send. `Accept-Language: *` and `Sec-Fetch-Mode` alone do not count:
/// Node's `fetch` sends both.
fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-dest")
        || headers.contains_key(header::UPGRADE_INSECURE_REQUESTS)
        || all(headers, "accept-language").any(|languages| languages != "*")
        || all(headers, "accept").any(|kinds| {
            let kinds = kinds.to_ascii_lowercase();
            kinds.contains("text/html") || kinds.contains("image/")
        })
        || all(headers, "user-agent")
            .any(|agent| agent.get(..8).is_some_and(|name| name.eq_ignore_ascii_case("Mozilla/")))
}

/// All values of a header, trimmed; a value that is not text becomes `"\0"`, which matches nothing.
fn all<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().map(|value| value.to_str().map_or("\u{0}", str::trim))
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut kinds = all(headers, "content-type");
    let kind = kinds.next().and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") && kinds.next().is_none()
}

/// Checks `Sec-Fetch-Site` if present, else `Origin`; a browser that sends neither is refused.
fn is_own(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("\u{0}"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin").and_then(|o| Url::parse(o).ok()) else { return false };
    is_own_origin(&origin, headers, public_url)
}

/// True if the origin is that of our own pages (scheme, host and port).
fn is_own_origin(from: &Url, headers: &HeaderMap, public_url: &Url) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    from.origin() == public_url.origin() || is_own_address(from, public_url, host)
}

/// A private installation accepts requests under any of its addresses: host names could be rebound (DNS rebinding),
/// addresses cannot.
fn is_own_address(origin: &Url, public_url: &Url, host: &str) -> bool {
    let is_address = match origin.host() {
        Some(Host::Ipv4(ip)) => is_private(ip.into()),
        Some(Host::Ipv6(ip)) => is_private(ip.into()),
        // Names of the local network are not resolved by public servers (RFC 6762).
        Some(Host::Domain(name)) => {
            name == "localhost" || name.rsplit_once('.').is_some_and(|(_, last)| last == "local")
        }
        None => false,
    };
    let authority = &origin[Position::BeforeHost..Position::AfterPort];
    public_url.scheme() == "http" && origin.scheme() == "http" && is_address && authority == host
}

fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests;
