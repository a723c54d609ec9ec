//! Identifies the client of a request: its address (behind configured proxies only) and a label of its browser.

use super::{form::limit_cookies, known::Known, proxy::is_forwarded, state::AppState};
use crate::core::account::login::LoginOrigin;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The client of a request, stored in the request's extensions.
#[derive(Debug, Clone)]
pub struct Client {
    pub address: IpAddr,
    /// Such as `Chrome · Windows`; contains no text of the client's.
    pub browser_label: String,
    /// Where its pages are seen.
    pub device: Device,
    /// Identifies the request in logs and on error pages.
    pub request_id: String,
    /// Which users signed in with this browser before.
    pub known: Known,
}

/// Where a page is seen, which decides how its reader can reach the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// A screen that a phone can scan: a computer, a tablet, WeChat for computers.
    Desk,
    /// A phone's browser: a phone cannot scan its own screen.
    Phone,
    /// WeChat on a phone: a QR code is recognized by pressing it.
    WeChat,
}

impl Device {
    /// `is_mobile`: the browser's own hint.
    fn of(agent: &str, is_mobile: bool) -> Self {
        let is_desktop_app = agent.contains("WindowsWechat") || agent.contains("MacWechat");
        match () {
            () if is_desktop_app => Self::Desk,
            () if agent.contains("MicroMessenger") => Self::WeChat,
            () if is_mobile || agent.contains("Mobi") && !agent.contains("iPad") => Self::Phone,
            () => Self::Desk,
        }
    }
}

impl Client {
    /// The origin of a password attempt.
    #[must_use]
    pub fn place(&self) -> LoginOrigin<'_> {
        LoginOrigin { address: self.address, cookie: self.known.cookie() }
    }
}

/// Identifies the client and gives the request an id. Drops cookies beyond what browsers send before any handler reads them.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    limit_cookies(request.headers_mut());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |c| c.0.ip());
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    state.proxy.watch(&state.ctx(), request.headers(), peer, request.uri().path());
    let mut bytes = [0; 8];
    state.ctx().rng.fill(&mut bytes);
    let client = Client {
        address: address(request.headers(), peer, &state.ctx().settings.trusted_proxies),
        browser_label: browser_label(agent),
        device: Device::of(agent, request.headers().get("sec-ch-ua-mobile").is_some_and(|hint| hint == "?1")),
        request_id: hex::encode(bytes),
        known: Known::of(&state.ctx(), request.headers()),
    };
    let (id, known) = (client.request_id.clone(), client.known.clone());
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    if let Ok(value) = id.parse() {
        response.headers_mut().insert("x-request-id", value);
    }
    if let Some(cookie) = known.set_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Stands for clients whose address is not known: behind an untrusted proxy on this machine, or with a header that is no address.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Walks `X-Forwarded-For` from its end while the hops are trusted proxies; the first other address is the client's.
pub fn address(headers: &HeaderMap, peer: IpAddr, proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| proxies.iter().any(|net| net.contains(&ip.to_canonical()));
    if !is_trusted(peer) {
        // A local proxy forwarded it: the client behind the proxy must not get the privileges of this machine.
        return if peer.to_canonical().is_loopback() && is_forwarded(headers) { UNKNOWN } else { peer };
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    // Bytes that are not ASCII come from the client; the proxy's own address on the same line still counts.
    let hops: Vec<_> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let mut caller = peer;
    for hop in hops.into_iter().rev() {
        // The client's own text reaches this far only behind trusted hops: it must not get the privileges of a proxy.
        let Some(ip) = std::str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse().ok()) else { return UNKNOWN };
        caller = ip;
        if !is_trusted(ip) {
            break;
        }
    }
    caller
}

fn browser_label(agent: &str) -> String {
    // No browser sends a longer one.
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
        for rubbish in ["rubbish", "rubbish, 10.0.0.9", "1.1.1.1, rubbish", ""] {
            assert_eq!(address(&forwarded(rubbish), peer, &proxies), UNKNOWN, "{rubbish}");
        }
    }

    #[test]
    fn a_byte_that_is_no_text_hides_no_address() {
        let (peer, proxies) = ("10.0.0.1".parse().unwrap(), vec!["10.0.0.0/8".parse().unwrap()]);
        let of = |bytes: &[u8]| {
            let value = axum::http::HeaderValue::from_bytes(bytes).unwrap();
            address(&HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value)]), peer, &proxies)
        };
        assert_eq!(of(b"\xe4, 203.0.113.7").to_string(), "203.0.113.7");
        assert_eq!(of(b"1.1.1.1, \xe4"), UNKNOWN);
        assert_eq!(of(b"\xff"), UNKNOWN);
    }

    #[test]
    fn a_phone_is_told_from_a_screen_that_it_can_scan() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
        let wechat = "Mozilla/5.0 (Linux; Android 14; V2318A) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49";
        let windows =
            "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 Chrome/116.0 MicroMessenger/7.0 WindowsWechat";
        let ipad = "Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) AppleWebKit/605.1.15 Version/12.0 Mobile/15E148 Safari/604.1";
        let reduced = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";
        for (agent, is_mobile, device) in [
            (iphone, false, Device::Phone),
            (wechat, true, Device::WeChat),
            (windows, false, Device::Desk),
            (ipad, false, Device::Desk),
            (reduced, true, Device::Phone),
            (reduced, false, Device::Desk),
            ("", false, Device::Desk),
        ] {
            assert_eq!(Device::of(agent, is_mobile), device, "{agent}");
        }
    }

    #[test]
    fn browsers_are_named_in_our_own_words() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        assert_eq!(browser_label(chrome), "Chrome · Windows 10");
        assert_eq!(browser_label("<a href=x>evil</a>"), "?");
        assert!(browser_label("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49").starts_with("WeChat · "));
    }
}
