//! Detects a reverse proxy that the settings do not declare: all visitors then share its address, and its limits.

use crate::{
    config::Checked,
    core::{CoreError, Ctx},
    store,
};
use axum::http::HeaderMap;
use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// The key of the stored fact from which `weida doctor` reads the last sighting.
const FACT: &str = "undeclared-proxy";
/// A sighting is stored again after this time.
const RESOLUTION_MS: i64 = 60 * 60_000;
/// A sighting expires after this time.
const MEMORY_MS: i64 = 24 * 60 * 60_000;
/// Health checks come from this machine without a proxy.
const OPERATION_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// An undeclared proxy that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    pub peer: IpAddr,
    pub at_ms: i64,
}

/// The last sighting of this instance.
#[derive(Debug, Default)]
pub struct UndeclaredProxy(Mutex<Option<Sighting>>);

impl UndeclaredProxy {
    /// Checks one request; logs and stores a new sighting.
    pub fn watch(&self, ctx: &Ctx, headers: &HeaderMap, peer: IpAddr, path: &str) {
        if !is_undeclared(&ctx.settings, headers, peer, path) {
            return;
        }
        let now = Sighting { peer: peer.to_canonical(), at_ms: ctx.now() };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| now.at_ms - last.at_ms < RESOLUTION_MS && now.at_ms >= last.at_ms) {
            return;
        }
        *last = Some(now);
        drop(last);
        tracing::warn!(%peer, "requests come through a proxy that is not declared, so all visitors share one address and its limits: set WEIDA_TRUSTED_PROXIES");
        let ctx = ctx.clone();
        tokio::spawn(async move {
            if let Err(error) = save(&ctx, now).await {
                tracing::warn!(%error, "the undeclared proxy could not be stored for weida doctor");
            }
        });
    }

    /// The last sighting, unless it is old.
    #[must_use]
    pub fn seen(&self, now_ms: i64) -> Option<Sighting> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|last| now_ms - last.at_ms < MEMORY_MS)
    }
}

/// True where the request says that it was passed on.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| headers.contains_key(*name))
}

/// True if this request must have come through a proxy that the settings do not declare.
///
/// A header from a public address proves nothing, because every visitor can send it; naming that address would invite the operator to
/// trust it. A program that serves https always has a proxy, because it does not terminate TLS itself.
fn is_undeclared(settings: &Checked, headers: &HeaderMap, peer: IpAddr, path: &str) -> bool {
    let peer = peer.to_canonical();
    if settings.is_trusted_proxy(peer) || OPERATION_PATHS.contains(&path) {
        return false;
    }
    let is_near = match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    (is_near && is_forwarded(headers))
        || (peer.is_loopback() && !settings.is_private())
        || (settings.is_https && settings.trusted_proxies.is_empty())
}

async fn save(ctx: &Ctx, sighting: Sighting) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        store::fact::delete_fact(tx, FACT).await?;
        store::fact::insert_fact(tx, FACT, &format!("{} {}", sighting.peer, sighting.at_ms)).await?;
        Ok(())
    })
}

/// The last sighting that any instance stored, unless it has expired or the settings declare that address now.
///
/// # Errors
/// The database cannot be reached.
pub async fn stored(ctx: &Ctx) -> Result<Option<Sighting>, CoreError> {
    let text = store::fact::find_fact(&mut ctx.store.read().await?, FACT).await?;
    let sighting = text.as_deref().and_then(|text| {
        let (peer, at) = text.split_once(' ')?;
        Some(Sighting { peer: peer.parse().ok()?, at_ms: at.parse().ok()? })
    });
    Ok(sighting.filter(|s| ctx.now() - s.at_ms < MEMORY_MS && !ctx.settings.is_trusted_proxy(s.peer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Flags, load};
    use std::collections::BTreeMap;

    fn settings(url: &str, proxies: &str) -> Checked {
        let environment = [
            ("WEIDA_PUBLIC_URL", url),
            ("WEIDA_TRUSTED_PROXIES", proxies),
            ("WECHAT_APPID", "wx1"),
            ("WECHAT_SECRET", "x"),
            ("WECHAT_TOKEN", "abc"),
        ];
        let environment: BTreeMap<_, _> = environment.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        load(&Flags::default(), &environment).unwrap()
    }

    #[test]
    fn a_proxy_is_seen_where_it_is_one_and_nowhere_else() {
        let forwarded = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "192.0.2.1".parse().unwrap())]);
        let plain = HeaderMap::new();
        let (https, http, lan) = ("https://weida.example", "http://weida.example", "http://192.168.1.5:3000");
        for (url, proxies, peer, headers, expected) in [
            (https, "", "127.0.0.1", &plain, true),
            (https, "", "203.0.113.9", &plain, true),
            (https, "127.0.0.1", "127.0.0.1", &plain, false),
            (https, "127.0.0.1", "127.0.0.1", &forwarded, false),
            (https, "10.0.0.0/8", "127.0.0.1", &plain, true),
            (http, "", "127.0.0.1", &plain, true),
            (http, "", "::ffff:127.0.0.1", &plain, true),
            (http, "", "203.0.113.9", &plain, false),
            // Any visitor can send the header.
            (http, "", "203.0.113.9", &forwarded, false),
            (http, "", "172.18.0.2", &forwarded, true),
            (lan, "", "127.0.0.1", &plain, false),
            (lan, "", "127.0.0.1", &forwarded, true),
            (lan, "", "192.168.1.7", &plain, false),
        ] {
            let seen = is_undeclared(&settings(url, proxies), headers, peer.parse().unwrap(), "/login");
            assert_eq!(seen, expected, "{url} {proxies:?} {peer} {headers:?}");
        }
        assert!(!is_undeclared(&settings(http, ""), &plain, "127.0.0.1".parse().unwrap(), "/healthz"));
    }
}
