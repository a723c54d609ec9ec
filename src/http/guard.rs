//! Against requests that another site makes a browser send. Everything that changes something goes through here.

use crate::config::Checked;
use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc};
use url::{Host, Position, Url};

/// Called by the platform's machines, which send neither cookie nor origin; it proves itself by signature.
pub const PUSH_PATH: &str = "/api/v1/auth/wechat/verify";

/// Refuses a state-changing request unless the browser says that our own page caused it.
pub async fn same_origin(settings: Arc<Checked>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe
        || request.uri().path().trim_end_matches('/') == PUSH_PATH
        || is_own(request.headers(), &settings.public_url)
    {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a request that another site caused was refused");
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "请求不是从本站页面发出的，已拒绝。请回到页面重试。\nThis request did not come from our own page and was refused.\n").into_response()
}

/// True where the browser says that another site caused the request. Callers that are no browsers say nothing, and are believed:
/// only for what a form of another site cannot send (a JSON body) or must not be believed to be a person's wish (a GET).
pub fn is_foreign(headers: &HeaderMap, public_url: &Url) -> bool {
    let is_said = |name: &str| headers.contains_key(name);
    if is_said("sec-fetch-site") || is_said("origin") {
        return !is_own(headers, public_url);
    }
    let referer = headers.get(header::REFERER).map(|v| v.to_str().ok().and_then(|text| Url::parse(text).ok()));
    match referer {
        None => false,
        Some(None) => true,
        Some(Some(from)) => !is_own_origin(&from, headers, public_url),
    }
}

/// `Sec-Fetch-Site` where there is one, else `Origin`; a browser that sends neither is not believed.
fn is_own(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("\u{0}"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin").and_then(|o| Url::parse(o).ok()) else { return false };
    is_own_origin(&origin, headers, public_url)
}

/// True for the scheme, host and port of our own pages.
fn is_own_origin(from: &Url, headers: &HeaderMap, public_url: &Url) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    from.origin() == public_url.origin() || is_own_address(from, public_url, host)
}

/// A private installation is reached by whichever of its addresses; names could be rebound, addresses cannot.
fn is_own_address(origin: &Url, public_url: &Url, host: &str) -> bool {
    let is_address = match origin.host() {
        Some(Host::Ipv4(ip)) => is_private(ip.into()),
        Some(Host::Ipv6(ip)) => is_private(ip.into()),
        Some(Host::Domain(name)) => name == "localhost",
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
mod tests {
    use super::*;

    fn sent(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let ours = Url::parse("https://weida.example").unwrap();
        let cases = [
            (sent(&[("sec-fetch-site", "same-origin")]), true),
            (sent(&[("sec-fetch-site", "same-site"), ("origin", "https://weida.example")]), false),
            (sent(&[("sec-fetch-site", "cross-site")]), false),
            (sent(&[("origin", "https://weida.example")]), true),
            (sent(&[("origin", "http://weida.example")]), false),
            (sent(&[("origin", "https://weida.example.evil.test")]), false),
            (sent(&[("origin", "https://weida.example:8443")]), false),
            (sent(&[("origin", "null")]), false),
            (sent(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]), false),
            (sent(&[]), false),
        ];
        for (headers, expected) in cases {
            assert_eq!(is_own(&headers, &ours), expected, "{headers:?}");
        }
    }

    #[test]
    fn who_is_no_browser_is_believed_and_another_site_is_not() {
        let ours = Url::parse("https://weida.example").unwrap();
        let cases = [
            (sent(&[]), false),
            (sent(&[("sec-fetch-site", "none")]), false),
            (sent(&[("sec-fetch-site", "same-origin"), ("referer", "https://evil.test/")]), false),
            (sent(&[("sec-fetch-site", "cross-site")]), true),
            (sent(&[("sec-fetch-site", "same-site")]), true),
            (sent(&[("origin", "https://evil.test")]), true),
            (sent(&[("origin", "null")]), true),
            (sent(&[("referer", "https://weida.example/me")]), false),
            (sent(&[("referer", "https://weida.example.evil.test/")]), true),
            (sent(&[("referer", "rubbish")]), true),
        ];
        for (headers, expected) in cases {
            assert_eq!(is_foreign(&headers, &ours), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_private_installation_answers_on_its_addresses_but_not_under_foreign_names() {
        let ours = Url::parse("http://127.0.0.1:3000").unwrap();
        assert!(is_own(&sent(&[("origin", "http://192.168.1.5:3000"), ("host", "192.168.1.5:3000")]), &ours));
        assert!(!is_own(&sent(&[("origin", "http://192.168.1.6"), ("host", "192.168.1.5:3000")]), &ours));
        assert!(!is_own(&sent(&[("origin", "http://rebound.test:3000"), ("host", "rebound.test:3000")]), &ours));
        assert!(!is_own(&sent(&[("origin", "http://203.0.113.1:3000"), ("host", "203.0.113.1:3000")]), &ours));
        // A GET says by its `Referer` alone where it comes from.
        for (from, host, expected) in [
            ("http://192.168.1.5:3000/me?a=b", "192.168.1.5:3000", false),
            ("http://192.168.1.6:3000/me", "192.168.1.5:3000", true),
            ("http://rebound.test:3000/", "rebound.test:3000", true),
        ] {
            assert_eq!(is_foreign(&sent(&[("referer", from), ("host", host)]), &ours), expected, "{from}");
        }
    }
}
