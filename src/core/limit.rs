//! Rate limits on guessing and flooding: counted before anything is checked, in the database, for all instances and
//! dialects.

mod guess;
mod network;

pub use guess::{Sent, take_guess, take_redemption, take_sent, take_unbound_guess};

use super::{CoreError, Ctx};
use crate::base::secret::Use;
use crate::store::{self, StoreError, Tx};
use network::Widening;
use std::{cell::Cell, net::IpAddr};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The platform's day begins at midnight in China.
const SHANGHAI_MS: i64 = 8 * HOUR_MS;

/// The limited actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// New sign-in sessions, per address and minute.
    NewSessions,
    /// Wrong passwords, per address and minute.
    PasswordFailures,
    /// Wrong typed codes, per address and minute.
    AddressCodes,
    /// Wrong typed codes, per address and ten minutes: whether it has any.
    RecentCodes,
    /// Wrong typed codes in total, per minute.
    WrongCodes,
    /// Wrong typed codes beyond that, for addresses without recent ones.
    ReservedGuesses,
    /// Wrong codes without a session, per address and hour.
    UnboundCodes,
    /// Wrong codes sent in the chat, per follower and minute.
    SentCodes,
    /// Wrong codes sent in the chat, per follower and ten minutes: whether there are any.
    RecentSentCodes,
    /// Wrong codes sent in the chat in total, per minute.
    WrongSentCodes,
    /// Wrong codes sent in the chat beyond that, for followers without recent ones.
    ReservedSentCodes,
    /// Digits in the chat that match a rule and are looked up as a code too, per follower and minute.
    KeywordDigits,
    /// Wrong redemption codes, per user and minute.
    RedemptionCodes,
    /// Wrong redemption codes, per user and ten minutes: whether there are any.
    RecentRedemptionCodes,
    /// Wrong redemption codes in total, per minute.
    WrongRedemptionCodes,
    /// Wrong redemption codes beyond that, of users without recent ones.
    ReservedRedemptionCodes,
    /// Codes requested in the chat, per follower and minute.
    ChatCodes,
    /// QR codes created at the platform, per minute.
    QrMinute,
    /// QR codes created at the platform, per day.
    QrDay,
    /// Picture edits that timed out, per user: those of an hour, counted in windows of ten minutes.
    EditTimeouts,
    /// Sign-ins to the personal channel that a user begins, per minute.
    IlinkLogins,
    /// Notifications of the admins about slowed guesses, per hour.
    Alarms,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Self::NewSessions => "new-sessions",
            Self::PasswordFailures => "password-failures",
            Self::AddressCodes => "address-codes",
            Self::RecentCodes => "recent-codes",
            Self::WrongCodes => "wrong-codes",
            Self::ReservedGuesses => "slowed-guesses",
            Self::UnboundCodes => "unbound-codes",
            Self::SentCodes => "sent-codes",
            Self::RecentSentCodes => "recent-sent-codes",
            Self::WrongSentCodes => "wrong-sent-codes",
            Self::ReservedSentCodes => "slowed-sent-codes",
            Self::KeywordDigits => "keyword-digits",
            Self::RedemptionCodes => "redemption-codes",
            Self::RecentRedemptionCodes => "recent-redemption-codes",
            Self::WrongRedemptionCodes => "wrong-redemption-codes",
            Self::ReservedRedemptionCodes => "slowed-redemption-codes",
            Self::ChatCodes => "chat-codes",
            Self::QrMinute => "qr-minute",
            Self::QrDay => "qr-day",
            Self::EditTimeouts => "edit-timeouts",
            Self::IlinkLogins => "ilink-logins",
            Self::Alarms => "alarms",
        }
    }

    fn most(self, ctx: &Ctx) -> i64 {
        let live = ctx.live();
        let limits = &live.limits;
        match self {
            Self::NewSessions => limits.new_sessions_per_minute,
            Self::PasswordFailures => limits.password_failures_per_minute,
            Self::AddressCodes => limits.wrong_codes_per_address,
            Self::WrongCodes | Self::WrongSentCodes | Self::WrongRedemptionCodes => limits.wrong_codes_per_minute,
            Self::ReservedGuesses | Self::ReservedSentCodes | Self::ReservedRedemptionCodes => {
                limits.slowed_guesses_per_minute
            }
            Self::UnboundCodes => limits.unbound_codes_per_hour,
            Self::SentCodes | Self::RedemptionCodes => limits.sent_codes_per_minute,
            Self::KeywordDigits => limits.sent_codes_per_minute * KEYWORD_TIMES,
            Self::ChatCodes => limits.chat_codes_per_minute,
            Self::QrMinute => limits.qr_codes_per_minute,
            Self::QrDay => limits.qr_codes_per_day,
            Self::IlinkLogins => 10,
            Self::Alarms => 1,
            // Counted, never refused.
            Self::RecentCodes | Self::RecentSentCodes | Self::RecentRedemptionCodes | Self::EditTimeouts => i64::MAX,
        }
    }

    fn window_ms(self) -> i64 {
        match self {
            Self::UnboundCodes | Self::Alarms => HOUR_MS,
            Self::RecentCodes | Self::RecentSentCodes | Self::RecentRedemptionCodes | Self::EditTimeouts => {
                10 * MINUTE_MS
            }
            Self::QrDay => DAY_MS,
            _ => MINUTE_MS,
        }
    }

    /// Number of windows that count, including the current one.
    fn windows(self) -> i64 {
        if self == Self::EditTimeouts { 6 } else { 2 }
    }

    fn offset_ms(self) -> i64 {
        if self == Self::QrDay { SHANGHAI_MS } else { 0 }
    }

    /// The factors for the wider networks of an address. One network may have fewer wrong codes than all addresses
    /// together.
    fn widening(self) -> Widening {
        match self {
            Self::AddressCodes | Self::UnboundCodes => Widening { v4_24: 2, v6_56: 2, v6_48: 2 },
            _ => Widening { v4_24: 8, v6_56: 2, v6_48: 4 },
        }
    }
}

/// Digits that match a rule are a keyword far more often than a guess, so their limit is this many times that of wrong
/// codes.
const KEYWORD_TIMES: i64 = 6;

/// The part of an address that one customer has: all of IPv4, the first 64 bits of IPv6.
#[must_use]
pub fn subject_of(address: IpAddr) -> String {
    network::narrowest(address)
}

/// The widest network of an address that is counted: 24 bits of IPv4, 48 bits of IPv6.
#[must_use]
pub fn wide_subject_of(address: IpAddr) -> String {
    network::widest(address)
}

/// The factor of this address's limits: the configured one for loopback on a private installation, else 1.
#[must_use]
pub fn factor(ctx: &Ctx, address: IpAddr) -> i64 {
    ctx.settings.factor(address)
}

/// A counter and its limit.
#[derive(Debug, Clone)]
pub struct Counter {
    limit: Limit,
    bucket: String,
    most: i64,
}

impl Counter {
    fn new(ctx: &Ctx, limit: Limit, subject: &str, times: i64) -> Self {
        let bucket = bucket(ctx, limit, subject, 0);
        Self { limit, bucket, most: limit.most(ctx).saturating_mul(times) }
    }

    fn refusal(&self, ctx: &Ctx) -> CoreError {
        refusal(self.most, seconds_left(ctx, self.limit))
    }
}

/// The counters of an address: its own, then those of its wider networks.
#[must_use]
pub fn of_address(ctx: &Ctx, limit: Limit, address: IpAddr) -> Vec<Counter> {
    let factor = factor(ctx, address);
    let steps = network::steps(address, limit.widening());
    steps.iter().map(|(subject, times)| Counter::new(ctx, limit, subject, times * factor)).collect()
}

/// The counter of a subject that is not an address, with `times` the limit.
#[must_use]
pub fn of_subject(ctx: &Ctx, limit: Limit, subject: &str, times: i64) -> Counter {
    Counter::new(ctx, limit, subject, times)
}

/// What was taken from limits; it can be given back to the same windows at any time.
#[derive(Debug, Clone, Default)]
pub struct Taken(Vec<String>);

/// Takes one from the limits of an address and its wider networks.
///
/// # Errors
/// [`CoreError::TooMany`] if a limit is reached.
pub async fn take_for_address(ctx: &Ctx, limit: Limit, address: IpAddr) -> Result<Taken, CoreError> {
    take(ctx, &of_address(ctx, limit, address)).await
}

/// Takes one of the QR codes that all instances together may create at the platform.
///
/// # Errors
/// [`CoreError::TooMany`] if the limit of this minute or day is reached.
pub async fn take_qr(ctx: &Ctx) -> Result<(), CoreError> {
    let counters = [Limit::QrMinute, Limit::QrDay].map(|limit| of_subject(ctx, limit, "all", 1));
    take(ctx, &counters).await.map(drop)
}

/// Counts one event that is never refused; returns the number in the current and earlier windows.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(ctx: &Ctx, limit: Limit, subject: &str) -> Result<i64, CoreError> {
    let counter = of_subject(ctx, limit, subject, 1);
    take(ctx, std::slice::from_ref(&counter)).await?;
    let (mut db, mut lately) = (ctx.store.read().await?, 0);
    for before in 0..limit.windows() {
        lately += store::limit::find_used(&mut db, &bucket(ctx, limit, subject, before)).await?.unwrap_or(0);
    }
    Ok(lately)
}

/// Takes one from a follower's limit of this minute, inside the caller's transaction; false if the limit is reached.
///
/// # Errors
/// [`StoreError::Duplicate`] if a concurrent transaction created the counter: retry the transaction.
pub async fn take_within(ctx: &Ctx, db: &mut Tx, limit: Limit, subject: &str) -> Result<bool, StoreError> {
    take_one(ctx, db, &of_subject(ctx, limit, subject, 1)).await
}

/// Takes one from each of these counters inside the caller's transaction, or from none: then it returns the full counter.
///
/// # Errors
/// [`StoreError::Duplicate`] if a concurrent transaction created the counter: retry the transaction.
pub async fn take_each<'a>(
    ctx: &Ctx,
    db: &mut Tx,
    counters: &'a [Counter],
) -> Result<Result<Taken, &'a Counter>, StoreError> {
    let mut taken = Taken::default();
    for counter in counters {
        if !take_one(ctx, db, counter).await? {
            give_back(db, &taken).await?;
            return Ok(Err(counter));
        }
        taken.0.push(counter.bucket.clone());
    }
    Ok(Ok(taken))
}

/// The error of a full counter.
#[must_use]
pub fn refused_by(ctx: &Ctx, full: &Counter) -> CoreError {
    full.refusal(ctx)
}

/// Gives back what turned out not to be a failure.
///
/// # Errors
/// The database cannot be reached.
pub async fn give_back(db: &mut Tx, taken: &Taken) -> Result<(), StoreError> {
    for bucket in &taken.0 {
        store::limit::update_give_back(db, bucket).await?;
    }
    Ok(())
}

async fn take(ctx: &Ctx, counters: &[Counter]) -> Result<Taken, CoreError> {
    let taken = store::transact!(ctx.store, |tx| take_each(ctx, tx, counters).await?.map_err(|full| full.refusal(ctx)));
    taken.map_err(CoreError::busy_if_collided)
}

async fn take_one(ctx: &Ctx, db: &mut Tx, counter: &Counter) -> Result<bool, StoreError> {
    // Twice: a concurrent transaction may create the bucket between the update and the query.
    for _ in 0..2 {
        if store::limit::update_take(db, &counter.bucket, counter.most).await? {
            return Ok(true);
        }
        match store::limit::find_used(db, &counter.bucket).await? {
            Some(used) if used >= counter.most => return Ok(false),
            Some(_) => {}
            None if counter.most <= 0 => return Ok(false),
            None => {
                let expires_at = ctx.now() + counter.limit.windows() * counter.limit.window_ms();
                store::limit::insert_bucket(db, &counter.bucket, expires_at).await?;
                return Ok(true);
            }
        }
    }
    Err(StoreError::Collision)
}

tokio::task_local! {
    static REFUSED_BY: Cell<Option<i64>>;
}

/// Awaits some work, and returns the limit of its window if one refused it. Used for response headers.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, Option<i64>) {
    let work = async {
        let done = work.await;
        (done, REFUSED_BY.with(Cell::get))
    };
    REFUSED_BY.scope(Cell::new(None), work).await
}

fn refusal(most: i64, secs: i64) -> CoreError {
    // The command line and the chat have no such headers.
    REFUSED_BY.try_with(|refused_by| refused_by.set(Some(most))).ok();
    CoreError::TooMany(secs)
}

fn seconds_left(ctx: &Ctx, limit: Limit) -> i64 {
    let into = (ctx.now() + limit.offset_ms()).rem_euclid(limit.window_ms());
    (limit.window_ms() - into).div_euclid(1000) + 1
}

/// The bucket of the current window, or of the window `before` windows earlier.
fn bucket(ctx: &Ctx, limit: Limit, subject: &str, before: i64) -> String {
    let window = (ctx.now() + limit.offset_ms()).div_euclid(limit.window_ms()) - before;
    // Addresses and openids are personal data: the counter needs only a hash.
    format!("{}/{}/{window}", limit.name(), &ctx.hash(Use::Limit, subject)[..32])
}
