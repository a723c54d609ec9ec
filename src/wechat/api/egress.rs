//! Restricts fetched files to hosts of the public internet (SSRF protection).
//!
//! A literal address in the URL is checked before the request, a host name by the addresses it resolves to, at the time of
//! the connection: the client never connects to a name that resolves to a private address, and no second lookup can change
//! the result (DNS rebinding).

use super::error::ApiError;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use url::{Host, Url};

/// IPv4 networks that are not the public internet: <https://www.iana.org/assignments/iana-ipv4-special-registry>. The last one
/// is Azure's internal server of each machine.
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
];

/// Networks inside `2000::/3` that are not the public internet: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Looks up a name.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Resolves a name to its public addresses only; an error if it has none.
pub(super) struct PublicOnly(Lookup);

impl PublicOnly {
    /// Uses the operating system's resolver.
    pub(super) fn of_system() -> Self {
        Self(Arc::new(|name| Box::pin(async move { tokio::net::lookup_host((name, 0)).await.map(Iterator::collect) })))
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let found = lookup.await?;
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the name has no public address").into());
            }
            Ok::<Addrs, _>(Box::new(public.into_iter()))
        })
    }
}

/// A client that connects to public addresses only. It uses no proxy: a proxy would resolve the name again.
pub(super) fn client(resolver: PublicOnly, connect: Duration, timeout: Duration) -> Result<reqwest::Client, ApiError> {
    crate::base::tls::http_client()
        .connect_timeout(connect)
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(resolver))
        .build()
        .map_err(|_| ApiError::Transport)
}

/// True for a web URL that does not itself contain a special address. Names are checked by [`PublicOnly`].
pub(super) fn may_be_fetched(url: &Url) -> bool {
    let is_web = matches!(url.scheme(), "http" | "https");
    is_web
        && match url.host() {
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            None => false,
        }
}

/// True for an address of the public internet.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|(network, bits)| is_in_v4(ip, *network, *bits)),
        IpAddr::V6(ip) => match translated(ip) {
            Some(inside) => is_public(inside.into()),
            None => ip.segments()[0] >> 13 == 1 && !SPECIAL_V6.iter().any(|(net, bits)| is_in_v6(ip, *net, *bits)),
        },
    }
}

/// The IPv4 address behind an address of NAT64's well-known prefix, `64:ff9b::/96`.
fn translated(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = ip.segments() else { return None };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

fn is_in_v4(ip: Ipv4Addr, network: Ipv4Addr, bits: u32) -> bool {
    (ip.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

fn is_in_v6(ip: Ipv6Addr, network: Ipv6Addr, bits: u32) -> bool {
    (ip.to_bits() ^ network.to_bits()).leading_zeros() >= bits
}

#[cfg(test)]
mod tests;
