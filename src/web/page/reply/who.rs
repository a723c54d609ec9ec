//! Who changed a rule, as the pages say it.

use super::Desk;
use crate::core::{CoreError, Ctx, account};
use std::collections::HashMap;

/// The names of those who changed rules.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<i64, String>);

impl Names {
    /// Looks them up; ids may come several times.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn of(ctx: &Ctx, ids: impl Iterator<Item = i64>) -> Result<Self, CoreError> {
        let mut ids: Vec<i64> = ids.filter(|id| *id > 0).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(account::names(ctx, &ids).await?))
    }

    /// What somebody is called on this desk.
    pub fn say(&self, desk: Desk, id: i64) -> String {
        let t = desk.texts();
        match id {
            0 => t.program.to_owned(),
            id if id == desk.user_id => t.you.to_owned(),
            id => self.0.get(&id).cloned().unwrap_or_else(|| t.somebody.to_owned()),
        }
    }
}
