//! Commands of a follower about their own rules and account, run in the transaction of the message.
//!
//! The owner of the rules is always the sender of the signed push: no command names an owner. Changes that cannot be undone by a
//! command need a confirmation first; `1` answers the latest question, for five minutes.

mod registration;

use super::{
    chat_text::Chat,
    command_result::{CommandResult, Sender},
    command_text,
    command_texts::CommandTexts,
    commands::{Command, Invocation},
    effects::Effects,
    join,
    own_rules::{self, DELETE, OwnRules, QUESTION_MS, RuleStep, numbers_of},
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        account::{User, identity::unbind_within},
        signin::{chat, follow},
    },
    store::{self, Tx, identity::IdentityRow},
    text::Lang,
};
use registration::UNREGISTER;

const UNBIND: &str = "unbind";

/// Runs a command about rules or the account; `None` if the command is about something else.
pub async fn run(
    ctx: &OfficialCtx,
    db: &mut Tx,
    sender: Sender<'_>,
    invocation: &Invocation,
) -> Result<Option<CommandResult>, CoreError> {
    let is_ours = own_rules::is_about_rules(invocation.command)
        || matches!(invocation.command, Command::Unbind | Command::Unregister);
    if !is_ours {
        return Ok(None);
    }
    let Some(user) = sender.user else {
        return Ok(Some(CommandResult::text(command_text::no_account(ctx, invocation.lang))));
    };
    if !user.is_enabled {
        return Ok(Some(CommandResult::text(Chat::of(invocation.lang).disabled)));
    }
    let context = CommandContext { ctx, lang: invocation.lang, identity: sender.identity, user };
    context.dispatch(db, invocation).await.map(Some)
}

/// Confirms an open question of this module; `None` if there is none.
pub async fn confirm(
    ctx: &OfficialCtx,
    db: &mut Tx,
    sender: Sender<'_>,
    lang: Lang,
) -> Result<Option<CommandResult>, CoreError> {
    let IdentityRow { appid, openid, .. } = sender.identity;
    let Some((kind, subject)) = store::question::find_question(db, appid, openid, ctx.now()).await? else {
        return Ok(None);
    };
    store::question::delete_question(db, appid, openid).await?;
    let (asked, numbers) = subject.split_once(':').unwrap_or_default();
    let Some(user) = sender.user.filter(|user| user.is_enabled && user.id.to_string() == asked) else {
        return Ok(None);
    };
    let context = CommandContext { ctx, lang, identity: sender.identity, user };
    match kind.as_str() {
        DELETE => context.rules().delete(db, &numbers_of(numbers)).await.map(Some),
        UNBIND => context.unbind(db).await.map(Some),
        UNREGISTER => context.unregister(db).await.map(Some),
        follow::QUESTION => {
            let outcome = follow::confirm(ctx, db, numbers, sender.identity).await?;
            Ok(outcome.map(|outcome| CommandResult::text(super::chat_text::outcome(ctx, lang, &outcome))))
        }
        join::JOIN => join::agreed(ctx, db, (sender.identity, user), lang, numbers).await.map(Some),
        _ => Ok(None),
    }
}

/// `合并账号`: asks, or answers the open question. `None` if this user has no second account.
pub(super) async fn join_wanted(
    ctx: &OfficialCtx,
    db: &mut Tx,
    sender: Sender<'_>,
    lang: Lang,
) -> Result<Option<CommandResult>, CoreError> {
    let IdentityRow { appid, openid, .. } = sender.identity;
    let open = store::question::find_question(db, appid, openid, ctx.now()).await?;
    if open.is_some_and(|(kind, _)| kind == join::JOIN) {
        return confirm(ctx, db, sender, lang).await;
    }
    let Some((_, text)) = join::question(ctx, db, sender.identity, lang, true).await? else { return Ok(None) };
    let changed = chat::end_question(ctx, db, sender.identity).await?;
    Ok(Some(CommandResult::text(text).with(Effects { session_statuses: changed, ..Effects::default() })))
}

/// Refuses an open question of this module; `None` if there is none.
pub async fn refuse(
    ctx: &Ctx,
    db: &mut Tx,
    sender: Sender<'_>,
    lang: Lang,
) -> Result<Option<CommandResult>, CoreError> {
    let IdentityRow { appid, openid, .. } = sender.identity;
    let open = store::question::find_question(db, appid, openid, ctx.now()).await?;
    store::question::delete_question(db, appid, openid).await?;
    Ok(match open {
        None => None,
        Some((kind, subject)) if kind == join::JOIN => {
            let pair = subject.split_once(':').unwrap_or_default().1;
            Some(join::refused(ctx, db, lang, pair).await?)
        }
        Some(_) => Some(CommandResult::text(CommandTexts::of(lang).dropped)),
    })
}

/// A user with an account, and the language of their command.
struct CommandContext<'a> {
    ctx: &'a OfficialCtx,
    lang: Lang,
    identity: &'a IdentityRow,
    user: &'a User,
}

impl CommandContext<'_> {
    fn rules(&self) -> OwnRules<'_> {
        OwnRules { ctx: self.ctx, lang: self.lang, user: self.user }
    }

    async fn dispatch(&self, db: &mut Tx, invocation: &Invocation) -> Result<CommandResult, CoreError> {
        match invocation.command {
            Command::Unbind => self.ask_unbind(db).await,
            Command::Unregister => self.ask_unregister(db).await,
            _ => match self.rules().run(db, invocation).await? {
                RuleStep::Done(result) => Ok(result),
                RuleStep::AskDelete { numbers, text } => self.ask(db, DELETE, &numbers, text).await,
            },
        }
    }

    async fn ask_unbind(&self, db: &mut Tx) -> Result<CommandResult, CoreError> {
        let t = CommandTexts::of(self.lang);
        if self.user.username.is_none() || !self.user.has_password {
            return Ok(CommandResult::text(command_text::with_site(self.ctx, t.unbind_first)));
        }
        self.ask(db, UNBIND, "", command_text::ask_unbind(self.lang, self.user)).await
    }

    /// Asks a question, replacing an earlier one: `1` must refer to the latest question.
    async fn ask(
        &self,
        db: &mut Tx,
        kind: &'static str,
        subject: &str,
        text: String,
    ) -> Result<CommandResult, CoreError> {
        let changed = chat::end_question(self.ctx, db, self.identity).await?;
        let person = (self.identity.appid.as_str(), self.identity.openid.as_str());
        // The question is about the current account: this WeChat may have another one when it is answered.
        let subject = format!("{}:{subject}", self.user.id);
        store::question::insert_question(db, person, kind, &subject, self.ctx.now() + QUESTION_MS).await?;
        Ok(CommandResult::text(text).with(Effects { session_statuses: changed, ..Effects::default() }))
    }

    async fn unbind(&self, db: &mut Tx) -> Result<CommandResult, CoreError> {
        let t = CommandTexts::of(self.lang);
        match unbind_within(self.ctx, db, self.user.id, "").await {
            Ok(()) => {
                let effects = Effects { ended_tokens: Some(self.user.id), ..Effects::default() };
                Ok(CommandResult::text(command_text::with_site(self.ctx, t.unbound)).with(effects))
            }
            Err(CoreError::Forbidden) => Ok(CommandResult::text(command_text::with_site(self.ctx, t.unbind_first))),
            Err(CoreError::NotFound) => Ok(CommandResult::text(command_text::no_account(self.ctx, self.lang))),
            Err(error) => Err(error),
        }
    }
}
