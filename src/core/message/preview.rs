//! What would be answered: decided by what decides in the chat, without doing anything.

use super::{
    answer::books_of,
    commands::Command,
    decide::{self, Step},
    order_words, piece,
    trace::Trace,
    words::Chat,
};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        reply::{Answer, Content},
    },
    store,
    text::{Lang, fill},
};

pub use super::decide::Input;

/// What stands for digits that nobody was given.
const NO_CODE: &str = "••••••";

/// What would be answered, and why.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The contents, filled; empty: nothing is answered. [`super::pieces`] makes messages of them.
    pub replies: Vec<Content>,
    /// One of the contents is drawn each time.
    pub is_drawn: bool,
    /// `command`, `signin`, `own_rule`, `account_rule`, `default`, `follow` or `none`.
    pub answered_by: &'static str,
    /// The rule that answers.
    pub rule_id: Option<i64>,
    pub trace: Trace,
}

/// What this user (None: somebody without an account) would be answered now, with no question open and no code asked for.
///
/// # Errors
/// The database cannot be reached.
pub async fn preview(ctx: &Ctx, user_id: Option<i64>, input: &Input) -> Result<Preview, CoreError> {
    let user = match user_id {
        Some(id) => store::user::find_user(&mut ctx.store.read().await?, id).await?.map(User::from),
        None => None,
    };
    let books = books_of(ctx, user.as_ref().map(|u| u.id)).await?;
    let found = decide::steps(ctx, &books, user.as_ref(), input)
        .into_iter()
        .find_map(|step| would_say(ctx, user.as_ref(), input, &step));
    let mut preview = found.unwrap_or_else(|| said("none", Vec::new()));
    preview.replies = piece::shown(ctx, &mut ctx.store.read().await?, &preview.replies).await?;
    preview.trace = Trace::of(&books, user.as_ref(), input, preview.answered_by);
    Ok(preview)
}

/// None where this step would not answer.
fn would_say(ctx: &Ctx, user: Option<&User>, input: &Input, step: &Step<'_>) -> Option<Preview> {
    let minutes = ctx.settings.settings.signin.code_minutes.to_string();
    match step {
        Step::Digits(_) => None,
        Step::Command(order) => {
            let t = Chat::of(order.lang);
            let text = match order.command {
                Command::Confirm | Command::Refuse | Command::More => return None,
                command => decide::told(ctx, user, command, order.lang).unwrap_or_else(|| match command {
                    Command::Password => fill(t.reset_code, &[("code", NO_CODE), ("minutes", &minutes)]),
                    Command::Code => fill(t.code, &[("code", NO_CODE), ("minutes", &minutes)]),
                    _ => order_words::previewed(ctx, user, order),
                }),
            };
            Some(said("command", vec![Content::text(text)]))
        }
        Step::Rule(by, hit) => {
            let mut replies = decide::said_by(ctx, hit, user, input.said());
            let is_drawn = hit.rule.answer == Answer::Random && replies.len() > 1;
            if *by == decide::By::Follow && user.is_none() {
                decide::with_code(&mut replies, NO_CODE, &minutes);
            }
            Some(Preview { is_drawn, rule_id: Some(hit.rule.id), ..said(by.as_str(), replies) })
        }
        Step::WrongCode => Some(said("signin", vec![Content::text(Chat::of(Lang::Zh).wrong_code)])),
        Step::Welcome => {
            let mut replies = vec![Content::text(Chat::of(Lang::Zh).welcome)];
            if user.is_none() {
                decide::with_code(&mut replies, NO_CODE, &minutes);
            }
            Some(said("follow", replies))
        }
    }
}

fn said(answered_by: &'static str, replies: Vec<Content>) -> Preview {
    let trace = Trace { folded: String::new(), answered_by: answered_by.to_owned(), tried: Vec::new() };
    Preview { replies, is_drawn: false, answered_by, rule_id: None, trace }
}
