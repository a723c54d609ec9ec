//! Whose rules, and the addresses of the pages about them.

use crate::core::reply::ACCOUNT;

const OWN: &str = "/replies";
const ACCOUNTS: &str = "/admin/replies";
/// The longest address that a form leads back to.
const BACK_MAX_BYTES: usize = 1_000;

/// Whose rules a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of whoever is signed in.
    Own,
    /// The account's, by an admin.
    Account,
}

/// True where forms are sent to the page at this address (as the router writes it) itself.
pub fn takes_forms(path: &str) -> bool {
    [OWN, ACCOUNTS].iter().any(|list| is_within(list, path))
}

/// True for the addresses of pages where a rule is written: only they have islands.
pub fn has_editor(path: &str) -> bool {
    let rests = [OWN, ACCOUNTS].into_iter().filter_map(|list| path.strip_prefix(list));
    rests
        .filter_map(|rest| if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') })
        .any(|rest| matches!(rest, "" | "new") || rest.parse::<i64>().is_ok())
}

fn is_within(list: &str, path: &str) -> bool {
    path.strip_prefix(list).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

impl Scope {
    /// The scope of the page at `path`.
    pub fn at(path: &str) -> Self {
        if is_within(ACCOUNTS, path) { Self::Account } else { Self::Own }
    }

    /// Reads a form's word.
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

    /// The owner of the rules, for the user who is signed in.
    pub fn owner_id(self, user_id: i64) -> i64 {
        match self {
            Self::Own => user_id,
            Self::Account => ACCOUNT,
        }
    }

    /// The list of rules.
    pub fn list(self) -> &'static str {
        match self {
            Self::Own => OWN,
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

    /// What was done to one rule.
    pub fn rule_history(self, number: i64) -> String {
        self.below(&format!("{number}/history"))
    }

    /// One change of rules.
    pub fn change(self, id: i64) -> String {
        self.below(&format!("history/{id}"))
    }

    /// Where a form leads back to: `asked`, where it is one of these pages, else the list.
    pub fn back(self, asked: &str) -> String {
        let is_plain = asked.len() <= BACK_MAX_BYTES && asked.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if is_plain && is_within(self.list(), asked) { asked.to_owned() } else { self.list().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_whose_rules_they_are() {
        assert_eq!(Scope::at("/replies/3"), Scope::Own);
        assert_eq!(Scope::at("/admin/replies"), Scope::Account);
        assert_eq!(Scope::at("/admin/repliesx"), Scope::Own);
        assert_eq!(Scope::Account.rule(3), "/admin/replies/3");
        assert_eq!(Scope::Own.change(12), "/replies/history/12");
        assert!(takes_forms("/replies/{number}") && takes_forms("/admin/replies") && !takes_forms("/replie"));
    }

    #[test]
    fn only_where_rules_are_written_there_are_islands() {
        for path in ["/replies", "/replies/", "/admin/replies/new", "/replies/12"] {
            assert!(has_editor(path), "{path}");
        }
        for path in
            ["/", "/replies/bench", "/replies/import/12", "/admin/replies/numbers", "/replies12", "/admin/users/12"]
        {
            assert!(!has_editor(path), "{path}");
        }
    }

    #[test]
    fn a_form_leads_back_to_these_pages_only() {
        assert_eq!(Scope::Own.back("/replies?q=%E4%BD%A0&page=2#rule-3"), "/replies?q=%E4%BD%A0&page=2#rule-3");
        for elsewhere in ["", "/me", "//evil.test", "/repliesx", "/admin/replies", "/replies\\x", "/replies?你"] {
            assert_eq!(Scope::Own.back(elsewhere), "/replies", "{elsewhere}");
        }
    }
}
