//! Answers a message of the personal channel: the user's own rules through the same engine as in the Official Account's chat, and the
//! commands about them. There are no codes, no sign-ins and no rules of the account.

use super::{
    answered_by::AnsweredBy,
    chat_text::Chat,
    command_text,
    command_texts::CommandTexts,
    commands::{Command, Invocation},
    decide::{self, Input, RuleSets, Step, Steps},
    own_rules::{self, DELETE, OwnRules, QUESTION_MS, RuleStep, numbers_of},
    split,
    trace::{Trace, Verdict},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        rule::{
            self, Content,
            rule_set::{Hit, RuleSet},
        },
    },
    store::Tx,
    text::Lang,
};
use std::sync::Arc;

/// Commands of the channel, in the order of the help.
const COMMANDS: [Command; 10] = [
    Command::List,
    Command::Show,
    Command::Add,
    Command::Edit,
    Command::Delete,
    Command::On,
    Command::Off,
    Command::Undo,
    Command::Me,
    Command::Help,
];
/// The most characters of an unanswered text that are stored for grouping.
const MISSED_MAX_CHARS: usize = 200;

/// A message of the channel, as far as answering needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonalInput {
    Text(String),
    /// A message that is not text: its kind.
    Kind(&'static str),
}

/// The outcome of a message.
#[derive(Debug, Default)]
pub struct PersonalOutcome {
    /// The answers, in order.
    pub replies: Vec<Content>,
    pub answered_by: AnsweredBy,
    pub rule_id: Option<i64>,
    /// True if the text must not be stored: it has the form of a code, and no rule answered it.
    pub is_secret: bool,
    /// The trace as JSON.
    pub trace: Option<String>,
    /// The folded text that no rule matched.
    pub missed: Option<String>,
    /// `Some` if the open question changes: the new one and its end in epoch milliseconds, or `None` for both.
    pub question: Option<(Option<String>, Option<i64>)>,
}

impl PersonalOutcome {
    fn command(text: impl Into<String>) -> Self {
        Self { replies: vec![Content::text(text)], answered_by: AnsweredBy::Command, ..Self::default() }
    }
}

/// The rule sets of a user's channel.
///
/// # Errors
/// The database cannot be reached.
pub async fn rule_sets(ctx: &Ctx, user_id: i64) -> Result<RuleSets, CoreError> {
    let own = rule::cache::load(ctx, user_id).await?;
    Ok(RuleSets { account: Arc::new(RuleSet::default()), own: Some((user_id, own)) })
}

/// Answers a message inside the caller's transaction. `question`: the open question, as an earlier outcome gave it.
///
/// # Errors
/// The database cannot be reached, or a concurrent transaction collided.
pub async fn answer(
    ctx: &Ctx,
    db: &mut Tx,
    rule_sets: &RuleSets,
    user: &User,
    (input, question): (&PersonalInput, Option<&str>),
) -> Result<PersonalOutcome, CoreError> {
    let input = match input {
        PersonalInput::Text(text) => Input::Text(text.clone()),
        PersonalInput::Kind(kind) => Input::Kind((*kind).to_owned()),
    };
    let mut steps = Steps::of(ctx, rule_sets, Some(user), &input);
    let (mut answered, mut is_code) = (None, false);
    while let Some(step) = steps.next() {
        answered = match step {
            Step::Command(invocation) => run_command(ctx, db, user, &invocation, question).await?,
            Step::Rule(by, hit) => {
                let outcome = by_rule(ctx, db, user, &input, by, &hit).await?;
                if outcome.is_none() {
                    steps.mute(hit.rule.id);
                }
                outcome
            }
            // Codes belong into the chat of the Official Account.
            Step::Digits(_) | Step::WrongCode => {
                is_code = true;
                None
            }
            Step::Slip(_) | Step::Welcome => None,
        };
        if answered.is_some() {
            break;
        }
    }
    let outcome = answered.unwrap_or_default();
    let mute = steps.into_muted();
    let is_text = matches!(input, Input::Text(_));
    if is_text && outcome.answered_by == AnsweredBy::None {
        rule::stats::message(ctx, db, user.id, false).await?;
    }
    let verdict = Verdict { answered_by: outcome.answered_by, rule_id: outcome.rule_id, mute: &mute };
    let missed = (is_text && outcome.answered_by.is_unanswered())
        .then(|| input.folded().1.bare().chars().take(MISSED_MAX_CHARS).collect());
    Ok(PersonalOutcome {
        is_secret: is_code && outcome.answered_by == AnsweredBy::None,
        trace: Some(Trace::of(rule_sets, Some(user), &input, &verdict).to_stored()),
        missed,
        ..outcome
    })
}

/// A rule's answer; `None` if nothing of it can be sent.
async fn by_rule(
    ctx: &Ctx,
    db: &mut Tx,
    user: &User,
    input: &Input,
    answered_by: AnsweredBy,
    hit: &Hit<'_>,
) -> Result<Option<PersonalOutcome>, CoreError> {
    let contents = decide::contents_of(ctx, hit, Some(user), input);
    let shown = split::shown_without_account(db, &contents).await?;
    if shown.is_empty() {
        return Ok(None);
    }
    let replies = decide::pick(ctx, hit.rule, shown);
    rule::stats::hit(ctx, db, hit.rule.id).await?;
    if matches!(input, Input::Text(_)) {
        rule::stats::message(ctx, db, user.id, true).await?;
    }
    Ok(Some(PersonalOutcome { replies, answered_by, rule_id: Some(hit.rule.id), ..PersonalOutcome::default() }))
}

/// Runs a command; `None` if the word is not a command here, or not now.
async fn run_command(
    ctx: &Ctx,
    db: &mut Tx,
    user: &User,
    invocation: &Invocation,
    question: Option<&str>,
) -> Result<Option<PersonalOutcome>, CoreError> {
    let (command, lang) = (invocation.command, invocation.lang);
    if matches!(command, Command::Confirm | Command::Refuse) {
        return answer_question(ctx, db, user, (command, lang), question).await;
    }
    if !COMMANDS.contains(&command) {
        return Ok(None);
    }
    if !user.is_enabled {
        return Ok(Some(PersonalOutcome::command(Chat::of(lang).disabled)));
    }
    if !own_rules::is_about_rules(command) {
        let text = if command == Command::Help {
            Some(command_text::help_of(ctx, lang, &COMMANDS))
        } else {
            decide::command_reply(ctx, Some(user), command, lang)
        };
        return Ok(text.map(PersonalOutcome::command));
    }
    Ok(Some(match (OwnRules { ctx, lang, user }).run(db, invocation).await? {
        RuleStep::Done(result) => PersonalOutcome::command(result.text),
        RuleStep::AskDelete { numbers, text } => PersonalOutcome {
            question: Some((Some(format!("{DELETE}:{numbers}")), Some(ctx.now() + QUESTION_MS))),
            ..PersonalOutcome::command(text)
        },
    }))
}

/// `1` and `取消`, if a question is open.
async fn answer_question(
    ctx: &Ctx,
    db: &mut Tx,
    user: &User,
    (command, lang): (Command, Lang),
    question: Option<&str>,
) -> Result<Option<PersonalOutcome>, CoreError> {
    let asked = question.and_then(|question| question.split_once(':')).filter(|(kind, _)| *kind == DELETE);
    let Some((_, numbers)) = asked.filter(|_| user.is_enabled) else { return Ok(None) };
    let text = if command == Command::Confirm {
        OwnRules { ctx, lang, user }.delete(db, &numbers_of(numbers)).await?.text
    } else {
        CommandTexts::of(lang).dropped.to_owned()
    };
    Ok(Some(PersonalOutcome { question: Some((None, None)), ..PersonalOutcome::command(text) }))
}
