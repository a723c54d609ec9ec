//! The undo button for a change.

use crate::web::{action::flash::Offer, page::rule::RuleScope, text::Common};

impl RuleScope {
    /// A button that undoes the change that was just made here; `None` if nothing was changed. `back` is the redirect target.
    pub fn undo_offer(self, change_id: Option<i64>, back: &str) -> Option<Offer> {
        change_id.map(|change_id| Offer {
            action: "/do/rules-undo".to_owned(),
            text: Common::of(self.lang).undo.to_owned(),
            fields: vec![
                ("owner".to_owned(), self.owner.owner().to_owned()),
                ("change".to_owned(), change_id.to_string()),
                ("back".to_owned(), back.to_owned()),
            ],
        })
    }
}
