//! Runs the tasks of this instance's connections.
//!
//! An instance owns connections by a lease with a fencing number, which it renews with one statement every few seconds; each write of a
//! task is conditional on that number. Once a lease has expired, another instance ends it and takes its connections. An instance that
//! could not renew its lease in time ends its tasks by itself, before another one may take over. Clocks of instances may differ by
//! [`MARGIN`].

use super::{
    change::{self, TOPIC},
    channel,
    channels::{Lease, Running},
};
use crate::{
    core::{CoreError, Ctx},
    store::{
        self,
        ilink_connection::{EpochRow, Held},
    },
};
use futures::{FutureExt as _, future::join_all};
use std::{panic::AssertUnwindSafe, sync::atomic::Ordering, time::Duration};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How often the supervisor looks for changes of other instances and for leases that expired.
const ROUND: Duration = Duration::from_secs(2);
/// How long a lease lasts, in milliseconds. With two rounds it is less than the 15 s within which another instance takes over.
const LEASE_MS: i64 = 9_000;
/// A lease is renewed once it is this old.
const RENEW_AFTER: Duration = Duration::from_secs(3);
/// How long before its end an instance stops relying on its lease.
const MARGIN: Duration = Duration::from_secs(2);
/// How long the tasks may take to end when the program stops.
const END: Duration = Duration::from_secs(4);
/// The sequence of fencing numbers.
const FENCES: &str = "ilink-fence";

/// Runs the channel on this instance until `stopping`; then ends all tasks and gives their connections up to other instances.
pub async fn run(ctx: Ctx, stopping: CancellationToken) {
    let mut ticks = tokio::time::interval(ROUND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut watch, mut has_leases) = (ctx.store.watch(), true);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                // An idle program without the channel queries nothing on the embedded database.
                if !watch.may_have_changed() && !has_leases && !ctx.ilink.has_ended() {
                    continue;
                }
            }
            () = ctx.ilink.woken() => {}
            () = expired(&ctx) => {}
            () = stopping.cancelled() => break,
        }
        tokio::select! {
            done = AssertUnwindSafe(round(&ctx)).catch_unwind() => match done {
                Ok(Ok(any)) => has_leases = any,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the connections of the personal channel could not be looked at");
                    has_leases = true;
                }
                Err(_) => {
                    tracing::error!("the supervisor of the personal channel panicked and will run again");
                    has_leases = true;
                }
            },
            () = expired(&ctx) => {}
        }
        end_if_expired(&ctx);
    }
    stop(&ctx).await;
}

/// Waits until this instance can no longer rely on its lease.
async fn expired(ctx: &Ctx) {
    match ctx.ilink.lease() {
        Some(lease) => tokio::time::sleep_until(lease.valid_until).await,
        None => std::future::pending().await,
    }
}

/// Ends all tasks if the lease is no longer certain.
fn end_if_expired(ctx: &Ctx) {
    if ctx.ilink.lease().is_some_and(|lease| Instant::now() >= lease.valid_until) {
        tracing::warn!("the lease of the personal channel could not be renewed in time: its tasks were ended");
        lose(ctx);
    }
}

fn lose(ctx: &Ctx) {
    ctx.ilink.set_lease(None);
    ctx.ilink.end_all();
    // The next round looks at all connections.
    ctx.ilink.revision.store(-1, Ordering::SeqCst);
}

/// One look at the connections. False if no instance has a lease: then nothing happens until a commit.
async fn round(ctx: &Ctx) -> Result<bool, CoreError> {
    renew(ctx).await?;
    let mut db = ctx.store.read().await?;
    let revision = store::fact::find_revision(&mut db, TOPIC).await?;
    let leases = store::ilink_lease::list_leases(&mut db).await?;
    drop(db);
    let own = ctx.ilink.lease().map(|lease| lease.fence);
    let (now, mut is_changed) = (ctx.now(), false);
    for lease in leases.iter().filter(|lease| Some(lease.fence) != own && lease.lease_until <= now) {
        is_changed |= release_expired(ctx, lease.fence).await?;
    }
    if is_changed || ctx.ilink.revision.load(Ordering::SeqCst) != revision || ctx.ilink.has_ended() {
        // Before the work, which may ask for another look at all connections.
        ctx.ilink.revision.store(revision, Ordering::SeqCst);
        if let Err(error) = follow(ctx).await {
            ctx.ilink.revision.store(-1, Ordering::SeqCst);
            return Err(error);
        }
    }
    Ok(!leases.is_empty() || ctx.ilink.lease().is_some())
}

/// Renews the lease of this instance, if it has one and it is due.
async fn renew(ctx: &Ctx) -> Result<(), CoreError> {
    let Some(lease) = ctx.ilink.lease() else { return Ok(()) };
    let (begun, until) = (Instant::now(), ctx.now() + LEASE_MS);
    if valid_until(begun) < lease.valid_until + RENEW_AFTER {
        return Ok(());
    }
    if store::transact!(ctx.store, |tx| store::ilink_lease::update_renewed(tx, lease.fence, until).await)? {
        ctx.ilink.set_lease(Some(Lease { valid_until: valid_until(begun), ..lease }));
    } else {
        tracing::warn!("another instance ended this instance's lease of the personal channel");
        lose(ctx);
    }
    Ok(())
}

/// The end of a lease that was renewed at this moment or later.
fn valid_until(begun: Instant) -> Instant {
    begun + Duration::from_millis(LEASE_MS.unsigned_abs()) - MARGIN
}

/// Releases the connections of all leases: at the start of the only instance, whose predecessor may have been killed.
///
/// # Errors
/// The database cannot be reached.
pub async fn release_all(ctx: &Ctx) -> Result<(), CoreError> {
    let leases = store::ilink_lease::list_leases(&mut ctx.store.read().await?).await?;
    for lease in leases {
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            store::ilink_connection::update_released(tx, lease.fence).await?;
            Ok(store::ilink_lease::delete_lease(tx, lease.fence).await?)
        })?;
    }
    Ok(())
}

/// Ends the expired lease of another instance and releases its connections; true for the one instance that did.
async fn release_expired(ctx: &Ctx, fence: i64) -> Result<bool, CoreError> {
    let is_ours = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        if !store::ilink_lease::delete_expired(tx, fence, ctx.now()).await? {
            return Ok(false);
        }
        store::ilink_connection::update_released(tx, fence).await?;
        change::changed(ctx, tx).await?;
        Ok(true)
    })?;
    if is_ours {
        tracing::warn!(
            fence,
            "an instance no longer renews its lease of the personal channel: its connections were released"
        );
    }
    Ok(is_ours)
}

/// Takes connections that no instance runs, ends tasks of connections that changed, and starts missing ones.
async fn follow(ctx: &Ctx) -> Result<(), CoreError> {
    if store::ilink_connection::has_unclaimed(&mut ctx.store.read().await?).await? {
        claim(ctx).await?;
    }
    let Some(lease) = ctx.ilink.lease() else { return Ok(()) };
    let rows = store::ilink_connection::list_claimed(&mut ctx.store.read().await?, lease.fence).await?;
    for row in ctx.ilink.retain(&rows) {
        start(ctx, lease.fence, &row);
    }
    metrics::gauge!("weida_ilink_connections").set(f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
    if rows.is_empty() {
        // An instance without connections renews no lease.
        ctx.ilink.set_lease(None);
        store::transact!(ctx.store, |tx| store::ilink_lease::delete_lease(tx, lease.fence).await)?;
    }
    Ok(())
}

/// Takes all connections that no instance runs, with the lease of this instance or a new one.
async fn claim(ctx: &Ctx) -> Result<(), CoreError> {
    let known = ctx.ilink.lease();
    let begun = Instant::now();
    let claimed = store::transact!(ctx.store, |tx| -> Result<Option<i64>, CoreError> {
        let until = ctx.now() + LEASE_MS;
        let fence = match known {
            // Its row stays locked: no other instance ends it between here and the commit.
            Some(lease) if !store::ilink_lease::update_renewed(tx, lease.fence, until).await? => return Ok(None),
            Some(lease) => lease.fence,
            None => {
                let fence = store::fact::next_number(tx, FENCES).await?;
                store::ilink_lease::insert_lease(tx, fence, until).await?;
                fence
            }
        };
        store::ilink_connection::update_claimed(tx, fence).await?;
        Ok(Some(fence))
    })?;
    match claimed {
        Some(fence) => ctx.ilink.set_lease(Some(Lease { fence, valid_until: valid_until(begun) })),
        None => lose(ctx),
    }
    Ok(())
}

fn start(ctx: &Ctx, fence: i64, row: &EpochRow) {
    let (stop, ctx) = (CancellationToken::new(), ctx.clone());
    let held = Held { user_id: row.user_id, fence, epoch: row.epoch };
    let task = tokio::spawn(channel::run(ctx.official(), held, stop.clone()));
    ctx.ilink.insert(row.user_id, Running { epoch: row.epoch, stop, task });
}

/// Ends all tasks and this instance's lease, so that other instances need not wait for its end.
async fn stop(ctx: &Ctx) {
    ctx.ilink.end_logins();
    let tasks = ctx.ilink.end_all();
    if tokio::time::timeout(END, join_all(tasks)).await.is_err() {
        tracing::warn!("some connections of the personal channel were still busy");
    }
    let Some(lease) = ctx.ilink.lease() else { return };
    ctx.ilink.set_lease(None);
    let released = store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        store::ilink_connection::update_released(tx, lease.fence).await?;
        store::ilink_lease::delete_lease(tx, lease.fence).await?;
        Ok(store::fact::bump_revision(tx, TOPIC).await?)
    });
    if let Err(error) = released {
        tracing::warn!(%error, "the connections of the personal channel could not be given up: they are taken once the lease expires");
    }
}
