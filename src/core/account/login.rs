//! Signing in by password. Tries are counted before they are looked at; a stranger's failures slow the stranger only.

use super::{User, field::folded, password::Password};
use crate::{
    core::{CoreError, Ctx, limit, limit::Limit, secret::Use},
    store,
};
use std::net::IpAddr;

/// Failures in a row that cost nothing but the try.
const FREE_FAILURES: i64 = 3;
/// Each further one doubles the wait, up to this.
const LONGEST_WAIT_MS: i64 = 60_000;
/// Failures are forgotten after this long without one.
const FORGET_MS: i64 = 3_600_000;

/// Checks a name and a password.
///
/// # Errors
/// [`CoreError::WrongCredentials`] for an unknown name as for a wrong password, equally slow; [`CoreError::TooMany`] while
/// this address must wait; [`CoreError::Disabled`] once the password was right.
pub async fn by_password(ctx: &Ctx, username: &str, password: &str, address: IpAddr) -> Result<User, CoreError> {
    check(ctx, Whose::Named(username), password, address).await
}

/// Checks the password of a user who is known already, counted like any other try.
///
/// # Errors
/// As [`by_password`].
pub(super) async fn again(ctx: &Ctx, user: &User, password: &str, address: IpAddr) -> Result<User, CoreError> {
    check(ctx, Whose::Of(user), password, address).await
}

/// Whose password is checked.
#[derive(Clone, Copy)]
enum Whose<'a> {
    Named(&'a str),
    /// They may have no name yet.
    Of(&'a User),
}

async fn check(ctx: &Ctx, whose: Whose<'_>, password: &str, address: IpAddr) -> Result<User, CoreError> {
    let key = match whose {
        Whose::Named(username) => folded(username),
        Whose::Of(user) => user.username.as_deref().map_or_else(|| format!("user/{}", user.id), folded),
    };
    let subject = ctx.hash(Use::Limit, &format!("{key}\n{}", limit::subject_of(address)));
    admit(ctx, &subject, address).await?;
    let taken = limit::take_for_address(ctx, Limit::PasswordFailures, address).await?;

    let row = match whose {
        Whose::Named(_) => store::user::find_user_by_name(&mut ctx.store.read().await?, &key).await?,
        Whose::Of(user) => store::user::find_user(&mut ctx.store.read().await?, user.id).await?,
    };
    let hash = row.as_ref().and_then(|r| r.password_hash.clone());
    if !ctx.hasher.verify(Password::typed(password), hash).await? {
        return Err(CoreError::WrongCredentials);
    }
    let Some(row) = row else { return Err(CoreError::WrongCredentials) };
    let mut tx = ctx.store.begin().await?;
    store::limit::delete_failures(&mut tx, &subject).await?;
    limit::give_back(&mut tx, &taken).await?;
    tx.commit().await?;
    if row.is_enabled == 0 {
        return Err(CoreError::Disabled);
    }
    Ok(row.into())
}

/// Counts a try as a failure until it proves otherwise; refuses while the last failures' wait is not over.
async fn admit(ctx: &Ctx, subject: &str, address: IpAddr) -> Result<(), CoreError> {
    let factor = if address.to_canonical().is_loopback() { ctx.settings.settings.limits.loopback_factor } else { 1 };
    // Each round that finds somebody else counted meanwhile starts from what they counted.
    for _ in 0..8 {
        let now = ctx.now();
        let mut tx = ctx.store.begin().await?;
        let (failures, retry_at) = store::limit::find_failures(&mut tx, subject, now).await?.unwrap_or((0, 0));
        if retry_at > now {
            return Err(CoreError::TooMany((retry_at - now).div_euclid(1000) + 1));
        }
        let wait = wait_ms(failures + 1) / factor;
        match store::limit::update_failures(&mut tx, subject, failures, now, now + wait, now + FORGET_MS).await {
            Ok(true) => return Ok(tx.commit().await?),
            Ok(false) => tx.rollback().await?,
            Err(e) if e.is_retryable() => tx.rollback().await?,
            Err(e) => return Err(e.into()),
        }
    }
    Err(CoreError::TooMany(1))
}

/// 0 for the first failures, then 1 s, 2 s, 4 s, … 60 s.
fn wait_ms(failures: i64) -> i64 {
    match u32::try_from(failures - FREE_FAILURES) {
        Ok(beyond @ 1..=6) => 1000 << (beyond - 1),
        Ok(0) | Err(_) => 0,
        Ok(_) => LONGEST_WAIT_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::wait_ms;

    #[test]
    fn the_wait_doubles_and_never_locks() {
        let waits: Vec<i64> = (1..=12).map(wait_ms).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
