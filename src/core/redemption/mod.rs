//! Redemption codes: a code gives credits, a level for a time, or both, to one person or to several.
//!
//! A code is claimed by one conditional statement, in the transaction of the ledger entry and of the level. A person redeems a code
//! once, also with a second account of the same WeChat. Wrong codes are limited per user and in total; a right code is never
//! counted, so that a public code can be raced for.

pub mod batch;
pub mod code;

use super::{
    CoreError, Ctx,
    account::{self, directory::level_of, identity, level, level_change},
    credit,
    limit::{self, Sent},
};
use crate::{
    base::{beijing::DAY_MS, secret::Use},
    store::{
        self, Tx,
        redemption::{BatchRow, CodeRow, RedemptionRow},
    },
};
use code::Code;

/// The ledger's reason for redeemed credits.
pub const REASON: &str = "redeem";

/// What a code gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// 0: none.
    pub credits: i64,
    /// The balance with them.
    pub balance: i64,
    /// The level, and when it ends, in epoch milliseconds.
    pub level: Option<(&'static str, i64)>,
}

/// Why a code was not redeemed. It can be redeemed later where its batch allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such code.
    Unknown,
    UsedUp,
    /// It is valid from this time on, in epoch milliseconds.
    NotYet(i64),
    Expired,
    Stopped,
    /// This person redeemed it, or another code of the batch.
    Already,
    /// The user has a higher level, or the same one without an end.
    LevelIsHigher,
    /// Too many wrong codes: seconds until the next try.
    TooMany(i64),
}

/// Redeems a code.
///
/// # Errors
/// [`CoreError::NotFound`] if the user no longer exists.
pub async fn redeem(
    ctx: &Ctx,
    user_id: i64,
    typed: &str,
    address: &str,
) -> Result<Result<Redeemed, Refusal>, CoreError> {
    let _turn = ctx.lock_row(user_id).await;
    let done = store::transact!(ctx.store, |tx| redeem_within(ctx, tx, user_id, typed, address).await);
    done.map_err(CoreError::busy_if_collided)
}

/// [`redeem`] inside the caller's transaction. A refusal is to be committed too: it counts a wrong code.
///
/// # Errors
/// As [`redeem`]; [`CoreError::Collided`]: retry the transaction.
pub(crate) async fn redeem_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    typed: &str,
    address: &str,
) -> Result<Result<Redeemed, Refusal>, CoreError> {
    // Redemptions of one user follow each other: what they redeemed before is looked up below.
    account::lock_owner(db, user_id).await?;
    let guess = match limit::take_redemption(ctx, db, user_id).await? {
        Sent::Counted(guess) => guess,
        Sent::Over(secs) => return Ok(Err(Refusal::TooMany(secs))),
    };
    let Some(code) = Code::parse(typed) else { return Ok(Err(Refusal::Unknown)) };
    let Some(row) = store::redemption::find_code(db, &ctx.hash(Use::Redemption, code.as_str())).await? else {
        return Ok(Err(Refusal::Unknown));
    };
    limit::give_back(db, &guess).await?;
    let batch = store::redemption::find_batch(db, row.batch_id).await?.ok_or(CoreError::Collided)?;
    let persons = persons(ctx, db, user_id).await?;
    if has_redeemed(db, user_id, &persons, &batch, &row).await? {
        return Ok(Err(Refusal::Already));
    }
    let Ok(level) = level_given(ctx, db, user_id, &batch).await? else { return Ok(Err(Refusal::LevelIsHigher)) };
    if !store::redemption::update_used(db, &row, ctx.now()).await? {
        return Ok(Err(why_unusable(ctx, db, &row).await?));
    }
    give(ctx, db, user_id, (&batch, &row, level), (&persons, code.last_four(), address)).await.map(Ok)
}

/// The level that a batch gives this user and its end; `None` if it gives none, `Err` if the user's own is higher or never ends.
async fn level_given(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    batch: &BatchRow,
) -> Result<Result<Option<(&'static str, i64)>, ()>, CoreError> {
    let Some(to) = level_of(&batch.level) else { return Ok(Ok(None)) };
    let user = store::user::find_user(db, user_id).await?.ok_or(CoreError::NotFound)?;
    let (is, until) = level::current(user.level, user.level_until, ctx.now());
    let begins = match until {
        _ if level::rank(&is) > level::rank(to) => return Ok(Err(())),
        _ if level::rank(&is) < level::rank(to) => ctx.now(),
        // The same level goes on.
        Some(end) => end,
        None => return Ok(Err(())),
    };
    Ok(Ok(Some((to, begins + batch.level_days * DAY_MS))))
}

/// Gives what a claimed code is worth, and records it.
async fn give(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    (batch, row, level): (&BatchRow, &CodeRow, Option<(&'static str, i64)>),
    (persons, last_four, address): (&[String], &str, &str),
) -> Result<Redeemed, CoreError> {
    for person in persons {
        for reason in reasons(batch, row) {
            if !store::credit::has_grant(db, person, &reason).await? {
                store::credit::insert_grant(db, person, &reason, ctx.now()).await?;
            }
        }
    }
    let redemption = RedemptionRow {
        id: ctx.next_id(),
        batch_id: batch.id,
        code_id: row.id,
        user_id,
        credits: batch.credits,
        level: level.map(|(level, _)| level).unwrap_or_default().to_owned(),
        level_until: level.map(|(_, until)| until),
        redeemed_at: ctx.now(),
    };
    store::redemption::insert_redemption(db, redemption).await?;
    let balance = credit::grant(ctx, db, user_id, batch.credits, REASON).await?;
    if let Some((level, until)) = level {
        let why = format!("code …{last_four}");
        let by = (Some(user_id), address, why.as_str());
        level_change::set_within(ctx, db, user_id, (level, Some(until)), by).await?;
    }
    Ok(Redeemed { credits: batch.credits, balance, level })
}

/// The keyed hashes of the user's WeChat identities.
async fn persons(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<Vec<String>, CoreError> {
    let identities = store::identity::list_identities(db, user_id).await?;
    Ok(identities.iter().map(|identity| identity::person(ctx, &identity.appid, &identity.openid)).collect())
}

/// What is recorded of a person in `grants`, which outlives the account.
fn reasons(batch: &BatchRow, row: &CodeRow) -> Vec<String> {
    let code = format!("redeem/{}", row.id);
    if batch.is_once == 1 { vec![code, format!("redeem-batch/{}", batch.id)] } else { vec![code] }
}

async fn has_redeemed(
    db: &mut Tx,
    user_id: i64,
    persons: &[String],
    batch: &BatchRow,
    row: &CodeRow,
) -> Result<bool, CoreError> {
    if store::redemption::has_redeemed_code(db, user_id, row.id).await?
        || (batch.is_once == 1 && store::redemption::has_redeemed_batch(db, user_id, batch.id).await?)
    {
        return Ok(true);
    }
    for person in persons {
        for reason in reasons(batch, row) {
            if store::credit::has_grant(db, person, &reason).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Why the statement that claims a code changed nothing.
async fn why_unusable(ctx: &Ctx, db: &mut Tx, row: &CodeRow) -> Result<Refusal, CoreError> {
    let batch = store::redemption::find_batch(db, row.batch_id).await?.ok_or(CoreError::Collided)?;
    Ok(match (batch.valid_from, batch.valid_to) {
        _ if batch.stopped_at.is_some() => Refusal::Stopped,
        (_, Some(end)) if end <= ctx.now() => Refusal::Expired,
        (Some(start), _) if start > ctx.now() => Refusal::NotYet(start),
        _ => Refusal::UsedUp,
    })
}
