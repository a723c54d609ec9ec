//! Limits on guessing and flooding: counted before anything is checked, in the database, for all instances and dialects.

use super::{
    CoreError, Ctx,
    audit::{self, Act},
    secret::Use,
};
use crate::store::{self, StoreError, Tx};
use std::{cell::Cell, net::IpAddr};

/// Every limit has a window of a minute, unless it says otherwise.
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What is being limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// New sign-in sessions, an address.
    NewSessions,
    /// Wrong passwords, an address.
    PasswordFailures,
    /// Wrong codes in total.
    WrongCodes,
    /// Wrong codes that no page asked for, an address and hour.
    UnboundCodes,
    /// Guesses in total, once there were too many wrong ones.
    SlowedGuesses,
    /// Codes asked for in the chat, a person.
    ChatCodes,
    /// How often the admins are told that guesses are slowed, in an hour.
    Alarms,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Self::NewSessions => "new-sessions",
            Self::PasswordFailures => "password-failures",
            Self::WrongCodes => "wrong-codes",
            Self::UnboundCodes => "unbound-codes",
            Self::SlowedGuesses => "slowed-guesses",
            Self::ChatCodes => "chat-codes",
            Self::Alarms => "alarms",
        }
    }

    fn most(self, ctx: &Ctx) -> i64 {
        let limits = &ctx.settings.settings.limits;
        match self {
            Self::NewSessions => limits.new_sessions_per_minute,
            Self::PasswordFailures => limits.password_failures_per_minute,
            Self::WrongCodes => limits.wrong_codes_per_minute,
            Self::UnboundCodes => limits.unbound_codes_per_hour,
            Self::SlowedGuesses => limits.slowed_guesses_per_minute,
            Self::ChatCodes => limits.chat_codes_per_minute,
            Self::Alarms => 1,
        }
    }
}

impl Limit {
    fn window_ms(self) -> i64 {
        if matches!(self, Self::UnboundCodes | Self::Alarms) { HOUR_MS } else { MINUTE_MS }
    }
}

/// The part of an address that one customer holds: all of IPv4, the first 64 bits of IPv6.
#[must_use]
pub fn subject_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// One that was taken, for the case that it is to be given back: it goes where it came from, however late.
#[derive(Debug, Clone)]
pub struct Taken(String);

/// Takes one of what an address may do in this minute. Loopback has the configured factor more.
///
/// # Errors
/// [`CoreError::TooMany`] when nothing is left.
pub async fn take_for_address(ctx: &Ctx, limit: Limit, address: IpAddr) -> Result<Taken, CoreError> {
    let factor = if address.to_canonical().is_loopback() { ctx.settings.settings.limits.loopback_factor } else { 1 };
    take(ctx, limit, &subject_of(address), limit.most(ctx) * factor).await
}

/// Takes one of what everybody together may do in this minute.
async fn take_in_total(ctx: &Ctx, limit: Limit) -> Result<Taken, CoreError> {
    take(ctx, limit, "all", limit.most(ctx)).await
}

/// Takes one guess of a code from what everybody together may guess wrong in this minute, before the code is looked at: give it back
/// where the guess was right. Beyond that limit everybody is slowed, and the admins are told, once an hour.
///
/// # Errors
/// [`CoreError::TooMany`] when nothing is left.
pub async fn take_guess(ctx: &Ctx) -> Result<Taken, CoreError> {
    let slowed = match take_in_total(ctx, Limit::WrongCodes).await {
        Err(CoreError::TooMany(_)) => take_in_total(ctx, Limit::SlowedGuesses).await,
        taken => return taken,
    };
    alarm(ctx).await?;
    slowed
}

async fn alarm(ctx: &Ctx) -> Result<(), CoreError> {
    let bucket = bucket(ctx, Limit::Alarms, "all");
    if store::limit::find_used(&mut ctx.store.read().await?, &bucket).await?.is_some() {
        return Ok(());
    }
    match take(ctx, Limit::Alarms, "all", 1).await {
        Ok(_) => {}
        Err(CoreError::TooMany(_)) => return Ok(()),
        Err(e) => return Err(e),
    }
    tracing::warn!("too many wrong codes in this minute: guesses are slowed for everybody");
    let mut tx = ctx.store.begin().await?;
    audit::note(
        ctx,
        &mut tx,
        Act::CodesSlowed,
        "codes".to_owned(),
        (None, ""),
        &format!("{} / min", Limit::WrongCodes.most(ctx)),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Takes one of what a person may do in this minute, inside the caller's transaction; false when nothing is left.
///
/// # Errors
/// [`StoreError::Duplicate`] where two first ones met: do the transaction once more.
pub async fn take_within(ctx: &Ctx, db: &mut Tx, limit: Limit, subject: &str) -> Result<bool, StoreError> {
    let bucket = bucket(ctx, limit, subject);
    // Twice: a rival may open the bucket between our look at it and our finding that it is there.
    for _ in 0..2 {
        if store::limit::update_take(db, &bucket, limit.most(ctx)).await? {
            return Ok(true);
        }
        match store::limit::find_used(db, &bucket).await? {
            Some(used) if used >= limit.most(ctx) => return Ok(false),
            Some(_) => {}
            None => {
                store::limit::insert_bucket(db, &bucket, ctx.now() + 2 * limit.window_ms()).await?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Gives back what turned out not to be a failure.
///
/// # Errors
/// The database cannot be reached.
pub async fn give_back(db: &mut Tx, taken: &Taken) -> Result<(), StoreError> {
    store::limit::update_give_back(db, &taken.0).await
}

async fn take(ctx: &Ctx, limit: Limit, subject: &str, most: i64) -> Result<Taken, CoreError> {
    let bucket = bucket(ctx, limit, subject);
    // The second time a rival's first row is there; the third time is for one that was opened between two of our looks.
    for _ in 0..3 {
        let mut tx = ctx.store.begin().await?;
        if store::limit::update_take(&mut tx, &bucket, most).await? {
            tx.commit().await?;
            return Ok(Taken(bucket));
        }
        match store::limit::find_used(&mut tx, &bucket).await? {
            Some(used) if used >= most => return Err(refusal(most, seconds_left(ctx, limit))),
            Some(_) => {
                tx.rollback().await?;
                continue;
            }
            None => {}
        }
        match store::limit::insert_bucket(&mut tx, &bucket, ctx.now() + 2 * limit.window_ms()).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(Taken(bucket));
            }
            Err(e) if e.is_retryable() => tx.rollback().await?,
            Err(e) => return Err(e.into()),
        }
    }
    Err(CoreError::Busy)
}

tokio::task_local! {
    static REFUSED_BY: Cell<Option<i64>>;
}

/// Does some work, and says which limit refused it, if one did: how many it allows in its window. For the headers of an answer, which
/// name the limit that was met.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, Option<i64>) {
    let work = async {
        let done = work.await;
        (done, REFUSED_BY.with(Cell::get))
    };
    REFUSED_BY.scope(Cell::new(None), work).await
}

fn refusal(most: i64, secs: i64) -> CoreError {
    // Nobody asks at the command line, nor in the chat.
    REFUSED_BY.try_with(|refused_by| refused_by.set(Some(most))).ok();
    CoreError::TooMany(secs)
}

fn seconds_left(ctx: &Ctx, limit: Limit) -> i64 {
    (limit.window_ms() - ctx.now().rem_euclid(limit.window_ms())).div_euclid(1000) + 1
}

fn bucket(ctx: &Ctx, limit: Limit, subject: &str) -> String {
    let window = ctx.now().div_euclid(limit.window_ms());
    // Addresses and openids are personal data: the counter needs only to tell them apart.
    format!("{}/{}/{window}", limit.name(), &ctx.hash(Use::Limit, subject)[..32])
}

#[cfg(test)]
mod tests {
    use super::subject_of;

    #[test]
    fn an_ipv6_customer_is_one_subject_and_a_mapped_ipv4_is_its_own() {
        assert_eq!(
            subject_of("2001:db8:1:2:3:4:5:6".parse().unwrap()),
            subject_of("2001:db8:1:2:ffff::1".parse().unwrap())
        );
        assert_eq!(subject_of("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
