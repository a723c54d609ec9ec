//! Names of users on the rule pages: who changed a rule, who sent a message.

use super::RuleScope;
use crate::{
    core::{CoreError, Ctx, account},
    web::page::admin::user::page_of,
};
use leptos::prelude::*;
use std::collections::HashMap;

/// The colours of the marks beside names.
const COLOURS: i64 = 4;

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

    /// The name with a mark before it; admins get a link to the user's page.
    pub fn link(&self, scope: RuleScope, id: i64) -> AnyView {
        let name = self.say(scope, id);
        let own = self.0.get(&id);
        let initial = own.unwrap_or(&name).chars().next().map(String::from);
        let class = match id {
            0 => "actor-mark program".to_owned(),
            id => format!("actor-mark of-{}", id.rem_euclid(COLOURS)),
        };
        let is_linked = scope.is_admin && own.is_some();
        let name = if is_linked { view! { <a href=page_of(id)>{name}</a> }.into_any() } else { name.into_any() };
        view! { <span class="actor"><span class=class aria-hidden="true">{initial}</span> {name}</span> }.into_any()
    }
}
