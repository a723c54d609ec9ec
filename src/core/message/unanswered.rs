//! Messages that no rule with a keyword answered: grouped by folded text, most frequent first.

use crate::{
    core::{
        CoreError, Ctx,
        rule::{ACCOUNT, cache, rule_set::Occasion},
    },
    store::{
        self,
        message::{Missed, MissedRow},
    },
    text::fold::Folded,
};

/// The most groups shown.
pub const MOST: i64 = 200;
/// Groups read per query.
const PAGE: i64 = 200;

/// Messages with the same folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The folded text: the key for [`dismiss`], and a keyword for a rule.
    pub folded: String,
    /// One of them, as written.
    pub sample: String,
    pub count: i64,
    /// Epoch milliseconds.
    pub last_at: i64,
}

/// Unanswered messages: of all followers for the account, of this user for a user. Empty if contents are not stored. Messages
/// that a newer rule would answer are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn inbox(ctx: &Ctx, owner_id: i64, most: i64) -> Result<Vec<Group>, CoreError> {
    let most = most.clamp(1, MOST);
    let rule_set = cache::load(ctx, owner_id).await?;
    let account = cache::load(ctx, ACCOUNT).await?;
    let is_open = |row: &MissedRow| {
        let folded = Folded::new(&row.missed);
        [&rule_set, &account].iter().all(|rule_set| rule_set.answer(Occasion::Said, &folded).is_none())
    };
    let group = |row: MissedRow| Group {
        sample: row.sample.unwrap_or_else(|| row.missed.clone()),
        folded: row.missed,
        count: row.times,
        last_at: row.last_at,
    };
    // An owner who has added rules for the most frequent groups wants to see the next ones.
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

/// Removes a group from this owner's inbox only; later messages appear again. Returns the number of its messages.
///
/// # Errors
/// The database cannot be reached.
pub async fn dismiss(ctx: &Ctx, owner_id: i64, folded: &str) -> Result<i64, CoreError> {
    let dismissed = store::transact!(ctx.store, |tx| -> Result<i64, CoreError> {
        let Some((messages, last)) = store::message::find_missed(tx, of(owner_id), folded).await? else {
            return Ok(0);
        };
        if !store::message::update_missed_dismissed(tx, owner_id, folded, last).await? {
            store::message::insert_missed_dismissed(tx, owner_id, folded, last).await?;
        }
        Ok(messages)
    });
    dismissed.map_err(CoreError::busy_if_collided)
}
