//! `/replies` and `/admin/replies`: the rules of a user, or of the account.
//!
//! Both use the same pages; the address says whose rules they show ([`RuleOwner`]), and each page first calls [`RuleScope::of`],
//! which checks the permission. Pages change nothing: their forms go to `web::action::rule`, and a form that was refused is shown
//! again (`PageRequest::returned`).

mod acts;
mod bench;
mod bulk_add;
mod content_shape;
mod diff;
mod edit;
mod editor_names;
mod history;
mod keys;
mod list;
mod messages;
mod owner;
mod rule_scope;
mod section;
mod stats;
mod trace;
mod unanswered;
mod warnings;
mod why;

pub mod import;

pub use crate::core::rule::error_text::padded;
pub use bench::BenchPage;
pub use bulk_add::BulkAddPage;
use content_shape::content_shape;
pub use edit::{NewRulePage, RulePage};
pub use editor_names::Names;
pub use history::{ChangePage, HistoryPage, RuleHistoryPage};
pub use import::{ImportJobPage, ImportPage, is_running as is_running_import, routes};
pub use list::{ListQuery, RepliesPage};
pub use messages::{MessagePage, MessagesPage};
pub use owner::{RuleOwner, takes_forms};
pub use rule_scope::RuleScope;
pub use section::Section;
pub use stats::{StatsPage, summary};
pub use unanswered::{UnansweredPage, cut};

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Truncates results to one page, if one more than `size` was requested. Returns the id below which the next page begins, if
/// there is one.
fn paginate<T>(found: &mut Vec<T>, size: i64, id: impl Fn(&T) -> i64) -> Option<i64> {
    let size = usize::try_from(size).unwrap_or_default();
    if found.len() <= size {
        return None;
    }
    found.truncate(size);
    found.last().map(id)
}

/// A number in the address; read during setup, while the router's context is available. Returns 0, the number of no rule, for
/// text that is not a number.
fn param(name: &str) -> i64 {
    let text = use_params_map().read_untracked().get(name).unwrap_or_default();
    text.parse().unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::paginate;

    #[test]
    fn a_page_that_is_just_full_leads_nowhere() {
        let page = |found: &[i64]| {
            let mut found = found.to_vec();
            (paginate(&mut found, 2, |id| *id), found)
        };
        assert_eq!(page(&[9, 8, 7]), (Some(8), vec![9, 8]));
        assert_eq!(page(&[9, 8]), (None, vec![9, 8]));
        assert_eq!(page(&[]), (None, vec![]));
    }
}
