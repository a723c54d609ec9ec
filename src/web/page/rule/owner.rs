//! Whose rules a page shows, and the addresses of its pages.

use crate::core::rule::ACCOUNT;

const OWN: &str = "/replies";
const ACCOUNTS: &str = "/admin/replies";
/// The longest redirect target of a form.
const BACK_MAX_BYTES: usize = 1_000;

/// Whose rules a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleOwner {
    /// The signed-in user's.
    User,
    /// The account's, edited by an admin.
    Account,
}

/// True if forms are sent to the page at this route itself.
pub fn takes_forms(path: &str) -> bool {
    [OWN, ACCOUNTS].iter().any(|list| is_within(list, path))
}

fn is_within(list: &str, path: &str) -> bool {
    path.strip_prefix(list).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

impl RuleOwner {
    /// The scope of the page at `path`.
    pub fn at(path: &str) -> Self {
        if is_within(ACCOUNTS, path) { Self::Account } else { Self::User }
    }

    /// Parses a form's value.
    pub fn of(owner: &str) -> Self {
        if owner == "account" { Self::Account } else { Self::User }
    }

    /// The value in forms.
    pub fn owner(self) -> &'static str {
        match self {
            Self::User => "",
            Self::Account => "account",
        }
    }

    /// The id of the rules' owner.
    pub fn owner_id(self, user_id: i64) -> i64 {
        match self {
            Self::User => user_id,
            Self::Account => ACCOUNT,
        }
    }

    /// The list of rules.
    pub fn list(self) -> &'static str {
        match self {
            Self::User => OWN,
            Self::Account => ACCOUNTS,
        }
    }

    /// A page below the list: `history`, `12`.
    pub fn below(self, rest: &str) -> String {
        format!("{}/{rest}", self.list())
    }

    /// One rule.
    pub fn rule(self, number: i64) -> String {
        self.below(&number.to_string())
    }

    /// The history of one rule.
    pub fn rule_history(self, number: i64) -> String {
        self.below(&format!("{number}/history"))
    }

    /// One change.
    pub fn change(self, id: i64) -> String {
        self.below(&format!("history/{id}"))
    }

    /// The redirect target of a form: `asked` if it is one of these pages, else the list.
    pub fn back(self, requested: &str) -> String {
        let is_plain =
            requested.len() <= BACK_MAX_BYTES && requested.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if is_plain && is_within(self.list(), requested) { requested.to_owned() } else { self.list().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_whose_rules_they_are() {
        assert_eq!(RuleOwner::at("/replies/3"), RuleOwner::User);
        assert_eq!(RuleOwner::at("/admin/replies"), RuleOwner::Account);
        assert_eq!(RuleOwner::at("/admin/repliesx"), RuleOwner::User);
        assert_eq!(RuleOwner::Account.rule(3), "/admin/replies/3");
        assert_eq!(RuleOwner::User.change(12), "/replies/history/12");
        assert!(takes_forms("/replies/{number}") && takes_forms("/admin/replies") && !takes_forms("/replie"));
    }

    #[test]
    fn a_form_leads_back_to_these_pages_only() {
        assert_eq!(RuleOwner::User.back("/replies?q=%E4%BD%A0&page=2#rule-3"), "/replies?q=%E4%BD%A0&page=2#rule-3");
        for elsewhere in ["", "/me", "//evil.test", "/repliesx", "/admin/replies", "/replies\\x", "/replies?你"] {
            assert_eq!(RuleOwner::User.back(elsewhere), "/replies", "{elsewhere}");
        }
    }
}
