//! What people wrote and no rule with a keyword answered: grouped by what was compared, the most frequent first.

use crate::{
    core::{
        CoreError, Ctx,
        reply::{ACCOUNT, book::Occasion, fold::Folded, shelf},
    },
    store::{
        self, StoreError,
        message::{Missed, MissedRow},
    },
};

/// Groups that are shown at most.
pub const MOST: i64 = 200;
/// Groups that are read at a time.
const PAGE: i64 = 200;

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
    let most = most.clamp(1, MOST);
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
    // Whoever has made rules for the most frequent ones wants the next.
    let (mut open, mut skipped) = (Vec::new(), 0);
    let wanted = usize::try_from(most).unwrap_or_default();
    while open.len() < wanted {
        let rows = store::message::list_missed(&mut ctx.store.read().await?, of(owner_id), (PAGE, skipped)).await?;
        let is_last = i64::try_from(rows.len()).unwrap_or_default() < PAGE;
        open.extend(rows.into_iter().filter(is_open).map(group));
        skipped += PAGE;
        if is_last {
            break;
        }
    }
    open.truncate(wanted);
    Ok(open)
}

fn of(owner_id: i64) -> Missed {
    Missed { owner_id, user_id: (owner_id != ACCOUNT).then_some(owner_id) }
}

/// Takes a group out of this owner's inbox, and of nobody else's; what is written later comes back. Returns how many messages it had.
///
/// # Errors
/// The database cannot be reached.
pub async fn dismiss(ctx: &Ctx, owner_id: i64, folded: &str) -> Result<i64, CoreError> {
    // The second time a rival's row is there.
    for _ in 0..2 {
        let mut tx = ctx.store.begin().await?;
        let Some((messages, last)) = store::message::find_missed(&mut tx, of(owner_id), folded).await? else {
            return Ok(0);
        };
        if !store::message::update_missed_dismissed(&mut tx, owner_id, folded, last).await? {
            match store::message::insert_missed_dismissed(&mut tx, owner_id, folded, last).await {
                Ok(()) => {}
                Err(StoreError::Duplicate) => {
                    tx.rollback().await?;
                    continue;
                }
                Err(e) => return Err(e.into()),
            }
        }
        tx.commit().await?;
        return Ok(messages);
    }
    Err(CoreError::Busy)
}
