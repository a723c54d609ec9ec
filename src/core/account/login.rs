//! Signing in by password. Attempts are counted before they are checked.
//!
//! A network that fails slows itself. A name whose password is guessed from many networks slows networks that are unknown to its user,
//! and those that failed more than those that did not. A known browser (by its cookie) is slowed by its own failures only. Unknown
//! names are counted the same way.

use super::{User, field::folded, known, password::Password};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx,
        limit::{self, Counter, Limit, Taken},
        signin_log::{self, Door},
    },
    store::{self, StoreError, Tx, user::UserRow},
};
use std::net::IpAddr;

/// Consecutive failures of one origin without a wait.
const FREE_FAILURES: i64 = 3;
/// The same for a wide network (/24, /48), and for all origins together that are unknown to the user.
const FREE_OF_WIDE: i64 = 6;
const FREE_OF_NAME: i64 = 10;
/// Each further failure doubles the wait, up to this.
const LONGEST_WAIT_MS: i64 = 60_000;
/// A wide network with fewer failures at a name counts as one that did not fail: typing errors are no attack.
const SLIPS: i64 = 2;
/// Failures expire after this long without another one.
const FORGET_MS: i64 = 3_600_000;

/// Where a password attempt comes from.
#[derive(Debug, Clone, Copy)]
pub struct LoginOrigin<'a> {
    pub address: IpAddr,
    /// The cookie that marks known browsers; may be empty.
    pub cookie: &'a str,
}

impl From<IpAddr> for LoginOrigin<'_> {
    fn from(address: IpAddr) -> Self {
        Self { address, cookie: "" }
    }
}

/// Checks a name and a password.
///
/// # Errors
/// [`CoreError::WrongCredentials`] for an unknown name as for a wrong password, equally slow; [`CoreError::TooMany`] while
/// this origin must wait; [`CoreError::Disabled`] once the password was right.
pub async fn by_password(ctx: &Ctx, username: &str, password: &str, place: LoginOrigin<'_>) -> Result<User, CoreError> {
    let key = folded(username);
    let row = store::user::find_user_by_name(&mut ctx.store.read().await?, &key).await?;
    let user_id = row.as_ref().map(|row| row.id);
    let checked = async {
        let attempt = Attempt::of(ctx, &key, row.as_ref(), place).await?;
        check(ctx, &attempt, row, password).await
    };
    checked.await.map_err(|error| signin_log::failed(Door::Password, user_id, error))
}

/// Checks the password of a signed-in user, counted like any other attempt: per session, from any address.
///
/// # Errors
/// As [`by_password`].
pub(super) async fn again(
    ctx: &Ctx,
    user: &User,
    password: &str,
    session: &str,
    address: IpAddr,
) -> Result<User, CoreError> {
    let attempt = Attempt::signed_in(ctx, user.id, session, address);
    let row = store::user::find_user(&mut ctx.store.read().await?, user.id).await?;
    check(ctx, &attempt, row, password).await
}

/// The counters of one attempt.
struct Attempt {
    /// The subject of the origin's own failures at this name.
    own: String,
    /// If the origin is unknown to the name's user: the shared subjects.
    new: Option<NewPlaces>,
    counters: Vec<Counter>,
    factor: i64,
}

/// Subjects of failures at a name from origins that are unknown to its user.
struct NewPlaces {
    /// Failures in the same wide network.
    wide: String,
    /// Failures of all wide networks that failed before, and of all others: the former cannot slow the latter.
    failed: String,
    clean: String,
}

impl Attempt {
    async fn of(ctx: &Ctx, key: &str, row: Option<&UserRow>, place: LoginOrigin<'_>) -> Result<Self, CoreError> {
        let hash = |text: String| ctx.hash(Use::Limit, &text);
        let (user_id, generation) = row.map_or((0, 0), |row| (row.id, row.token_generation));
        let browser = known::browser_of(ctx, place.cookie, user_id, generation).filter(|_| row.is_some());
        // Queried for unknown names too, so that both run the same statements.
        let is_known = known::is_network(ctx, user_id, generation, place.address).await?;
        let factor = limit::factor(ctx, place.address);
        if let Some(browser) = browser {
            let counters = vec![limit::of_subject(ctx, Limit::PasswordFailures, &format!("browser/{browser}"), factor)];
            return Ok(Self { own: hash(format!("{key}\nbrowser/{browser}")), new: None, counters, factor });
        }
        let own = hash(format!("{key}\n{}", limit::subject_of(place.address)));
        let mut counters = limit::of_address(ctx, Limit::PasswordFailures, place.address);
        if is_known {
            // Failures of others in the network do not count for a known browser.
            counters.truncate(1);
            return Ok(Self { own, new: None, counters, factor });
        }
        let wide = hash(format!("{key}\n{}", limit::wide_subject_of(place.address)));
        let (failed, clean) = (hash(format!("{key}\nfailed")), hash(format!("{key}\nclean")));
        Ok(Self { own, new: Some(NewPlaces { wide, failed, clean }), counters, factor })
    }

    fn signed_in(ctx: &Ctx, user_id: i64, session: &str, address: IpAddr) -> Self {
        // Without a session only the address identifies the origin.
        let place = if session.is_empty() { limit::subject_of(address) } else { ctx.hash(Use::WebSession, session) };
        let subject = format!("user/{user_id}\n{place}");
        let factor = limit::factor(ctx, address);
        let counters = vec![limit::of_subject(ctx, Limit::PasswordFailures, &subject, factor)];
        Self { own: ctx.hash(Use::Limit, &subject), new: None, counters, factor }
    }
}

async fn check(ctx: &Ctx, attempt: &Attempt, row: Option<UserRow>, password: &str) -> Result<User, CoreError> {
    let admitted = admit(ctx, attempt).await?;
    let hash = row.as_ref().and_then(|r| r.password_hash.clone());
    if !ctx.hasher.verify(Password::typed(password), hash).await? {
        return Err(CoreError::WrongCredentials);
    }
    let Some(row) = row else { return Err(CoreError::WrongCredentials) };
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        store::limit::delete_failures(tx, &attempt.own).await?;
        // The origin's own failures are reset; those of others at the name stay.
        for (subject, counted) in &admitted.shared {
            let waits = (counted.retry_at, counted.retry_at_before);
            store::limit::update_failures_given_back(tx, subject, admitted.own_failures, waits).await?;
        }
        Ok(limit::give_back(tx, &admitted.taken).await?)
    })?;
    if row.is_enabled == 0 {
        return Err(CoreError::Disabled);
    }
    Ok(User::at(row, ctx.now()))
}

/// An attempt, counted as a failure until the password proves right.
struct Admitted {
    /// Consecutive failures of the origin, including this attempt.
    own_failures: i64,
    /// Counters shared with other origins.
    shared: Vec<(String, Counted)>,
    taken: Taken,
}

/// A failure that was counted for a subject.
#[derive(Debug, Clone, Copy)]
struct Counted {
    failures_before: i64,
    retry_at_before: i64,
    retry_at: i64,
}

/// Counts an attempt; refuses it while a wait lasts.
async fn admit(ctx: &Ctx, attempt: &Attempt) -> Result<Admitted, CoreError> {
    let admitted = store::transact!(ctx.store, |tx| admit_within(ctx, tx, attempt).await?);
    admitted.map_err(|e| if matches!(e, CoreError::Collided) { CoreError::TooMany(1) } else { e })
}

async fn admit_within(ctx: &Ctx, db: &mut Tx, attempt: &Attempt) -> Result<Result<Admitted, CoreError>, StoreError> {
    let mut shared = Vec::new();
    let own_failures = match fail(ctx, db, &attempt.own, FREE_FAILURES, attempt.factor).await? {
        Ok(counted) => counted.failures_before + 1,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(new) = &attempt.new {
        let wide = match fail(ctx, db, &new.wide, FREE_OF_WIDE, attempt.factor).await? {
            Ok(counted) => counted,
            Err(refused) => return Ok(Err(refused)),
        };
        let all = if wide.failures_before < SLIPS { &new.clean } else { &new.failed };
        match fail(ctx, db, all, FREE_OF_NAME, attempt.factor).await? {
            Ok(counted) => shared = vec![(new.wide.clone(), wide), (all.clone(), counted)],
            Err(refused) => return Ok(Err(refused)),
        }
    }
    Ok(match limit::take_each(ctx, db, &attempt.counters).await? {
        Ok(taken) => Ok(Admitted { own_failures, shared, taken }),
        Err(full) => Err(limit::refused_by(ctx, full)),
    })
}

/// Counts one failure of a subject; refuses it while the wait after the last failure lasts.
async fn fail(
    ctx: &Ctx,
    db: &mut Tx,
    subject: &str,
    free: i64,
    factor: i64,
) -> Result<Result<Counted, CoreError>, StoreError> {
    let now = ctx.now();
    let known = store::limit::find_failures(db, subject, now).await?;
    let (failures, retry_at_before) = known.unwrap_or((0, 0));
    if retry_at_before > now {
        return Ok(Err(CoreError::TooMany((retry_at_before - now).div_euclid(1000) + 1)));
    }
    let wait = wait_ms(failures + 1 - free) / factor;
    let times = store::limit::Failure { now, retry_at: now + wait, expires_at: now + FORGET_MS };
    if store::limit::update_failures(db, subject, known.map(|_| failures), times).await? {
        let retry_at = times.retry_at;
        return Ok(Ok(Counted { failures_before: failures, retry_at_before, retry_at }));
    }
    Err(StoreError::Collision)
}

/// 0 for the free failures, then 1 s, 2 s, 4 s, … 60 s.
fn wait_ms(beyond: i64) -> i64 {
    match u32::try_from(beyond) {
        Ok(beyond @ 1..=6) => 1000 << (beyond - 1),
        Ok(0) | Err(_) => 0,
        Ok(_) => LONGEST_WAIT_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::{FREE_FAILURES, wait_ms};

    #[test]
    fn the_wait_doubles_and_never_locks() {
        let waits: Vec<i64> = (1..=12).map(|failures| wait_ms(failures - FREE_FAILURES)).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
