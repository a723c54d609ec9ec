//! What people wrote and no rule with a keyword answered: grouped by what was compared, the most frequent first.

use crate::{
    core::{
        CoreError, Ctx,
        reply::{ACCOUNT, book::Occasion, fold::Folded, shelf},
    },
    store::{self, message::MissedRow},
};

/// Groups that are shown at most.
pub const MOST: i64 = 200;

/// Messages that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they have in common: the key to [`dismiss`], and a keyword for a rule.
    pub folded: String,
    /// One of them, as it was written.
    pub sample: String,
    pub count: i64,
    /// Epoch milliseconds.
    pub last_at: i64,
}

/// What nobody answered: of everybody for the account, of this user for a user. Empty where contents are not stored. What a rule
/// made meanwhile would answer is left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn inbox(ctx: &Ctx, owner_id: i64, most: i64) -> Result<Vec<Group>, CoreError> {
    let whose = (owner_id != ACCOUNT).then_some(owner_id);
    let rows = store::message::list_missed(&mut ctx.store.read().await?, whose, most.clamp(1, MOST)).await?;
    let book = shelf::open(ctx, owner_id).await?;
    let account = shelf::open(ctx, ACCOUNT).await?;
    let is_open = |row: &MissedRow| {
        let folded = Folded::new(&row.missed);
        [&book, &account].iter().all(|book| book.answer(Occasion::Said, &folded).is_none())
    };
    let group = |row: MissedRow| Group {
        sample: row.sample.unwrap_or_else(|| row.missed.clone()),
        folded: row.missed,
        count: row.times,
        last_at: row.last_at,
    };
    Ok(rows.into_iter().filter(is_open).map(group).collect())
}

/// Takes a group out of the inbox; what is written later comes back. Returns how many messages it had.
///
/// # Errors
/// The database cannot be reached.
pub async fn dismiss(ctx: &Ctx, owner_id: i64, folded: &str) -> Result<u64, CoreError> {
    let whose = (owner_id != ACCOUNT).then_some(owner_id);
    let mut tx = ctx.store.begin().await?;
    let messages = store::message::update_missed_dismissed(&mut tx, whose, folded).await?;
    tx.commit().await?;
    Ok(messages)
}
