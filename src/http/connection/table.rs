//! The table of open connections, and the concurrent requests of each address.

use super::{
    Policy,
    entry::{Class, Entry},
};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Connections above a peer's limit that may wait for the head of their first request, in case it is a signed push.
const BEYOND_MAX: usize = 16;
/// How long a new connection waits for the end of the one that was closed for it.
const PATIENCE: Duration = Duration::from_millis(200);

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    entries: HashMap<u64, Arc<Entry>>,
    /// Connections per peer.
    peers: HashMap<IpAddr, usize>,
    /// Concurrent requests per address.
    requests: HashMap<IpAddr, usize>,
}

/// Open connections and active requests.
#[derive(Debug, Default)]
pub struct Table {
    open: Mutex<Open>,
    freed: Notify,
}

/// Whether a new connection is accepted.
pub enum Admission {
    Admitted(Ticket),
    Refused,
}

/// A connection's entry in the table, removed on drop.
pub struct Ticket {
    table: Arc<Table>,
    id: u64,
    entry: Arc<Entry>,
    is_counted: bool,
}

impl Ticket {
    pub fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.table.open();
        open.entries.remove(&self.id);
        if self.is_counted {
            subtract(&mut open.peers, self.entry.peer);
        }
        drop(open);
        metrics::gauge!("weida_connections_open").decrement(1);
        self.table.freed.notify_one();
    }
}

/// One active request of an address, counted until dropped.
pub struct Share {
    table: Arc<Table>,
    address: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        subtract(&mut self.table.open().requests, self.address);
    }
}

fn subtract(counts: &mut HashMap<IpAddr, usize>, key: IpAddr) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

/// Groups the addresses of one customer: a full IPv4 address, the first 64 bits of an IPv6 address.
pub fn key_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn refuse(reason: &'static str) {
    metrics::counter!("weida_connections_refused_total", "reason" => reason).increment(1);
}

impl Table {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a new connection; at a limit, closes another one for it.
    pub async fn admit(self: &Arc<Self>, policy: &Policy, peer: IpAddr) -> Admission {
        if !self.has_room(policy.limits.total).await {
            refuse("total");
            return Admission::Refused;
        }
        let is_counted = !(policy.is_trusted_proxy)(peer);
        let most = most_of(policy, peer);
        let peer = key_of(peer);
        let mut open = self.open();
        let is_full = is_counted && open.peers.get(&peer).is_some_and(|count| *count >= most);
        // A peer above its limit loses its own connections, idle ones first.
        let is_beyond = is_full && !open.evict(|entry, class| entry.peer == peer && class <= Class::Head);
        if is_beyond && open.beyond(peer) >= BEYOND_MAX {
            open.evict(|entry, _| entry.peer == peer && entry.is_beyond);
        }
        let entry = Arc::new(Entry::new(peer, is_beyond));
        let is_counted = is_counted && !is_beyond;
        if is_counted {
            *open.peers.entry(peer).or_default() += 1;
        }
        let id = open.next_id;
        open.next_id += 1;
        open.entries.insert(id, entry.clone());
        metrics::gauge!("weida_connections_open").increment(1);
        Admission::Admitted(Ticket { table: self.clone(), id, entry, is_counted })
    }

    /// Makes room for one more; false if all connections are busy.
    async fn has_room(&self, total: usize) -> bool {
        let until = Instant::now() + PATIENCE;
        loop {
            {
                let mut open = self.open();
                if open.entries.len() < total {
                    return true;
                }
                let is_ending = open.entries.values().any(|entry| entry.is_evicted());
                if !is_ending && !open.evict(|_, _| true) {
                    return false;
                }
            }
            if tokio::time::timeout_at(until, self.freed.notified()).await.is_err() {
                return self.open().entries.len() < total;
            }
        }
    }

    /// Closes the oldest connection of the lowest class, if any may be closed.
    pub fn end_oldest(&self) {
        self.open().evict(|_, _| true);
    }

    /// Counts one request of an address; `None` if it has too many at a time.
    pub fn share(self: &Arc<Self>, policy: &Policy, address: IpAddr) -> Option<Share> {
        let most = most_of(policy, address);
        let address = key_of(address);
        let mut open = self.open();
        let count = open.requests.entry(address).or_default();
        if *count >= most {
            refuse("address");
            return None;
        }
        *count += 1;
        drop(open);
        Some(Share { table: self.clone(), address })
    }
}

fn most_of(policy: &Policy, address: IpAddr) -> usize {
    policy.limits.per_address.saturating_mul(usize::try_from((policy.factor)(address)).unwrap_or(1))
}

impl Open {
    /// Closes, of the matching connections, the oldest of the lowest class; false if there is none.
    fn evict(&mut self, fits: impl Fn(&Entry, Class) -> bool) -> bool {
        let found = self.entries.values().filter_map(|entry| Some((entry.class()?, entry)));
        let victim = found.filter(|((class, _), entry)| fits(entry, *class)).min_by_key(|(class, _)| *class);
        let Some((_, victim)) = victim else { return false };
        victim.evict();
        refuse("evicted");
        true
    }

    fn beyond(&self, peer: IpAddr) -> usize {
        let waits = |entry: &&Arc<Entry>| entry.is_beyond && entry.peer == peer && entry.class().is_some();
        self.entries.values().filter(waits).count()
    }
}
