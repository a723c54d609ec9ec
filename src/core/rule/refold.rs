//! Updates the stored folded keywords of an earlier version, which duplicates are looked up by. Rule sets in memory are folded
//! when they are built.

use super::{Keyword, MatchType, draft::FOLDED_MAX_CHARS};
use crate::{
    core::{CoreError, Ctx},
    store,
};

/// The fact that stores the folding version of the keywords.
const FACT: &str = "keywords.folding";
/// Raised when [`fold`](super::fold) changes. 2: closing punctuation counts at the end of partial texts, invisible
/// characters are ignored.
const VERSION: &str = "2";
/// Keywords per transaction.
const CHUNK: i64 = 1_000;

/// Folds every keyword again, once after a program update; called at startup.
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
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            for row in &rows {
                let folded: String = Keyword { matching: MatchType::of(&row.matching), text: row.keyword.clone() }
                    .folded()
                    .chars()
                    .take(FOLDED_MAX_CHARS)
                    .collect();
                if folded != row.folded {
                    store::rule_edit::update_folded(tx, row, &folded).await?;
                }
            }
            Ok(())
        })?;
    }
    Ok(store::transact!(ctx.store, |tx| {
        store::fact::delete_fact(tx, FACT).await?;
        store::fact::insert_fact(tx, FACT, VERSION).await
    })?)
}
