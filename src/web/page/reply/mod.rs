//! `/replies`: the rules that somebody, or the account, answers by.

mod delete;
mod edit;
mod form;
mod list;

pub use delete::RuleDeletePage;
pub use edit::RulePage;
pub use list::RepliesPage;

use super::Visitor;
use crate::core::{
    CoreError,
    reply::{ACCOUNT, Rule, edit as rules},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Whose rules are edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of whoever is signed in.
    Own,
    /// The account's, by an admin.
    Account,
}

impl Scope {
    /// Reads a form's or a query's word.
    pub fn of(owner: &str) -> Self {
        if owner == "account" { Self::Account } else { Self::Own }
    }

    /// That word.
    pub fn owner(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Account => "account",
        }
    }

    /// The page of the list.
    pub fn list(self) -> String {
        format!("/replies{}", self.query())
    }

    /// The page of one rule.
    pub fn rule(self, number: i64) -> String {
        format!("/replies/{number}{}", self.query())
    }

    /// The page that asks before it is deleted.
    pub fn delete(self, number: i64) -> String {
        format!("/replies/{number}/delete{}", self.query())
    }

    fn query(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Account => "?owner=account",
        }
    }
}

/// A rule's number as people call it.
pub fn padded(number: i64) -> String {
    format!("{number:02}")
}

/// Whose rules the page is about, where this visitor may see them.
fn scope(visitor: &Visitor) -> Result<(Scope, i64), CoreError> {
    let user = visitor.signed_in()?;
    match Scope::of(&visitor.here.query("owner")) {
        Scope::Own => Ok((Scope::Own, user.id)),
        Scope::Account if visitor.is_admin() => Ok((Scope::Account, ACCOUNT)),
        Scope::Account => Err(CoreError::Forbidden),
    }
}

/// The number in the address; read while the page is set up, where the router is at hand.
fn number() -> String {
    use_params_map().read_untracked().get("number").unwrap_or_default()
}

/// The rule that the page is about.
async fn rule(visitor: &Visitor, owner_id: i64, number: &str) -> Result<Rule, CoreError> {
    let number: i64 = number.parse().map_err(|_| CoreError::NotFound)?;
    let all = rules::list(&visitor.here.ctx, owner_id).await?;
    all.into_iter().find(|rule| rule.number == number).ok_or(CoreError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_a_scope_leads_back_into_it() {
        assert_eq!(Scope::of("account").rule(3), "/replies/3?owner=account");
        assert_eq!(Scope::of("").delete(12), "/replies/12/delete");
        assert_eq!(Scope::of("1002"), Scope::Own);
        assert_eq!(padded(3), "03");
    }
}
