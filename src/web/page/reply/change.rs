//! The change that somebody has just made, so that it can be taken back.

use super::Desk;
use crate::{
    core::{CoreError, Ctx, reply::history},
    web::{action::flash::Offer, text::Common},
};

impl Desk {
    /// A button that takes back what was just done here; `back` is where it leads.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn undoing(self, ctx: &Ctx, back: &str) -> Result<Option<Offer>, CoreError> {
        let latest = history::changes(ctx, self.owner_id, None, 1).await?.pop();
        // Somebody else was quicker: theirs is not ours to take back in passing.
        let own = latest.filter(|change| change.actor_id == self.user_id && !change.is_undone);
        Ok(own.map(|change| Offer {
            action: "/do/rules-undo".to_owned(),
            text: Common::of(self.lang).undo.to_owned(),
            fields: vec![
                ("owner".to_owned(), self.scope.owner().to_owned()),
                ("change".to_owned(), change.id.to_string()),
                ("back".to_owned(), back.to_owned()),
            ],
        }))
    }
}
