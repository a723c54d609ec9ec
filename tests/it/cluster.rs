//! Several hosts in the database's URL; and transactions on different nodes of a Galera cluster: of two that change the same row, the first to
//! be certified wins, and the other fails at its commit. `cargo xtask cluster galera` runs this on a cluster.

use crate::rig::{App, Database, Engine, eventually, two_apps};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use weida::{
    core::{CoreError, counter},
    store::{self, Store, StoreError},
    transact,
};

crate::every_engine!(
    another_host_is_used_once_the_first_is_gone,
    a_conflict_at_the_commit_is_a_collision_and_done_again,
    two_nodes_lose_no_increment,
    a_lock_holds_on_every_node,
);

/// The longest time until another host is used.
const RECOVERY_MAX: Duration = Duration::from_secs(5);

/// A host that leads to a database server, until this is dropped: then it refuses connections, and those that were open are closed.
struct Host {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Host {
    async fn of(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let server = server.clone();
                connections.spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    copy_bidirectional(&mut client, &mut server).await.ok();
                });
            }
        });
        Self { address, serving }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn another_host_is_used_once_the_first_is_gone(database: &Database) {
    let Some(server) = database.address() else {
        eprintln!("skipped: a file has no hosts");
        return;
    };
    drop(App::on(database).await);
    let hosts = [Host::of(server.clone()).await, Host::of(server.clone()).await, Host::of(server).await];
    let url = database.url_by(&hosts.each_ref().map(|host| host.address.to_string()));
    let [never, first, second] = hosts;
    // The first host of the list is gone from the beginning.
    drop(never);
    let store = Store::open(&url).await.unwrap();
    increment(&store).await.unwrap();
    drop(first);
    let begun = Instant::now();
    assert!(eventually(RECOVERY_MAX, async || increment(&store).await.is_ok()).await, "no other host was used");
    eprintln!("{:?}: another host was used after {:?}", database.engine, begun.elapsed());
    drop(second);
    assert!(increment(&store).await.is_err());
    store.close().await;
}

/// False where each instance uses the same server: there a row that another transaction changed is locked, and nothing fails at the commit.
fn is_galera(database: &Database) -> bool {
    let is_galera = database.engine == Engine::MariaDb && database.is_cluster();
    if !is_galera {
        eprintln!("skipped: {:?} is no Galera cluster (cargo xtask cluster galera starts one)", database.engine);
    }
    is_galera
}

async fn increment(store: &Store) -> Result<(), StoreError> {
    transact!(*store, |tx| store::counter::update_incremented(tx, "count").await)
}

async fn a_conflict_at_the_commit_is_a_collision_and_done_again(database: &Database) {
    if !is_galera(database) {
        return;
    }
    let (one, other) = two_apps(database, &[]).await;
    let mut tx = one.ctx.store.begin().await.unwrap();
    store::counter::update_incremented(&mut tx, "count").await.unwrap();
    increment(&other.ctx.store).await.unwrap();
    let committed = tx.commit().await;
    assert!(matches!(committed, Err(StoreError::Collision)), "{committed:?}");

    let (mut attempts, effects) = (0, Arc::new(AtomicU32::new(0)));
    let value = transact!(one.ctx.store, |tx| -> Result<i64, CoreError> {
        attempts += 1;
        let counted = effects.clone();
        tx.after_commit(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        store::counter::update_incremented(tx, "count").await?;
        let value = store::counter::find_value(tx, "count").await?;
        if attempts == 1 {
            increment(&other.ctx.store).await?;
        }
        Ok(value)
    });
    assert_eq!((value.unwrap(), attempts, effects.load(Ordering::SeqCst)), (3, 2, 1));
}

async fn two_nodes_lose_no_increment(database: &Database) {
    if !is_galera(database) {
        return;
    }
    let (one, other) = two_apps(database, &[]).await;
    let work = |ctx: weida::core::OfficialCtx| {
        tokio::spawn(async move {
            let mut done = 0;
            for _ in 0..50 {
                // A request that collides too often is refused, and not counted.
                done += i64::from(counter::increment(&ctx).await.is_ok());
            }
            done
        })
    };
    let (a, b) = (work(one.ctx.clone()), work(other.ctx.clone()));
    let done = a.await.unwrap() + b.await.unwrap();
    assert!(done >= 50, "{done}");
    assert_eq!(counter::value(&one.ctx).await.unwrap(), done);
    assert_eq!(counter::value(&other.ctx).await.unwrap(), done);
}

/// A lock that changed no row would be known to one node only.
async fn a_lock_holds_on_every_node(database: &Database) {
    if !is_galera(database) {
        return;
    }
    let (one, other) = two_apps(database, &[]).await;
    let user = crate::rig::new_user(&one, "oLocked").await;
    let mut tx = one.ctx.store.begin().await.unwrap();
    assert!(store::user::lock_user(&mut tx, user).await.unwrap());
    let locked: Result<bool, StoreError> = transact!(other.ctx.store, |tx| store::user::lock_user(tx, user).await);
    assert!(locked.unwrap());
    let committed = tx.commit().await;
    assert!(matches!(committed, Err(StoreError::Collision)), "{committed:?}");
}
