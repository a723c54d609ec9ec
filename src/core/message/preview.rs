//! What would be answered: decided by what decides in the chat, without doing anything.

use super::{
    answer::books_of,
    commands::Command,
    decide::{self, Books, By, Step},
    order_words,
    piece::{self, Hints, Rest},
    trace::{self, Trace, Tried, Verdict},
    words::{self, Chat},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        reply::{
            self, ACCOUNT, Answer, Content,
            book::{Book, Hit},
        },
    },
    store::{self, Reader},
    text::{Lang, fill},
};

pub use super::decide::Input;

/// What stands for digits that nobody was given.
const NO_CODE: &str = "••••••";

/// What would be answered, and why.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The messages as the chat shows them, filled, in order; empty: nothing is answered. A file that the platform does not have is
    /// the text with a link that stands for it.
    pub replies: Vec<Content>,
    /// How those behind the first one get to the person; of a draw there are none.
    pub rest: Rest,
    /// One of the contents is drawn each time.
    pub is_drawn: bool,
    /// `command`, `signin`, `own_rule`, `account_rule`, `default`, `follow` or `none`.
    pub answered_by: &'static str,
    /// The rule that answers.
    pub rule_id: Option<i64>,
    pub trace: Trace,
    /// Rules that would match if they were not switched off: the person's, then the account's.
    pub disabled: Vec<Tried>,
}

/// What this user (None: somebody without an account) would be answered now, with no question open and no code asked for.
///
/// # Errors
/// The database cannot be reached.
pub async fn preview(ctx: &Ctx, user_id: Option<i64>, input: &Input) -> Result<Preview, CoreError> {
    let mut db = ctx.store.read().await?;
    let user = match user_id {
        Some(id) => store::user::find_user(&mut db, id).await?.map(User::from),
        None => None,
    };
    drop(db);
    let books = books_of(ctx, user.as_ref().map(|u| u.id)).await?;
    let mut db = ctx.store.read().await?;
    let (said, mute) = said_at_last(ctx, &mut db, &books, user.as_ref(), input).await?;
    let verdict = Verdict { answered_by: said.answered_by, rule_id: said.rule_id, mute: &mute };
    let trace = Trace::of(&books, user.as_ref(), input, &verdict);
    let rest = Rest::of(ctx);
    let arranged = |contents: &[Content]| piece::arranged(contents, rest, &Hints::of(ctx));
    let arranged =
        if said.is_drawn { said.contents.chunks(1).flat_map(arranged).collect() } else { arranged(&said.contents) };
    let mut replies = Vec::with_capacity(arranged.len());
    for content in &arranged {
        replies.extend(piece::seen(ctx, &mut db, content).await?);
    }
    let mut disabled = Vec::new();
    for owner_id in user.as_ref().map(|u| u.id).into_iter().chain([ACCOUNT]) {
        let book = Book::new(reply::search::disabled(&mut db, owner_id).await?);
        disabled.extend(trace::disabled(owner_id, &book, input));
    }
    let Said { is_drawn, answered_by, rule_id, .. } = said;
    Ok(Preview { replies, rest, is_drawn, answered_by, rule_id, trace, disabled })
}

/// What a step says.
struct Said {
    contents: Vec<Content>,
    is_drawn: bool,
    answered_by: &'static str,
    rule_id: Option<i64>,
}

impl Said {
    fn text(answered_by: &'static str, text: impl Into<String>) -> Self {
        Self { contents: vec![Content::text(text)], is_drawn: false, answered_by, rule_id: None }
    }
}

/// What the first step says that has something to show, and the rules that had nothing.
async fn said_at_last(
    ctx: &Ctx,
    db: &mut Reader,
    books: &Books,
    user: Option<&User>,
    input: &Input,
) -> Result<(Said, Vec<i64>), CoreError> {
    let mut mute = Vec::new();
    'decided: loop {
        for step in decide::steps(ctx, books, user, input, &mute) {
            if let Step::Rule(by, hit) = &step {
                let contents = piece::shown(ctx, db, &decide::said_by(ctx, hit, user, input)).await?;
                if contents.is_empty() {
                    mute.push(hit.rule.id);
                    continue 'decided;
                }
                return Ok((ruled(ctx, user, *by, hit, contents), mute));
            }
            if let Some(said) = would_say(ctx, user, &step) {
                return Ok((said, mute));
            }
        }
        let nothing = Said { contents: Vec::new(), is_drawn: false, answered_by: "none", rule_id: None };
        return Ok((nothing, mute));
    }
}

fn ruled(ctx: &Ctx, user: Option<&User>, by: By, hit: &Hit<'_>, mut contents: Vec<Content>) -> Said {
    let is_drawn = hit.rule.answer == Answer::Random && contents.len() > 1;
    if by == By::Follow {
        greet(ctx, user, &mut contents);
    }
    Said { contents, is_drawn, answered_by: by.as_str(), rule_id: Some(hit.rule.id) }
}

fn greet(ctx: &Ctx, user: Option<&User>, contents: &mut Vec<Content>) {
    if user.is_none() {
        decide::with_code(ctx, contents, NO_CODE, &minutes(ctx));
    }
}

fn minutes(ctx: &Ctx) -> String {
    ctx.settings.settings.signin.code_minutes.to_string()
}

/// None where this step would not answer.
fn would_say(ctx: &Ctx, user: Option<&User>, step: &Step<'_>) -> Option<Said> {
    match step {
        Step::Digits(_) | Step::Rule(..) => None,
        Step::Command(order) => {
            let t = Chat::of(order.lang);
            let code = |template: &str| fill(template, &[("code", NO_CODE), ("minutes", &minutes(ctx))]);
            let text = match order.command {
                Command::Confirm | Command::Refuse | Command::More => return None,
                command => decide::told(ctx, user, command, order.lang).unwrap_or_else(|| match command {
                    Command::Password => code(t.reset_code),
                    Command::Code => code(t.code),
                    _ => order_words::previewed(ctx, user, order),
                }),
            };
            Some(Said::text("command", text))
        }
        Step::WrongCode => Some(Said::text("signin", words::wrong_code(ctx, Lang::Zh))),
        Step::Welcome => {
            let mut said = Said::text("follow", words::welcome(ctx, Lang::Zh));
            greet(ctx, user, &mut said.contents);
            Some(said)
        }
    }
}
