//! Who may look at the sandbox: browsers that call this machine by its address or its own name.
//!
//! The sandbox asks for no password. A page of another site could point a name of its own at this machine (DNS rebinding) and
//! read whatever answers; it cannot do that with an address, nor with a name that is not its own.

use crate::config::Checked;
use axum::{
    extract::Request,
    http::{StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::{net::IpAddr, sync::Arc};
use url::Url;

/// Refuses requests for `/sandbox` and below under names that are not ours; lets all others through.
pub async fn own_host(settings: Arc<Checked>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_sandbox = path == "/sandbox" || path.starts_with("/sandbox/");
    if !is_sandbox || is_ours(&host(&request), &settings.public_url) {
        return next.run(request).await;
    }
    tracing::warn!("a request for the sandbox under a foreign name was refused");
    let text = "沙箱只能用本机地址打开。\nThe sandbox can be opened by this machine's own address only.\n";
    (StatusCode::MISDIRECTED_REQUEST, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// The name that was called, without port. HTTP/2 has it in the address.
fn host(request: &Request) -> String {
    let named = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()?.parse::<Authority>().ok());
    named.as_ref().or(request.uri().authority()).map(|a| a.host().to_owned()).unwrap_or_default()
}

fn is_ours(host: &str, public_url: &Url) -> bool {
    let name = host.to_ascii_lowercase();
    let address = name.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(&name);
    // Browsers resolve `localhost` and names below it by themselves.
    address.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || public_url.host_str() == Some(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(host: &str) -> String {
        super::host(&Request::builder().uri("/sandbox").header("host", host).body(axum::body::Body::empty()).unwrap())
    }

    #[test]
    fn addresses_and_our_own_names_are_ours_and_no_others() {
        let public = Url::parse("http://weida.localhost:3000").unwrap();
        let ours = [
            "127.0.0.1:3000",
            "192.168.1.5",
            "[::1]:3000",
            "[fe80::1]",
            "localhost:3000",
            "LOCALHOST",
            "weida.localhost:9",
        ];
        for host in ours {
            assert!(is_ours(&called(host), &public), "{host}");
        }
        let foreign =
            ["", "evil.test", "localhost.evil.test:3000", "127.0.0.1.evil.test", "127.0.0.1@evil.test", "a b", "[::1"];
        for host in foreign {
            assert!(!is_ours(&called(host), &public), "{host}");
        }
        let named = Url::parse("http://weida.lan:3000").unwrap();
        assert!(is_ours(&called("weida.lan:3000"), &named));
        assert!(!is_ours(&called("other.lan:3000"), &named));
    }
}
