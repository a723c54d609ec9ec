//! Brings the folded keywords of an earlier version up to date: what duplicates are looked up by. The books in memory fold anew.

use super::{Keyword, Matching, draft::FOLDED_MAX_CHARS};
use crate::{
    core::{CoreError, Ctx},
    store::{self, StoreError},
};

/// The fact that says by which version of the folding keywords were folded.
const FACT: &str = "keywords.folding";
/// Raised when [`fold`](super::fold) changes. 2: closing marks count at the end of parts, what cannot be seen does not.
const VERSION: &str = "2";
/// Keywords of one transaction.
const CHUNK: i64 = 1_000;

/// Folds every keyword anew, once after an update of the program; done at the start.
///
/// # Errors
/// The database cannot be reached.
pub async fn refold(ctx: &Ctx) -> Result<(), CoreError> {
    let known = store::fact::find_fact(&mut ctx.store.read().await?, FACT).await?;
    if known.as_deref() == Some(VERSION) {
        return Ok(());
    }
    let mut last = (0, 0);
    loop {
        let rows = store::rule::list_keywords(&mut ctx.store.read().await?, last, CHUNK).await?;
        let Some(end) = rows.last() else { break };
        last = (end.rule_id, end.position);
        let mut tx = ctx.store.begin().await?;
        for row in rows {
            let folded: String = Keyword { matching: Matching::of(&row.matching), text: row.keyword.clone() }
                .folded()
                .chars()
                .take(FOLDED_MAX_CHARS)
                .collect();
            if folded != row.folded {
                store::rule_edit::update_folded(&mut tx, &row, &folded).await?;
            }
        }
        tx.commit().await?;
    }
    let mut tx = ctx.store.begin().await?;
    store::fact::delete_fact(&mut tx, FACT).await?;
    match store::fact::insert_fact(&mut tx, FACT, VERSION).await {
        Ok(()) => tx.commit().await?,
        // Another instance has done the same.
        Err(StoreError::Duplicate) => tx.rollback().await?,
        Err(e) => return Err(e.into()),
    }
    Ok(())
}
