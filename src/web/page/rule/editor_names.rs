//! Names of the users who changed rules.

use super::RuleScope;
use crate::core::{CoreError, Ctx, account};
use std::collections::HashMap;

/// Names by user id.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<i64, String>);

impl Names {
    /// Loads the names; ids may repeat.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn of(ctx: &Ctx, ids: impl Iterator<Item = i64>) -> Result<Self, CoreError> {
        let mut ids: Vec<i64> = ids.filter(|id| *id > 0).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(account::names(ctx, &ids).await?))
    }

    /// The name of a user in this scope.
    pub fn say(&self, scope: RuleScope, id: i64) -> String {
        let t = scope.texts();
        match id {
            0 => t.program.to_owned(),
            id if id == scope.user_id => t.you.to_owned(),
            id => self.0.get(&id).cloned().unwrap_or_else(|| t.deleted_user.to_owned()),
        }
    }
}
