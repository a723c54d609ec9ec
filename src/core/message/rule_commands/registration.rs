//! `取消注册`: undoes a registration of the last day, after a question.

use super::{CommandContext, CommandResult};
use crate::{
    core::{
        CoreError,
        account::registration::{self, Offer},
        message::{command_text, command_texts::CommandTexts, effects::Effects},
    },
    store::{self, Tx},
    text::fill,
};

/// The question, as stored.
pub(super) const UNREGISTER: &str = "unregister";

impl CommandContext<'_> {
    /// Asks whether to delete the account that this WeChat registered.
    pub(super) async fn ask_unregister(&self, db: &mut Tx) -> Result<CommandResult, CoreError> {
        let t = CommandTexts::of(self.lang);
        match registration::offer(self.ctx, db, self.user, self.identity).await? {
            Offer::Open => {}
            Offer::Closed => return Ok(CommandResult::text(command_text::with_site(self.ctx, t.unregister_closed))),
            Offer::Admin => return Ok(CommandResult::text(command_text::with_site(self.ctx, t.unregister_admin))),
        }
        let (rules, _, _) = store::directory::find_rule_counts(db, self.user.id).await?;
        self.ask(db, UNREGISTER, "", command_text::ask_unregister(self.lang, self.user, rules)).await
    }

    /// Deletes that account after the confirmation.
    pub(super) async fn unregister(&self, db: &mut Tx) -> Result<CommandResult, CoreError> {
        let t = CommandTexts::of(self.lang);
        match registration::undo_within(self.ctx, db, self.user, self.identity).await {
            Ok(()) => {}
            Err(CoreError::NotFound) => {
                return Ok(CommandResult::text(command_text::with_site(self.ctx, t.unregister_closed)));
            }
            Err(error) => return Err(error),
        }
        let id = self.user.id.to_string();
        let name = self.user.username.as_deref().unwrap_or(&id);
        let text = fill(&command_text::with_site(self.ctx, t.unregistered), &[("name", name)]);
        let effects = Effects { deleted_user: Some(self.user.id), is_erasure_due: true, ..Effects::default() };
        Ok(CommandResult::text(text).with(effects))
    }
}
