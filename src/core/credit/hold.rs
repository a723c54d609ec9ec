//! Credits for work under way: taken first, then kept or given back, whatever happens to the work.
//!
//! A hold has its row until it ends. Its instance renews the row; when the instance died, the row runs out and the next one to look
//! gives the credits back. Who asks again under the same key waits for the first one's end and gets the first one's answer.

use super::{Key, Kind, change, checked};
use crate::{
    core::{CoreError, Ctx, id::RANDOM_BITS, quota},
    store::{self, Tx, hold::HoldRow},
};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A hold that is not renewed for this long belongs to nobody.
const LEASE_MS: i64 = 10_000;
/// How long an answer is kept for those who ask again.
const KEY_TTL_MS: i64 = 24 * 3_600_000;
/// Who asks again looks this often whether the first one is done, and so many times: 12 s, more than any work may take.
const LOOK_AGAIN: Duration = Duration::from_millis(60);
const LOOKS: u32 = 200;
/// Work that is done is not lost to a rival's transaction.
const TRIES: u32 = 3;

/// The holds that this instance works on.
#[derive(Debug, Default)]
pub struct Holds(Mutex<HashSet<i64>>);

impl Holds {
    fn live(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of the wish to begin something that costs.
#[derive(Debug)]
pub enum Held {
    /// The credits were taken: the work may begin.
    Now(Hold),
    /// It was done before under this key, and answered with this.
    Before(String),
}

/// Credits taken for work under way. Dropped without [`Hold::commit`] they are given back.
#[derive(Debug)]
pub struct Hold {
    ctx: Ctx,
    row: HoldRow,
    fingerprint: Option<String>,
    /// What the user has left.
    pub balance: i64,
    is_over: bool,
}

/// Takes credits for work that is about to begin. Where `reason` is a feature of the levels, one use of it is counted along, and
/// given back along.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; [`CoreError::OverQuota`]; [`CoreError::KeyReused`] where the key came with another request before; [`CoreError::Busy`]
/// where the first one under this key takes too long; a flaw of `amount`.
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

/// One look; None while another one works under the same key.
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
    let _turn = ctx.turns.wait(user_id).await;
    let mut tx = ctx.store.begin().await?;
    if let Some(key) = key {
        store::hold::insert_key(&mut tx, user_id, &key.hash, &key.fingerprint, now, now + KEY_TTL_MS).await?;
    }
    let Some(balance) = change(ctx, &mut tx, user_id, Kind::Spend, amount, reason).await? else {
        return Err(CoreError::OutOfCredits);
    };
    quota::add_of_work(ctx, &mut tx, user_id, reason, now).await?;
    let row = HoldRow {
        // Dated: what it took of a day goes back to that day.
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
    /// The work is done: the credits stay spent, and `answer` is what who asks again is told (at most 4,000 characters).
    ///
    /// # Errors
    /// [`CoreError::OutOfCredits`] where the hold had run out and the credits are gone meanwhile: the work must not be handed out.
    pub async fn commit(mut self, answer: &str) -> Result<(), CoreError> {
        for _ in 0..TRIES {
            match self.commit_once(answer).await {
                // A deadlock with a rival: seen from a new start, it is simply done.
                Err(CoreError::Collided) => {}
                Err(e) => return Err(e),
                Ok(()) => {
                    self.end();
                    return Ok(());
                }
            }
        }
        Err(CoreError::Collided)
    }

    async fn commit_once(&self, answer: &str) -> Result<(), CoreError> {
        let mut tx = self.ctx.store.begin().await?;
        if !store::hold::delete_hold(&mut tx, self.row.id).await? {
            self.take_again(&mut tx).await?;
        }
        if let Some(hash) = &self.row.key_hash {
            store::hold::update_answer(&mut tx, self.row.user_id, hash, answer).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Nothing came of it: the credits go back, and the key is free again.
    ///
    /// # Errors
    /// The database cannot be reached: then they go back by themselves a little later.
    pub async fn refund(mut self) -> Result<(), CoreError> {
        // Taken before the first wait: dropped in the middle, this must not begin a second time.
        self.end();
        give_back(&self.ctx, &self.row, None).await
    }

    /// The hold ran out, for instance because this instance was asleep: what was given back is taken again.
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
        // Without a runtime the program is ending, and the hold runs out.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = give_back(&ctx, &row, None).await {
                    tracing::warn!(%error, "credits could not be given back at once");
                }
            });
        }
    }
}

/// When a hold was taken, in epoch milliseconds: ids grow with time.
fn begun_at(row: &HoldRow) -> i64 {
    row.id >> RANDOM_BITS
}

/// Gives a hold back, once; `if_over_at`: only if nobody has renewed it by then.
async fn give_back(ctx: &Ctx, row: &HoldRow, if_over_at: Option<i64>) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    let is_ours = match if_over_at {
        None => store::hold::delete_hold(&mut tx, row.id).await?,
        Some(now) => store::hold::delete_hold_if_over(&mut tx, row.id, now).await?,
    };
    if !is_ours {
        return Ok(());
    }
    // A user who is gone has nothing to be given.
    change(ctx, &mut tx, row.user_id, Kind::Refund, row.amount, &row.reason).await?;
    quota::give_back_of_work(ctx, &mut tx, row.user_id, &row.reason, begun_at(row)).await?;
    if let Some(hash) = &row.key_hash {
        store::hold::delete_unanswered(&mut tx, row.user_id, hash).await?;
    }
    Ok(tx.commit().await?)
}

/// Says that this instance's holds are being worked on. Called every other second; writes nothing when there are none.
///
/// # Errors
/// The database cannot be reached.
pub async fn renew(ctx: &Ctx) -> Result<(), CoreError> {
    let live: Vec<i64> = ctx.holds.live().iter().copied().collect();
    if live.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.begin().await?;
    for id in live {
        store::hold::update_renewed(&mut tx, id, ctx.now() + LEASE_MS).await?;
    }
    Ok(tx.commit().await?)
}

/// Gives back what belonged to instances that died. `is_alone`: this one is the only one and has just begun, so all that is
/// there is left over.
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
                    "credits of unfinished work were given back"
                ),
                // Somebody else does the same just now.
                Err(CoreError::Collided) => return Ok(()),
                Err(e) => return Err(e),
            }
        }
    }
}
