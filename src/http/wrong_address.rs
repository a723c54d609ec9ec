//! Pages that were opened under a name or a public address that is not the public URL: cookies, forms and links do not work there. The
//! page says so before anything is typed, the log does once for each address, and forms are refused with that cause.
//!
//! Private addresses and names (of this machine, of a local network, of a container) are never wrong: people open an installation at home
//! under them, and a proxy that is not set up otherwise sends its own name for the program.

use crate::config::is_private_address;
use axum::http::{HeaderMap, header};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};
use url::{Host, Position, Url};

/// Addresses that are logged, in all: anyone can send any name.
const LOGGED_MAX: usize = 16;
/// Last labels of names that no public server resolves.
const PRIVATE_LABELS: [&str; 8] = ["local", "localhost", "internal", "intranet", "lan", "home", "corp", "arpa"];

/// The wrong address under which a page was opened, in the extensions of its request: host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAddress(pub String);

/// The wrong addresses that were logged.
#[derive(Debug, Default)]
pub struct WrongAddresses(Mutex<HashSet<String>>);

impl WrongAddresses {
    /// Logs an address, once.
    pub fn log(&self, wrong: &WrongAddress, public_url: &Url) {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() < LOGGED_MAX && logged.insert(wrong.0.clone()) {
            tracing::warn!(opened = wrong.0, %public_url, "a page was opened under an address that is not the public URL, where signing in and forms do not work: open the public URL, or set WEIDA_PUBLIC_URL");
        }
    }
}

/// The wrong address under which a page is opened, as far as the request says: by the name that a proxy passes on, else by `Host`.
#[must_use]
pub fn of_page(headers: &HeaderMap, public_url: &Url) -> Option<WrongAddress> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let named = text("x-forwarded-host").and_then(|hosts| hosts.split(',').next()).or_else(|| text("host"))?;
    wrong(&Url::parse(&format!("http://{}", named.trim())).ok()?, public_url)
}

/// The wrong address of the page that sent a form. The browser's `Origin` counts for more than what a proxy says; an origin of another
/// site is not a wrong address.
#[must_use]
pub fn of_form(headers: &HeaderMap, public_url: &Url) -> Option<WrongAddress> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text("origin").and_then(|origin| Url::parse(origin).ok()).filter(Url::has_host) else {
        return of_page(headers, public_url);
    };
    let is_same_site = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::HOST.as_str()) == Some(authority(&origin)),
    };
    if is_same_site { wrong(&origin, public_url) } else { None }
}

fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

fn wrong(opened: &Url, public_url: &Url) -> Option<WrongAddress> {
    let (opened_host, right) = (opened.host()?, public_url.host()?);
    let is_wrong = match (&opened_host, &right) {
        (Host::Domain(name), Host::Domain(right)) => plain(name) != plain(right) && is_public_name(plain(name)),
        (Host::Domain(name), _) => is_public_name(plain(name)),
        (Host::Ipv4(ip), _) => opened_host != right && !is_private_address((*ip).into()) && !ip.is_unspecified(),
        (Host::Ipv6(ip), _) => opened_host != right && !is_private_address((*ip).into()) && !ip.is_unspecified(),
    };
    is_wrong.then(|| WrongAddress(authority(opened).to_owned()))
}

/// A name without the dot that ends a complete one.
fn plain(name: &str) -> &str {
    name.trim_end_matches('.')
}

fn is_public_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| !PRIVATE_LABELS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn public_names_and_addresses_other_than_the_public_url_are_wrong() {
        for (public, host, is_wrong) in [
            ("https://weida.example", "weida.example", false),
            ("https://weida.example", "WEIDA.example.", false),
            ("https://weida.example", "weida.example:8443", false),
            ("https://weida.example", "www.weida.example", true),
            ("https://weida.example", "weida.example.cn", true),
            ("https://weida.example", "other.test:3000", true),
            ("https://weida.example", "203.0.113.7", true),
            ("https://weida.example", "[2001:db8::1]:3000", true),
            // What a proxy says that is not set up otherwise.
            ("https://weida.example", "127.0.0.1:3000", false),
            ("https://weida.example", "weida:3000", false),
            ("https://weida.example", "weida.svc.internal", false),
            ("http://192.168.1.5:3000", "192.168.1.5:3000", false),
            ("http://192.168.1.5:3000", "127.0.0.1:3000", false),
            ("http://192.168.1.5:3000", "10.0.0.9:3000", false),
            ("http://192.168.1.5:3000", "[fd00::1]:3000", false),
            ("http://192.168.1.5:3000", "localhost:3000", false),
            ("http://192.168.1.5:3000", "box.local:3000", false),
            ("http://192.168.1.5:3000", "198.51.100.4:3000", true),
            ("http://192.168.1.5:3000", "rebound.test:3000", true),
            ("http://203.0.113.7", "203.0.113.7", false),
            ("http://203.0.113.7", "weida.example", true),
            ("https://weida.example", "", false),
            ("https://weida.example", "a b", false),
        ] {
            let public_url = Url::parse(public).unwrap();
            let found = of_page(&sent(&[("host", host)]), &public_url);
            assert_eq!(found.is_some(), is_wrong, "{public} {host}: {found:?}");
            let forwarded = sent(&[("host", "weida:3000"), ("x-forwarded-host", host)]);
            assert_eq!(of_page(&forwarded, &public_url).is_some(), is_wrong, "{public} {host}, forwarded");
        }
    }

    #[test]
    fn a_form_is_judged_by_its_origin() {
        let ours = Url::parse("https://weida.example").unwrap();
        let www = "https://www.weida.example";
        for (headers, is_wrong) in [
            (sent(&[("origin", www), ("sec-fetch-site", "same-origin"), ("host", "127.0.0.1:3000")]), true),
            (sent(&[("origin", www), ("host", "www.weida.example")]), true),
            (sent(&[("host", "www.weida.example"), ("sec-fetch-site", "same-origin")]), true),
            // A proxy that fetches from another public name.
            (sent(&[("origin", "https://weida.example"), ("host", "backend.test")]), false),
            // Other sites.
            (sent(&[("origin", www), ("sec-fetch-site", "cross-site"), ("host", "weida.example")]), false),
            (sent(&[("origin", "https://evil.test"), ("host", "weida.example")]), false),
            (sent(&[("origin", "null"), ("host", "weida.example")]), false),
        ] {
            assert_eq!(of_form(&headers, &ours).is_some(), is_wrong, "{headers:?}");
        }
    }

    #[test]
    fn each_address_is_logged_once_and_not_too_many_are() {
        let (log, ours) = (WrongAddresses::default(), Url::parse("https://weida.example").unwrap());
        for n in 0..100 {
            log.log(&WrongAddress(format!("{}.test", n % 50)), &ours);
        }
        assert_eq!(log.0.lock().unwrap().len(), LOGGED_MAX);
    }
}
