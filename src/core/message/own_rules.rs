//! Commands about a user's own rules: the same for followers of the Official Account and for the personal channel.
//!
//! The owner of the rules is always the sender: no command names an owner.

use super::{
    command_result::CommandResult,
    command_text,
    command_texts::CommandTexts,
    commands::{Args, Command, Invocation},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        rule::{
            Content, Keyword, MatchType, Rule, Source,
            draft::Draft,
            edit::{self, Editor, Plan, Update},
            history, pairs,
            rejection::RuleRejection,
            search::{self, Query},
        },
    },
    store::{self, Tx},
    text::Lang,
};

/// Rules per page of the list: a page is one message, regardless of the rules.
const PAGE: i64 = 15;
/// How long a question stays open.
pub(super) const QUESTION_MS: i64 = 5 * 60_000;
/// The kind of the question whether to delete rules.
pub(super) const DELETE: &str = "delete";

/// The result of a command.
#[derive(Debug)]
pub(super) enum RuleStep {
    Done(CommandResult),
    /// Nothing was changed: the question whether to delete the rules with these numbers must be confirmed first.
    AskDelete {
        numbers: String,
        text: String,
    },
}

/// True for commands of this module.
pub(super) fn is_about_rules(command: Command) -> bool {
    matches!(
        command,
        Command::List
            | Command::Show
            | Command::Add
            | Command::Edit
            | Command::Delete
            | Command::On
            | Command::Off
            | Command::Undo
    )
}

/// Reads the numbers of [`RuleStep::AskDelete`].
pub(super) fn numbers_of(subject: &str) -> Vec<i64> {
    subject.split(',').filter_map(|n| n.parse().ok()).collect()
}

/// A user's own rules, and the language of the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnRules<'a> {
    pub ctx: &'a Ctx,
    pub lang: Lang,
    pub user: &'a User,
}

impl OwnRules<'_> {
    /// Runs a command of this module.
    pub async fn run(&self, db: &mut Tx, invocation: &Invocation) -> Result<RuleStep, CoreError> {
        if let (Command::Delete, Args::Numbers(numbers)) = (invocation.command, &invocation.args) {
            return self.ask_delete(db, numbers).await;
        }
        self.change(db, invocation).await.map(RuleStep::Done)
    }

    async fn change(&self, db: &mut Tx, invocation: &Invocation) -> Result<CommandResult, CoreError> {
        match (invocation.command, &invocation.args) {
            (_, Args::Unclear) => Ok(CommandResult::text(command_text::usage(self.ctx, self.lang, invocation.command))),
            (Command::List, args) => self.list(db, args).await,
            (_, Args::TooLarge(numbers)) => {
                Ok(CommandResult::text(command_text::no_such_text(self.ctx, self.lang, numbers)))
            }
            (Command::Show, Args::Numbers(numbers)) => self.show(db, numbers).await,
            (Command::Add, Args::Pair { keyword, reply, .. }) => self.add(db, keyword, reply).await,
            (Command::Edit, Args::Pair { number: Some(number), keyword, reply }) => {
                self.edit(db, *number, keyword, reply).await
            }
            (Command::On | Command::Off, Args::Numbers(numbers)) => {
                self.switch_rules(db, numbers, invocation.command == Command::On).await
            }
            (Command::On | Command::Off, _) => self.switch(db, invocation.command == Command::On).await,
            (Command::Undo, _) => self.undo(db).await,
            (command, _) => Ok(CommandResult::text(command_text::usage(self.ctx, self.lang, command))),
        }
    }

    fn editor(&self) -> Editor {
        let id = self.user.id;
        Editor { owner_id: id, actor_id: id, door: Source::Chat, address: String::new() }
    }

    /// The rules with these numbers; `Err` is the answer if one of them does not exist.
    async fn rules(&self, db: &mut Tx, numbers: &[i64]) -> Result<Result<Vec<Rule>, CommandResult>, CoreError> {
        let found = store::rule::list_by_number(db, self.user.id, numbers).await?;
        let rules: Vec<Rule> = found.into_iter().map(Rule::from).collect();
        let missing: Vec<i64> = numbers.iter().copied().filter(|n| rules.iter().all(|r| r.number != *n)).collect();
        if missing.is_empty() {
            return Ok(Ok(rules));
        }
        Ok(Err(CommandResult::text(command_text::no_such(self.ctx, self.lang, &missing))))
    }

    async fn list(&self, db: &mut Tx, args: &Args) -> Result<CommandResult, CoreError> {
        let (page, typed) = match args {
            Args::Numbers(numbers) => (numbers.first().copied().unwrap_or(1), None),
            Args::TooLarge(numbers) => (i64::MAX, numbers.first()),
            _ => (1, None),
        };
        let query = Query { page, size: PAGE, ..Query::default() };
        let found = search::search_within(db, self.user.id, &query).await?;
        let number = typed.cloned().unwrap_or_else(|| found.page.to_string());
        Ok(CommandResult::text(command_text::list(self.ctx, self.lang, (&found, &number), self.user.is_auto_reply)))
    }

    async fn show(&self, db: &mut Tx, numbers: &[i64]) -> Result<CommandResult, CoreError> {
        Ok(match self.rules(db, numbers).await? {
            Ok(rules) => CommandResult::text(
                rules.iter().map(|r| command_text::rule(self.lang, r)).collect::<Vec<_>>().join("\n\n"),
            ),
            Err(result) => result,
        })
    }

    async fn add(&self, db: &mut Tx, keyword: &str, reply: &str) -> Result<CommandResult, CoreError> {
        let draft = Draft { keywords: vec![exact(keyword)], contents: vec![Content::text(reply)], ..Draft::default() };
        let plan = Plan { add: vec![draft], ..Plan::default() };
        match self.apply(db, plan).await {
            Ok(result) => {
                let number = result.numbers.first().copied().unwrap_or_default();
                let text = command_text::added(self.ctx, self.lang, (number, keyword, reply), self.user.is_auto_reply);
                Ok(CommandResult::edited(self.user.id, text))
            }
            Err(rejection) => self.rejected(rejection, Command::Add, reply),
        }
    }

    /// The keyword replaces the rule's keywords, unless it is one of them; the reply replaces its contents.
    async fn edit(&self, db: &mut Tx, number: i64, keyword: &str, reply: &str) -> Result<CommandResult, CoreError> {
        let rule = match self.rules(db, &[number]).await? {
            Ok(mut rules) => rules.pop().ok_or(CoreError::NotFound)?,
            Err(result) => return Ok(result),
        };
        let draft = rewritten(&rule, keyword, reply);
        let update = Update { number, revision: Some(rule.revision), draft: draft.clone() };
        match self.apply(db, Plan { update: vec![update], ..Plan::default() }).await {
            Ok(result) if result.change_id.is_none() => Ok(CommandResult::text(command_text::same(self.lang, number))),
            Ok(_) => {
                let text = command_text::edited(self.ctx, self.lang, &rule, &draft);
                Ok(CommandResult::edited(self.user.id, text))
            }
            Err(rejection) => self.rejected(rejection, Command::Edit, reply),
        }
    }

    async fn apply(&self, db: &mut Tx, plan: Plan) -> Result<edit::Edited, RuleRejection> {
        edit::apply_within(self.ctx, db, &self.editor(), &plan).await
    }

    /// The answer to a rejected command.
    fn rejected(&self, rejection: RuleRejection, command: Command, reply: &str) -> Result<CommandResult, CoreError> {
        let (ctx, lang) = (self.ctx, self.lang);
        match rejection {
            RuleRejection::Drafts(faults) => {
                Ok(CommandResult::text(command_text::faults(ctx, lang, &faults, (command, reply))))
            }
            RuleRejection::Core(CoreError::Invalid(flaws)) => {
                Ok(CommandResult::text(command_text::flaws(ctx, lang, &flaws, command)))
            }
            RuleRejection::Core(CoreError::Conflict) => Ok(CommandResult::text(CommandTexts::of(self.lang).conflict)),
            RuleRejection::Core(error) => Err(error),
        }
    }

    async fn ask_delete(&self, db: &mut Tx, numbers: &[i64]) -> Result<RuleStep, CoreError> {
        let rules = match self.rules(db, numbers).await? {
            Ok(rules) => rules,
            Err(result) => return Ok(RuleStep::Done(result)),
        };
        let subject: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        Ok(RuleStep::AskDelete { numbers: subject.join(","), text: command_text::ask_delete(self.lang, &rules) })
    }

    /// Deletes rules after the confirmation. They may have been changed or deleted since the question.
    pub async fn delete(&self, db: &mut Tx, numbers: &[i64]) -> Result<CommandResult, CoreError> {
        let found = store::rule::list_by_number(db, self.user.id, numbers).await?;
        let numbers: Vec<i64> = found.iter().map(|record| record.rule.number).collect();
        if numbers.is_empty() {
            return Ok(CommandResult::text(CommandTexts::of(self.lang).gone));
        }
        match self.apply(db, Plan { delete: numbers.clone(), ..Plan::default() }).await {
            Ok(_) => Ok(CommandResult::edited(self.user.id, command_text::deleted(self.ctx, self.lang, &numbers))),
            Err(rejection) => self.rejected(rejection, Command::Delete, ""),
        }
    }

    /// The user's switch for all of their rules.
    async fn switch(&self, db: &mut Tx, is_on: bool) -> Result<CommandResult, CoreError> {
        store::user::update_auto_reply(db, self.user.id, is_on, self.ctx.now()).await?;
        Ok(CommandResult::text(command_text::switched(self.ctx, self.lang, is_on)))
    }

    async fn switch_rules(&self, db: &mut Tx, numbers: &[i64], is_on: bool) -> Result<CommandResult, CoreError> {
        if let Err(result) = self.rules(db, numbers).await? {
            return Ok(result);
        }
        match edit::set_enabled_within(self.ctx, db, &self.editor(), numbers, is_on).await {
            Ok(None) => Ok(CommandResult::text(command_text::switched_already(self.lang, numbers, is_on))),
            Ok(Some(_)) => {
                Ok(CommandResult::edited(self.user.id, command_text::rules_switched(self.lang, numbers, is_on)))
            }
            Err(rejection) => self.rejected(rejection, if is_on { Command::On } else { Command::Off }, ""),
        }
    }

    async fn undo(&self, db: &mut Tx) -> Result<CommandResult, CoreError> {
        let t = CommandTexts::of(self.lang);
        match history::undo_within(self.ctx, db, &self.editor(), None).await {
            Ok(change) => Ok(CommandResult::edited(self.user.id, command_text::undone(self.lang, &change))),
            Err(RuleRejection::Core(CoreError::NotFound)) => Ok(CommandResult::text(t.nothing_to_undo)),
            Err(RuleRejection::Core(CoreError::Conflict)) => Ok(CommandResult::text(t.undo_conflict)),
            Err(rejection) => self.rejected(rejection, Command::Undo, ""),
        }
    }
}

fn exact(keyword: &str) -> Keyword {
    Keyword { text: keyword.to_owned(), matching: MatchType::Exact }
}

/// A rule with another keyword and reply; everything else stays unchanged.
fn rewritten(rule: &Rule, keyword: &str, reply: &str) -> Draft {
    let keywords = pairs::keywords_with(rule, keyword);
    Draft { keywords, contents: vec![Content::text(reply)], ..Draft::from(rule) }
}

#[cfg(test)]
mod tests;
