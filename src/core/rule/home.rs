//! Which of the account's rules the home page shows: visitors may ask for them there.

use super::{ACCOUNT, cache, change_set, edit};
use crate::{
    core::{CoreError, Ctx},
    store,
};

/// Shows a rule of the account on the home page, or no longer. No part of the rule's history: it changes nothing in the chat.
///
/// # Errors
/// [`CoreError::NotFound`] if the number does not exist.
pub async fn set(ctx: &Ctx, editor: &edit::Editor, number: i64, is_on_home: bool) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        change_set::lock(tx, ACCOUNT).await?;
        let rules = edit::rules(tx, ACCOUNT, &[number]).await?;
        let ids: Vec<i64> = rules.values().map(|rule| rule.id).collect();
        store::rule_edit::update_on_home(tx, &ids, is_on_home, &edit::touched(ctx, editor)).await?;
        cache::changed(ctx, tx, ACCOUNT).await?;
        Ok::<(), CoreError>(())
    })
}
