//! Credit holds for work in progress: credits are taken first, and spent or refunded when the work ends, even if the
//! process dies.
//!
//! A hold has a row until it ends. Its instance renews the row; if the instance dies, the row expires and another instance refunds
//! the credits. A repeated request with the same key waits for the first one and gets its answer.

use super::{Key, Kind, change, checked};
use crate::{
    base::id::RANDOM_BITS,
    core::{CoreError, Ctx, quota},
    store::{self, Tx, hold::HoldRow},
};
use std::time::Duration;

/// A hold that is not renewed for this long is abandoned.
const LEASE_MS: i64 = 10_000;
/// How long an answer is stored for repeated requests.
const KEY_TTL_MS: i64 = 24 * 3_600_000;
/// How often work is repeated under one key: an answer may be lost on its way, but not every time.
const MOST_REPEATS: i64 = 10;
/// A repeated request polls the first one at this interval, this many times: 12 s, longer than any work may take.
const LOOK_AGAIN: Duration = Duration::from_millis(60);
const LOOKS: u32 = 200;

/// The outcome of taking a hold.
#[derive(Debug)]
pub enum Held {
    /// The credits were taken: the work may begin.
    Now(Hold),
    /// The work was done before under this key, with this answer.
    Before(String),
}

/// Credits taken for work in progress. Refunded if dropped without [`Hold::commit`].
#[derive(Debug)]
pub struct Hold {
    ctx: Ctx,
    row: HoldRow,
    fingerprint: Option<String>,
    /// The user's balance after the hold.
    pub balance: i64,
    is_over: bool,
}

/// Takes credits for work that is about to begin. If `reason` is a feature of the levels, one use of it is counted, and refunded
/// with the hold.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; [`CoreError::OverQuota`]; [`CoreError::KeyReused`] if the key was used with another request before;
/// [`CoreError::Busy`] if the first request with this key takes too long; a field error of `amount`.
pub async fn hold(
    ctx: &Ctx,
    user_id: i64,
    amount: i64,
    reason: &'static str,
    key: Option<&Key>,
) -> Result<Held, CoreError> {
    checked(amount)?;
    for _ in 0..LOOKS {
        match attempt(ctx, user_id, amount, reason, key).await {
            Ok(Some(held)) => return Ok(held),
            Ok(None) | Err(CoreError::Collided) => {}
            Err(e) => return Err(e),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(CoreError::Busy)
}

/// Counts a repetition of work that was answered under its key before and must be done again: it takes a core but no
/// credits.
///
/// # Errors
/// [`CoreError::TooMany`] if it was repeated [`MOST_REPEATS`] times; the database cannot be reached.
pub async fn repeat(ctx: &Ctx, user_id: i64, key: &Key) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if !store::hold::update_repeated(tx, user_id, &key.hash, MOST_REPEATS).await? {
            return Err(CoreError::TooMany(KEY_TTL_MS / 1000));
        }
        Ok(())
    })
}

/// One attempt; `None` while another request works under the same key.
async fn attempt(
    ctx: &Ctx,
    user_id: i64,
    amount: i64,
    reason: &'static str,
    key: Option<&Key>,
) -> Result<Option<Held>, CoreError> {
    let now = ctx.now();
    if let Some(key) = key
        && let Some(known) = store::hold::find_key(&mut ctx.store.read().await?, user_id, &key.hash, now).await?
    {
        if known.fingerprint != key.fingerprint {
            return Err(CoreError::KeyReused);
        }
        return Ok(known.answer.map(Held::Before));
    }
    let _turn = ctx.lock_row(user_id).await;
    let mut tx = ctx.store.begin().await?;
    if let Some(key) = key {
        store::hold::insert_key(&mut tx, user_id, &key.hash, &key.fingerprint, now, now + KEY_TTL_MS).await?;
    }
    let Some(balance) = change(ctx, &mut tx, user_id, Kind::Spend, amount, reason).await? else {
        return Err(CoreError::OutOfCredits);
    };
    quota::add_of_work(ctx, &mut tx, user_id, reason, now).await?;
    let row = HoldRow {
        // The id is dated: a quota use of a past day is refunded to that day.
        id: ctx.next_id(),
        user_id,
        amount,
        reason: reason.to_owned(),
        key_hash: key.map(|key| key.hash.clone()),
        expires_at: now + LEASE_MS,
    };
    store::hold::insert_hold(&mut tx, row.clone()).await?;
    tx.commit().await?;
    ctx.holds.live().insert(row.id);
    let fingerprint = key.map(|key| key.fingerprint.clone());
    Ok(Some(Held::Now(Hold { ctx: ctx.clone(), row, fingerprint, balance, is_over: false })))
}

impl Hold {
    /// The work is done: the credits stay spent, and repeated requests get `answer` (at most 4,000 characters).
    ///
    /// # Errors
    /// [`CoreError::OutOfCredits`] if the hold expired and the credits were spent meanwhile: the result must not be delivered.
    pub async fn commit(mut self, answer: &str) -> Result<(), CoreError> {
        store::transact!(self.ctx.store, |tx| -> Result<(), CoreError> {
            if !store::hold::delete_hold(tx, self.row.id).await? {
                self.take_again(tx).await?;
            }
            if let Some(hash) = &self.row.key_hash {
                store::hold::update_answer(tx, self.row.user_id, hash, answer).await?;
            }
            Ok(())
        })?;
        self.end();
        Ok(())
    }

    /// The work failed: refunds the credits and frees the key.
    ///
    /// # Errors
    /// The database cannot be reached: the credits are refunded later, when the hold expires.
    pub async fn refund(mut self) -> Result<(), CoreError> {
        // Marked ended before the first await: if this future is dropped, the refund must not start twice.
        self.end();
        give_back(&self.ctx, &self.row, None).await
    }

    /// The work failed but is charged: the credits stay spent, and the key is free again. False if the hold had expired and was
    /// refunded.
    ///
    /// # Errors
    /// The database cannot be reached: the credits are refunded later, when the hold expires.
    pub async fn keep(mut self) -> Result<bool, CoreError> {
        self.end();
        store::transact!(self.ctx.store, |tx| {
            let is_kept = store::hold::delete_hold(tx, self.row.id).await?;
            if is_kept && let Some(hash) = &self.row.key_hash {
                store::hold::delete_unanswered(tx, self.row.user_id, hash).await?;
            }
            Ok(is_kept)
        })
    }

    /// The hold expired, for instance because this instance was suspended: takes the refunded credits again.
    async fn take_again(&self, tx: &mut Tx) -> Result<(), CoreError> {
        let row = &self.row;
        if let (Some(hash), Some(fingerprint)) = (&row.key_hash, &self.fingerprint) {
            let now = self.ctx.now();
            store::hold::insert_key(tx, row.user_id, hash, fingerprint, now, now + KEY_TTL_MS).await?;
        }
        quota::add_of_work(&self.ctx, tx, row.user_id, &row.reason, begun_at(row)).await?;
        let taken = change(&self.ctx, tx, row.user_id, Kind::Spend, row.amount, &row.reason).await?;
        taken.map(drop).ok_or(CoreError::OutOfCredits)
    }

    fn end(&mut self) {
        self.is_over = true;
        self.ctx.holds.live().remove(&self.row.id);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.end();
        let (ctx, row) = (self.ctx.clone(), self.row.clone());
        // Without a runtime the program is ending, and the hold expires.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = give_back(&ctx, &row, None).await {
                    tracing::warn!(%error, "credits could not be refunded immediately");
                }
            });
        }
    }
}

/// When a hold was taken, in epoch milliseconds: ids increase with time.
fn begun_at(row: &HoldRow) -> i64 {
    row.id >> RANDOM_BITS
}

/// Refunds a hold, once; `if_over_at`: only if it was not renewed by then.
async fn give_back(ctx: &Ctx, row: &HoldRow, if_over_at: Option<i64>) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        let is_ours = match if_over_at {
            None => store::hold::delete_hold(tx, row.id).await?,
            Some(now) => store::hold::delete_hold_if_over(tx, row.id, now).await?,
        };
        if !is_ours {
            return Ok(());
        }
        // A deleted user has no balance.
        change(ctx, tx, row.user_id, Kind::Refund, row.amount, &row.reason).await?;
        quota::give_back_of_work(ctx, tx, row.user_id, &row.reason, begun_at(row)).await?;
        if let Some(hash) = &row.key_hash {
            store::hold::delete_unanswered(tx, row.user_id, hash).await?;
        }
        Ok(())
    })
}

/// Renews this instance's holds. Called every other second; writes nothing if there are none.
///
/// # Errors
/// The database cannot be reached.
pub async fn renew(ctx: &Ctx) -> Result<(), CoreError> {
    let live: Vec<i64> = ctx.holds.live().iter().copied().collect();
    if live.is_empty() {
        return Ok(());
    }
    store::transact!(ctx.store, |tx| {
        for id in &live {
            store::hold::update_renewed(tx, *id, ctx.now() + LEASE_MS).await?;
        }
        Ok(())
    })
}

/// Refunds the holds of instances that died. `is_alone`: this is the only instance and has just started, so all holds are
/// abandoned.
///
/// # Errors
/// The database cannot be reached.
pub async fn release(ctx: &Ctx, is_alone: bool) -> Result<(), CoreError> {
    let over_at = if is_alone { i64::MAX } else { ctx.now() };
    loop {
        let over = store::hold::list_over(&mut ctx.store.read().await?, over_at).await?;
        if over.is_empty() {
            return Ok(());
        }
        for row in over {
            match give_back(ctx, &row, Some(over_at)).await {
                Ok(()) => tracing::info!(
                    user = row.user_id,
                    amount = row.amount,
                    "credits held for unfinished work were refunded"
                ),
                // A concurrent instance does the same.
                Err(CoreError::Collided) => return Ok(()),
                Err(e) => return Err(e),
            }
        }
    }
}
