//! Access control of the sandbox: browsers on this machine, and browsers with the key that the program printed at its start.
//!
//! The sandbox's phone can act as any follower, including the admin. So a request through a proxy, or under a name or address that
//! is not private (DNS rebinding), is refused even with the key.

use crate::{base::rng::Rng, config::is_private_address, core::limit::subject_of};
use axum::http::{HeaderMap, Uri, header, uri::Authority};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};
use subtle::ConstantTimeEq as _;
use url::{Host, Url};

/// Wrong keys per minute, of one address and in total. The key has 131 bits: the limit only keeps the log short.
const WRONG_KEYS_PER_MINUTE: u32 = 10;
const WRONG_KEYS_IN_TOTAL: usize = 10_000;
const MINUTE_MS: i64 = 60_000;

/// The access of a request to the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// A browser on this machine, which is also shown the key.
    Local,
    /// A browser that has entered the key.
    Keyed,
    /// The key must be entered first.
    KeyNeeded,
    /// The request came through a proxy or under a foreign name.
    Refused,
}

impl Admission {
    /// True if the phone may be used.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Local | Self::Keyed)
    }
}

/// Why a key was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRefusal {
    Wrong,
    TooMany,
}

/// The key of one run of the program.
pub struct Access {
    key: String,
    /// The cookie value of a browser that has entered the key.
    pass: String,
    /// The address for other devices; `None` if they cannot reach the program.
    shared: Option<Url>,
    wrong: Mutex<WrongKeys>,
}

/// Wrong keys by address in the current minute.
#[derive(Default)]
struct WrongKeys {
    minute: i64,
    by_address: HashMap<String, u32>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl Access {
    /// Creates a key. Other devices reach a program that listens on `address` at `public_url`.
    pub fn new(rng: &dyn Rng, address: IpAddr, public_url: &Url) -> Self {
        let is_shared =
            !address.to_canonical().is_loopback() && public_url.host().is_some_and(|host| !is_loopback(&host));
        let shared = is_shared.then(|| public_url.clone());
        Self { key: rng.token(), pass: rng.token(), shared, wrong: Mutex::default() }
    }

    /// The key, to be shown on this machine only.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The address that opens the sandbox on another device, with the key; `None` if other devices cannot reach the
    /// program.
    pub fn link(&self) -> Option<String> {
        self.shared.as_ref().map(|url| format!("{url}sandbox?key={}", self.key))
    }

    /// Checks a key and returns the value for the browser's cookie.
    ///
    /// # Errors
    /// The key is wrong, or this address sent too many wrong ones in this minute.
    pub fn enter(&self, given: &str, address: IpAddr, now_ms: i64) -> Result<&str, KeyRefusal> {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now_ms.div_euclid(MINUTE_MS);
        if wrong.minute != minute {
            *wrong = WrongKeys { minute, by_address: HashMap::new() };
        }
        let subject = subject_of(address);
        let is_limited = match wrong.by_address.get(&subject) {
            Some(times) => *times >= WRONG_KEYS_PER_MINUTE,
            None => wrong.by_address.len() >= WRONG_KEYS_IN_TOTAL,
        };
        if is_limited {
            return Err(KeyRefusal::TooMany);
        }
        if is_same(given, &self.key) {
            return Ok(&self.pass);
        }
        *wrong.by_address.entry(subject).or_default() += 1;
        tracing::warn!(%address, "a wrong key for the sandbox was refused");
        Err(KeyRefusal::Wrong)
    }

    /// Decides the access of a request from the client at `address` with this cookie.
    pub fn decide(
        &self,
        (headers, uri): (&HeaderMap, &Uri),
        address: IpAddr,
        cookie: Option<&str>,
        public_url: &Url,
    ) -> Admission {
        let Some(host) = host(headers, uri) else { return Admission::Refused };
        if is_passed_on(headers) || !is_ours(&host, public_url) {
            return Admission::Refused;
        }
        // A proxy that adds no header connects from this machine, but keeps the host name of the request.
        if address.to_canonical().is_loopback() && is_loopback(&host) {
            return Admission::Local;
        }
        match cookie {
            Some(pass) if is_same(pass, &self.pass) => Admission::Keyed,
            _ => Admission::KeyNeeded,
        }
    }
}

/// Constant-time comparison.
fn is_same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// True if a proxy header says that the request was forwarded.
fn is_passed_on(headers: &HeaderMap) -> bool {
    const NAMES: [&str; 7] =
        ["forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip"];
    headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || NAMES.contains(&name.as_str()))
}

/// The requested host. HTTP/2 has it in the URI. `None` if it is missing or repeated.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<Host<String>> {
    let mut named = headers.get_all(header::HOST).iter();
    let authority = match (named.next(), named.next()) {
        (Some(value), None) => value.to_str().ok()?.parse::<Authority>().ok()?,
        (None, None) => uri.authority()?.clone(),
        _ => return None,
    };
    let is_plain = !authority.as_str().contains('@');
    is_plain.then(|| Host::parse(authority.host()).ok()).flatten()
}

/// Private addresses, names that browsers resolve to this machine by themselves, and the public URL, which is private here.
fn is_ours(host: &Host<String>, public_url: &Url) -> bool {
    match host {
        Host::Ipv4(ip) => is_private_address((*ip).into()),
        Host::Ipv6(ip) => is_private_address((*ip).into()),
        Host::Domain(name) => is_localhost(name) || public_url.host_str() == Some(name.as_str()),
    }
}

fn is_loopback(host: &Host<impl AsRef<str>>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => IpAddr::from(*ip).to_canonical().is_loopback(),
        Host::Domain(name) => is_localhost(name.as_ref()),
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests;
