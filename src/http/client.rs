//! Who is calling: the address behind configured proxies only, and a name for the browser.

use crate::config::Checked;
use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The caller of a request, put among its extensions.
#[derive(Debug, Clone)]
pub struct Client {
    pub address: IpAddr,
    /// Like `Chrome · Windows`, in words of our own.
    pub browser_label: String,
    /// True inside WeChat's own browser, where a phone cannot scan its own screen.
    pub is_wechat: bool,
    /// Names the request in logs and on error pages.
    pub request_id: String,
}

/// Finds out who is calling and names the request.
pub async fn identify(
    settings: Arc<Checked>,
    chance: Arc<dyn crate::core::chance::Chance>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |c| c.0.ip());
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let client = Client {
        address: address(request.headers(), peer, &settings.trusted_proxies),
        browser_label: browser_label(agent),
        is_wechat: agent.contains("MicroMessenger"),
        request_id: hex::encode(bytes),
    };
    let id = client.request_id.clone();
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    if let Ok(value) = id.parse() {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Stands for callers behind a proxy on this machine that is not trusted.
const SOMEBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

static WARNED: AtomicBool = AtomicBool::new(false);

/// True where the request says that somebody passed it on.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| headers.contains_key(*name))
}

/// Walks `X-Forwarded-For` from its end as long as the hops are trusted proxies; the first other one is the caller.
fn address(headers: &HeaderMap, peer: IpAddr, proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| proxies.iter().any(|net| net.contains(&ip.to_canonical()));
    if !is_trusted(peer) {
        if is_forwarded(headers) && !WARNED.swap(true, Ordering::Relaxed) {
            tracing::warn!(%peer, "requests come through a proxy that is not trusted, so all callers look like one: set WEIDA_TRUSTED_PROXIES");
        }
        // This machine only passed it on: whoever is behind it is not this machine, and has none of its privileges.
        return if peer.to_canonical().is_loopback() && is_forwarded(headers) { SOMEBODY } else { peer };
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let mut caller = peer;
    for hop in hops.collect::<Vec<_>>().into_iter().rev() {
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        caller = ip;
        if !is_trusted(ip) {
            break;
        }
    }
    caller
}

fn browser_label(agent: &str) -> String {
    // Longer ones are no browser's.
    let agent: String = agent.chars().take(512).collect();
    let Some(found) = woothee::parser::Parser::new().parse(&agent) else { return "?".to_owned() };
    let name = if agent.contains("MicroMessenger") { "WeChat" } else { found.name };
    let name = if name == "UNKNOWN" { "?" } else { name };
    match found.os {
        "UNKNOWN" => name.to_owned(),
        os => format!("{name} · {os}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(value: &str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn a_forwarded_address_counts_behind_a_trusted_proxy_only() {
        let (peer, proxies) = ("10.0.0.1".parse().unwrap(), vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(address(&forwarded("203.0.113.7"), peer, &[]), peer);
        assert_eq!(address(&forwarded("203.0.113.7"), peer, &proxies).to_string(), "203.0.113.7");
    }

    #[test]
    fn whom_this_machine_passes_on_is_not_this_machine() {
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"].map(|peer| peer.parse::<IpAddr>().unwrap()) {
            assert_eq!(address(&HeaderMap::new(), peer, &[]), peer);
            for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
                let headers = HeaderMap::from_iter([(name.parse().unwrap(), "127.0.0.1".parse().unwrap())]);
                assert!(!address(&headers, peer, &[]).is_loopback(), "{peer} {name}");
            }
        }
    }

    #[test]
    fn what_the_caller_claims_before_the_proxies_does_not_count() {
        let (peer, proxies) = ("10.0.0.1".parse().unwrap(), vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(address(&forwarded("1.1.1.1, 203.0.113.7, 10.0.0.9"), peer, &proxies).to_string(), "203.0.113.7");
        assert_eq!(address(&forwarded("rubbish"), peer, &proxies), peer);
    }

    #[test]
    fn browsers_are_named_in_our_own_words() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        assert_eq!(browser_label(chrome), "Chrome · Windows 10");
        assert_eq!(browser_label("<a href=x>evil</a>"), "?");
        assert!(browser_label("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49").starts_with("WeChat · "));
    }
}
