//! Limits on guessing codes: per source first (an address with its networks, or a follower in the chat), then in total.
//!
//! The total reserves guesses for sources without recent failures: an attacker who guesses wrong uses up their own share, not
//! that of users with the right code. A right guess is given back to every limit.

use super::{Counter, Limit, Taken, bucket, give_back, network, of_address, of_subject, take_each, take_one};
use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
    },
    store::{self, StoreError, Tx, TxError},
};
use std::net::IpAddr;

/// An address still counts as without failures if its wide network has at most this many recent ones.
const NEIGHBOURS: i64 = 4;

/// The counters of one guess.
struct Guess {
    /// The source's own limits.
    own: Vec<Counter>,
    /// The source's recent failures.
    recent: Vec<Recent>,
    total: Counter,
    reserve: Counter,
}

/// The recent failures of a source, or of a network that contains it.
struct Recent {
    now: Counter,
    /// The bucket of the previous window.
    before: String,
    /// Up to this many failures, including the current one, the source counts as without failures.
    clean: i64,
}

impl Recent {
    fn new(ctx: &Ctx, limit: Limit, subject: &str, clean: i64) -> Self {
        Self { now: of_subject(ctx, limit, subject, 1), before: bucket(ctx, limit, subject, 1), clean }
    }

    async fn is_clean(&self, db: &mut Tx) -> Result<bool, StoreError> {
        let now = store::limit::find_used(db, &self.now.bucket).await?.unwrap_or(0);
        let before = store::limit::find_used(db, &self.before).await?.unwrap_or(0);
        Ok(now + before <= self.clean)
    }
}

impl Guess {
    fn of_address(ctx: &Ctx, limits: &[Limit], address: IpAddr) -> Self {
        let factor = super::factor(ctx, address);
        let recent = |subject: String, clean| Recent::new(ctx, Limit::RecentCodes, &subject, clean * factor);
        Self {
            own: limits.iter().flat_map(|limit| of_address(ctx, *limit, address)).collect(),
            recent: vec![recent(network::narrowest(address), 1), recent(network::widest(address), NEIGHBOURS)],
            total: of_subject(ctx, Limit::WrongCodes, "all", 1),
            reserve: of_subject(ctx, Limit::ReservedGuesses, "all", 1),
        }
    }

    fn of_person(ctx: &Ctx, openid: &str) -> Self {
        Self {
            own: vec![of_subject(ctx, Limit::SentCodes, openid, 1)],
            recent: vec![Recent::new(ctx, Limit::RecentSentCodes, openid, 1)],
            total: of_subject(ctx, Limit::WrongSentCodes, "all", 1),
            reserve: of_subject(ctx, Limit::ReservedSentCodes, "all", 1),
        }
    }

    /// Of redemption codes: typed into a page or sent in the chat.
    fn of_user(ctx: &Ctx, user_id: i64) -> Self {
        let subject = format!("user/{user_id}");
        Self {
            own: vec![of_subject(ctx, Limit::RedemptionCodes, &subject, 1)],
            recent: vec![Recent::new(ctx, Limit::RecentRedemptionCodes, &subject, 1)],
            total: of_subject(ctx, Limit::WrongRedemptionCodes, "all", 1),
            reserve: of_subject(ctx, Limit::ReservedRedemptionCodes, "all", 1),
        }
    }

    /// Takes the guess. Every transaction locks its counters in the same order, which prevents deadlocks.
    async fn take(&self, ctx: &Ctx, db: &mut Tx) -> Result<Outcome<'_>, StoreError> {
        let recent: Vec<Counter> = self.recent.iter().map(|recent| recent.now.clone()).collect();
        let mut taken = match take_each(ctx, db, &self.own).await? {
            Ok(taken) => taken,
            Err(full) => return Ok(Outcome::Full { by: full, is_total: false }),
        };
        for counter in &recent {
            take_one(ctx, db, counter).await?;
            taken.0.push(counter.bucket.clone());
        }
        if take_one(ctx, db, &self.total).await? {
            taken.0.push(self.total.bucket.clone());
            return Ok(Outcome::Taken { taken, is_slowed: false });
        }
        let mut is_clean = true;
        for recent in &self.recent {
            is_clean = is_clean && recent.is_clean(db).await?;
        }
        if is_clean && take_one(ctx, db, &self.reserve).await? {
            taken.0.push(self.reserve.bucket.clone());
            return Ok(Outcome::Taken { taken, is_slowed: true });
        }
        give_back(db, &taken).await?;
        Ok(Outcome::Full { by: &self.total, is_total: true })
    }
}

enum Outcome<'a> {
    Taken { taken: Taken, is_slowed: bool },
    Full { by: &'a Counter, is_total: bool },
}

/// Takes one guess of a code typed into a page, before the code is checked: give it back if the guess was right. The address and its
/// networks have their own limit. Beyond the total limit only addresses without recent failures may guess, and the admins are notified,
/// once an hour.
///
/// # Errors
/// [`CoreError::TooMany`] if a limit is reached.
pub async fn take_guess(ctx: &Ctx, address: IpAddr) -> Result<Taken, CoreError> {
    take(ctx, &Guess::of_address(ctx, &[Limit::AddressCodes], address)).await
}

/// [`take_guess`] for a code without a sign-in session: no browser limits the guesses, so an address has few of them per hour.
///
/// # Errors
/// [`CoreError::TooMany`] if a limit is reached.
pub async fn take_unbound_guess(ctx: &Ctx, address: IpAddr) -> Result<Taken, CoreError> {
    take(ctx, &Guess::of_address(ctx, &[Limit::UnboundCodes, Limit::AddressCodes], address)).await
}

/// Whether digits that a follower sent may be looked up as a code.
#[derive(Debug)]
pub enum Sent {
    /// Counted as wrong: give it back if the code was right.
    Counted(Taken),
    /// Seconds until the next try.
    Over(i64),
}

/// Takes one guess of a follower who sends digits in the chat, inside the transaction of the message.
///
/// # Errors
/// [`StoreError::Duplicate`] if a concurrent transaction created the counter: retry the transaction.
pub async fn take_sent(ctx: &Ctx, db: &mut Tx, openid: &str) -> Result<Sent, StoreError> {
    take_within(ctx, db, &Guess::of_person(ctx, openid)).await
}

/// Takes one guess of a user who redeems a code, inside the caller's transaction.
///
/// # Errors
/// As [`take_sent`].
pub async fn take_redemption(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<Sent, StoreError> {
    take_within(ctx, db, &Guess::of_user(ctx, user_id)).await
}

async fn take_within(ctx: &Ctx, db: &mut Tx, guess: &Guess) -> Result<Sent, StoreError> {
    let (sent, is_slowed) = match guess.take(ctx, db).await? {
        Outcome::Taken { taken, is_slowed } => (Sent::Counted(taken), is_slowed),
        Outcome::Full { by, is_total } => (Sent::Over(super::seconds_left(ctx, by.limit)), is_total),
    };
    if is_slowed {
        alarm_within(ctx, db).await?;
    }
    Ok(sent)
}

/// Why a guess was not taken.
enum Untaken<'a> {
    Full { by: &'a Counter, is_total: bool },
    Failed(StoreError),
}

impl From<StoreError> for Untaken<'_> {
    fn from(e: StoreError) -> Self {
        Self::Failed(e)
    }
}

impl TxError for Untaken<'_> {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Failed(e) if e.is_collision())
    }
}

async fn take(ctx: &Ctx, guess: &Guess) -> Result<Taken, CoreError> {
    let taken = store::transact!(ctx.store, |tx| match guess.take(ctx, tx).await? {
        Outcome::Taken { taken, is_slowed } => Ok((taken, is_slowed)),
        Outcome::Full { by, is_total } => Err(Untaken::Full { by, is_total }),
    });
    let (taken, is_slowed) = match taken {
        Ok((taken, is_slowed)) => (Ok(taken), is_slowed),
        Err(Untaken::Full { by, is_total }) => (Err(by.refusal(ctx)), is_total),
        Err(Untaken::Failed(e)) => return Err(CoreError::from(e).busy_if_collided()),
    };
    if is_slowed {
        alarm(ctx).await?;
    }
    if taken.is_ok() {
        metrics::counter!("weida_code_guesses_total").increment(1);
    }
    taken
}

async fn alarm(ctx: &Ctx) -> Result<(), CoreError> {
    let bucket = bucket(ctx, Limit::Alarms, "all", 0);
    if store::limit::find_used(&mut ctx.store.read().await?, &bucket).await?.is_some() {
        return Ok(());
    }
    match store::transact!(ctx.store, |tx| alarm_within(ctx, tx).await) {
        // Concurrent guesses notify them.
        Err(e) if StoreError::is_retryable(&e) => Ok(()),
        other => Ok(other?),
    }
}

async fn alarm_within(ctx: &Ctx, db: &mut Tx) -> Result<(), StoreError> {
    if !super::take_within(ctx, db, Limit::Alarms, "all").await? {
        return Ok(());
    }
    tracing::warn!(
        "too many wrong codes in this minute: only addresses and followers without recent failures may guess again"
    );
    let most = Limit::WrongCodes.most(ctx);
    audit::note(ctx, db, Act::CodesSlowed, "codes".to_owned(), (None, ""), &format!("{most} / min")).await
}
