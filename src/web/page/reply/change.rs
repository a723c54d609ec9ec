//! The change that somebody has just made, so that it can be taken back.

use super::Desk;
use crate::web::{action::flash::Offer, text::Common};

impl Desk {
    /// A button that takes this very change back, which was just made here; None where nothing was changed. `back` is where it leads.
    pub fn undoing(self, change_id: Option<i64>, back: &str) -> Option<Offer> {
        change_id.map(|change_id| Offer {
            action: "/do/rules-undo".to_owned(),
            text: Common::of(self.lang).undo.to_owned(),
            fields: vec![
                ("owner".to_owned(), self.scope.owner().to_owned()),
                ("change".to_owned(), change_id.to_string()),
                ("back".to_owned(), back.to_owned()),
            ],
        })
    }
}
