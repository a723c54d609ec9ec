//! `/replies` and `/admin/replies`: the rules that somebody, or the account, answers by.
//!
//! One set of pages for both; the address says whose rules they are ([`Scope`]), and [`Desk::of`] is the first line of each page:
//! nobody gets past it who may not. Long forms are sent to their own page (`Here::posted`), short acts to `/do/rules…`.

mod bench;
mod change;
mod desk;
mod diff;
mod edit;
mod history;
mod import;
mod inbox;
mod keys;
mod list;
mod messages;
mod numbers;
mod scope;
mod several;
mod trace;
mod warn;
mod who;

pub use bench::{BenchPage, beside};
pub use desk::{Desk, Room};
pub use edit::{NewRulePage, RulePage};
pub use history::{ChangePage, HistoryPage, RuleHistoryPage};
pub use import::{ImportJobPage, ImportPage, is_running as is_running_import, routes};
pub use inbox::{UnansweredPage, cut};
pub use list::RepliesPage;
pub use messages::{MessagePage, MessagesPage};
pub use numbers::{NumbersPage, summary};
pub use scope::{Scope, has_editor, takes_forms};
pub use several::SeveralPage;
pub use who::Names;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// A rule's number as people call it.
pub fn padded(number: i64) -> String {
    format!("{number:02}")
}

/// Cuts what was found for one page, where one more than `size` was asked for. Gives the id below which the next page begins, if
/// there is one.
fn turned<T>(found: &mut Vec<T>, size: i64, id: impl Fn(&T) -> i64) -> Option<i64> {
    let size = usize::try_from(size).unwrap_or_default();
    if found.len() <= size {
        return None;
    }
    found.truncate(size);
    found.last().map(id)
}

/// A number in the address; read while the page is set up, where the router is at hand. What is no number is nothing's number.
fn param(name: &str) -> i64 {
    let text = use_params_map().read_untracked().get(name).unwrap_or_default();
    text.parse().unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn a_page_that_is_just_full_leads_nowhere() {
        let turn = |found: &[i64]| {
            let mut found = found.to_vec();
            (turned(&mut found, 2, |id| *id), found)
        };
        assert_eq!(turn(&[9, 8, 7]), (Some(8), vec![9, 8]));
        assert_eq!(turn(&[9, 8]), (None, vec![9, 8]));
        assert_eq!(turn(&[]), (None, vec![]));
    }
}
