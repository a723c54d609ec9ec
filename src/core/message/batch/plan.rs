//! Decides in memory what a common message is answered, and what is stored about it.

use super::waiting::Unit;
use crate::{
    core::{
        Ctx, OfficialCtx,
        account::User,
        message::{
            answered_by::AnsweredBy,
            decide::{self, Input, RuleSets, Step, Steps},
            effects::Effects,
            handle::{self, Outcome},
            log_row, split,
        },
        rule::ACCOUNT,
    },
    store::{identity::IdentityRow, message::MessageRow},
    wechat::{
        message::{Event, Kind, Message},
        reply::PassiveReply,
    },
};

/// False for messages that certainly need a transaction of their own.
pub(super) fn may_be_common(ctx: &Ctx, message: &Message) -> bool {
    match Input::of(message) {
        Some(input @ Input::Text(_)) => {
            ctx.live().commands.read(input.text()).is_none() && !decide::is_code(ctx, input.folded().1.bare())
        }
        Some(Input::Menu(..) | Input::Kind(_)) => true,
        Some(Input::Follow(_) | Input::Scan(_)) => false,
        None => !matches!(message.kind, Kind::Event(Event::UserData(_) | Event::Unsubscribe)),
    }
}

/// The sender of a message as the batch's transaction read them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follower<'a> {
    pub identity: &'a IdentityRow,
    pub user: Option<&'a User>,
}

/// What answers a message, and what is written about it.
#[derive(Debug)]
pub(super) struct Planned {
    /// `None` for `success`.
    pub reply: Option<PassiveReply>,
    pub row: MessageRow,
    pub answered_by: AnsweredBy,
    /// The rule that answered.
    pub rule_id: Option<i64>,
    /// The owner for whom the message is counted, and whether one of the keyword rules answered it.
    pub counted: Option<(i64, bool)>,
    pub effects: Effects,
}

/// The plan for a push that nothing can answer: it is logged only.
pub(super) fn unanswerable(ctx: &OfficialCtx, unit: &Unit) -> Planned {
    planned(ctx, unit, Outcome::nothing(), None, None)
}

/// The plan for a message; `None` if it is not common.
pub(super) fn plan(
    ctx: &OfficialCtx,
    unit: &Unit,
    rule_sets: &RuleSets,
    input: &Input,
    Follower { identity, user }: Follower<'_>,
) -> Option<Planned> {
    let outcome = match Steps::of(ctx, rule_sets, user, input).next() {
        None => Outcome::nothing(),
        Some(Step::Rule(by, hit)) if !decide::gets_code(by, user) => {
            let shown = decide::shown_contents_without_files(ctx, &hit, user, input).ok()?;
            if shown.is_empty() {
                return None;
            }
            let replies = decide::pick(ctx, hit.rule, shown);
            Outcome { replies, answered_by: by, rule_id: Some(hit.rule.id), ..Outcome::nothing() }
        }
        Some(_) => return None,
    };
    let outcome = handle::with_stored_fields(ctx, rule_sets, identity, user, input, outcome);
    let reply = match split::pieces(&outcome.replies).as_slice() {
        [] => None,
        [only] => split::reply_without_file(only).ok()?,
        // The others are sent later, or wait for the follower's word.
        _ => return None,
    };
    let reply = reply.map(|reply| PassiveReply::answering(&unit.message, reply, ctx.clock.now_secs()));
    let counted = matches!(input, Input::Text(_)).then(|| counted(&outcome, user));
    Some(planned(ctx, unit, outcome, reply, counted))
}

/// The owner for whom a text is counted, and whether one of the keyword rules answered it.
fn counted(outcome: &Outcome, user: Option<&User>) -> (i64, bool) {
    match outcome.answered_by {
        AnsweredBy::OwnRule => (user.map_or(ACCOUNT, |user| user.id), true),
        by => (ACCOUNT, !by.is_unanswered()),
    }
}

fn planned(
    ctx: &OfficialCtx,
    unit: &Unit,
    outcome: Outcome,
    reply: Option<PassiveReply>,
    counted: Option<(i64, bool)>,
) -> Planned {
    let row = log_row::of(ctx, &unit.message, &outcome, unit.started_at);
    let Outcome { answered_by, rule_id, effects, .. } = outcome;
    Planned { reply, row, answered_by, rule_id, counted, effects }
}
