//! Previews of answers: decided by the code that decides in the chat, without side effects.

use super::{
    answer::rule_sets_of,
    answered_by::AnsweredBy,
    chat_text, command_text,
    commands::{Command, Invocation},
    decide::{self, RuleSets, Step, Steps},
    near::{self, Near},
    split::{self, Hints, Rest},
    trace::{self, Trace, Tried, Verdict},
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        account::User,
        rule::{self, ACCOUNT, Content, Rule, draft::Draft, rule_set::RuleSet},
    },
    store::{self, Reader},
    text::Lang,
};

pub use super::decide::Input;

/// Placeholder for a code.
const NO_CODE: &str = "••••••";

/// A previewed answer, and its reason.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The messages as the chat shows them, filled, in order; empty: no answer. A file that the platform does not have is shown as
    /// its fallback text with a link.
    pub replies: Vec<Content>,
    /// How the messages after the first are delivered; a random answer has none.
    pub rest: Rest,
    /// One of the contents is drawn at random each time.
    pub is_drawn: bool,
    pub answered_by: AnsweredBy,
    /// The rule that answers.
    pub rule_id: Option<i64>,
    pub trace: Trace,
    /// Rules that would match if they were enabled: the user's, then the account's.
    pub disabled: Vec<Tried>,
    /// Rules that nearly answered, those that would change the answer first.
    pub near: Vec<Near>,
}

/// A rule that is not saved yet.
#[derive(Debug, Clone, Copy)]
pub struct Unsaved<'a> {
    /// [`ACCOUNT`] or a user.
    pub owner_id: i64,
    /// The saved rule in whose place it would be; `None`: it is new.
    pub number: Option<i64>,
    pub draft: &'a Draft,
}

/// The answer that this user (`None`: a follower without an account) would get now, with no open question or requested
/// code.
///
/// # Errors
/// The database cannot be reached.
pub async fn preview(ctx: &OfficialCtx, user_id: Option<i64>, input: &Input) -> Result<Preview, CoreError> {
    preview_of(ctx, user_id, input, None).await
}

/// [`preview`] as if a rule were saved, and enabled.
///
/// # Errors
/// The database cannot be reached.
pub async fn preview_unsaved(
    ctx: &OfficialCtx,
    user_id: Option<i64>,
    input: &Input,
    unsaved: Unsaved<'_>,
) -> Result<Preview, CoreError> {
    preview_of(ctx, user_id, input, Some(unsaved)).await
}

async fn preview_of(
    ctx: &OfficialCtx,
    user_id: Option<i64>,
    input: &Input,
    unsaved: Option<Unsaved<'_>>,
) -> Result<Preview, CoreError> {
    let mut db = ctx.store.read().await?;
    let user = match user_id {
        Some(id) => store::user::find_user(&mut db, id).await?.map(|row| User::at(row, ctx.now())),
        None => None,
    };
    let edited = match unsaved {
        Some(Unsaved { owner_id, number, draft }) => Some((owner_id, edited(&mut db, owner_id, number, draft).await?)),
        None => None,
    };
    drop(db);
    let saved = rule_sets_of(ctx, user.as_ref().map(|u| u.id)).await?;
    let rule_sets =
        edited.as_ref().map_or_else(|| saved.clone(), |(owner_id, rule)| saved.around(input, *owner_id, rule));
    let mut db = ctx.store.read().await?;
    let (reply, mute) = first_reply(ctx, &mut db, &rule_sets, user.as_ref(), input).await?;
    let verdict = Verdict { answered_by: reply.answered_by, rule_id: reply.rule_id, mute: &mute };
    let trace = Trace::of(&rule_sets, user.as_ref(), input, &verdict);
    let rest = Rest::of(ctx);
    let arranged = |contents: &[Content]| split::arranged(contents, rest, &Hints::of(ctx));
    let arranged =
        if reply.is_drawn { reply.contents.chunks(1).flat_map(arranged).collect() } else { arranged(&reply.contents) };
    let mut replies = Vec::with_capacity(arranged.len());
    for content in &arranged {
        replies.extend(split::as_shown(ctx, &mut db, content).await?);
    }
    let own = user.as_ref().and_then(|user| Some((user.id, saved.own_of(Some(user))?)));
    let searched: Vec<_> = own.into_iter().chain([(ACCOUNT, saved.account.as_ref())]).collect();
    let (mut disabled, mut near) = (Vec::new(), near::of_parts(&searched, &rule_sets, input, &verdict));
    for owner_id in user.as_ref().map(|u| u.id).into_iter().chain([ACCOUNT]) {
        let edited_id = edited.as_ref().filter(|(owner, _)| *owner == owner_id).map(|(_, rule)| rule.id);
        let mut rules = rule::search::disabled(&mut db, owner_id).await?;
        rules.retain(|rule| Some(rule.id) != edited_id);
        let rule_set = RuleSet::new(rules);
        disabled.extend(trace::disabled(owner_id, &rule_set, input));
        near.extend(near::of_disabled((owner_id, &rule_set), &rule_sets, user.as_ref(), input, &verdict));
    }
    near.sort_by_key(|near| !near.would_answer);
    if let Some((owner_id, rule)) = edited {
        // What counts is the rule as typed, and it comes first.
        near.retain(|near| (near.owner_id, near.rule_id) != (owner_id, rule.id));
        let alone = RuleSet::new(vec![rule]);
        near.splice(0..0, near::of_parts(&[(owner_id, &alone)], &rule_sets, input, &verdict));
    }
    let Reply { is_drawn, answered_by, rule_id, .. } = reply;
    Ok(Preview { replies, rest, is_drawn, answered_by, rule_id, trace, disabled, near })
}

/// The rule that a draft would be.
async fn edited(db: &mut Reader, owner_id: i64, number: Option<i64>, draft: &Draft) -> Result<Rule, CoreError> {
    let saved = match number {
        Some(number) => store::rule::list_by_number(db, owner_id, &[number]).await?.pop().map(Rule::from),
        None => None,
    };
    Ok(draft.as_rule(saved.as_ref()))
}

/// The answer of a step.
struct Reply {
    contents: Vec<Content>,
    is_drawn: bool,
    answered_by: AnsweredBy,
    rule_id: Option<i64>,
}

impl Reply {
    fn text(answered_by: AnsweredBy, text: impl Into<String>) -> Self {
        Self { contents: vec![Content::text(text)], is_drawn: false, answered_by, rule_id: None }
    }
}

/// The answer of the first step that has one, and the rules that had nothing to show.
async fn first_reply(
    ctx: &OfficialCtx,
    db: &mut Reader,
    rule_sets: &RuleSets,
    user: Option<&User>,
    input: &Input,
) -> Result<(Reply, Vec<i64>), CoreError> {
    let mut steps = Steps::of(ctx, rule_sets, user, input);
    while let Some(step) = steps.next() {
        let reply = match step {
            Step::Rule(by, hit) => {
                let contents = decide::shown_contents(ctx, db, &hit, user, input).await?;
                if contents.is_empty() {
                    steps.mute(hit.rule.id);
                    continue;
                }
                let is_drawn = decide::is_drawn(hit.rule, &contents);
                Reply { contents, is_drawn, answered_by: by, rule_id: Some(hit.rule.id) }
            }
            Step::Command(invocation) => match command_preview(ctx, user, &invocation) {
                Some(text) => Reply::text(AnsweredBy::Command, text),
                None => continue,
            },
            // No page shows a code just now.
            Step::Digits(_) | Step::Slip(_) => continue,
            Step::WrongCode => Reply::text(AnsweredBy::Signin, chat_text::wrong_code(ctx, Lang::Zh)),
            Step::Welcome => Reply::text(AnsweredBy::Follow, chat_text::welcome(ctx, Lang::Zh)),
        };
        return Ok((with_placeholder_code(ctx, user, reply), steps.into_muted()));
    }
    let nothing = Reply { contents: Vec::new(), is_drawn: false, answered_by: AnsweredBy::None, rule_id: None };
    Ok((nothing, steps.into_muted()))
}

/// Adds the placeholder of a code to a greeting that gets one.
fn with_placeholder_code(ctx: &Ctx, user: Option<&User>, mut reply: Reply) -> Reply {
    if decide::gets_code(reply.answered_by, user) {
        decide::with_code(ctx, &mut reply.contents, NO_CODE);
    }
    reply
}

/// The answer of a command with no question open; `None` if it would not answer.
fn command_preview(ctx: &Ctx, user: Option<&User>, invocation: &Invocation) -> Option<String> {
    match invocation.command {
        Command::Confirm | Command::Refuse | Command::Unregister | Command::Join | Command::More => None,
        command => decide::command_reply(ctx, user, command, invocation.lang)
            .or_else(|| decide::code_reply(ctx, command, invocation.lang, NO_CODE))
            .or_else(|| Some(command_text::previewed(ctx, user, invocation))),
    }
}
