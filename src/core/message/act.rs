//! What one message does, inside one transaction: what [`decide`](super::decide) says may answer, one after the other.

use super::{
    commands::{Command, Said},
    decide::{self, Books, By, Input, Step},
    orders::{self, Speaker},
    person, piece,
    trace::{Trace, Verdict},
    words::{self, Chat},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::{User, unionid},
        limit::{self, Limit},
        reply::{self, ACCOUNT, Content, book::Hit},
        secret::Use,
        signin::{
            Status,
            chat::{self, Turn},
            typed::{RESET, SIGNIN},
        },
    },
    store::{self, Tx, identity::IdentityRow},
    text::{Lang, fill},
    wechat::message::{Event, Kind, Message, UserDataChange},
};

/// Characters of a text that nothing answered that are kept to group it by.
const MISSED_MAX_CHARS: usize = 200;

/// What a message led to.
#[expect(clippy::struct_excessive_bools, reason = "each is a yes or no of its own, and none follows from another")]
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is answered, in order; it may be more than one passive reply holds.
    pub replies: Vec<Content>,
    pub answered_by: &'static str,
    pub rule_id: Option<i64>,
    pub user_id: Option<i64>,
    /// Sign-in sessions whose pages are told after the commit.
    pub changed: Vec<(i64, Status)>,
    /// What was said may not be stored: it is a code.
    pub is_secret: bool,
    /// Not even that they wrote may be stored: the person was forgotten.
    pub is_forgotten: bool,
    /// The platform may know who the person is elsewhere, and was not asked lately.
    pub wants_unionid: bool,
    /// The replies are the next part of an earlier answer: nothing else is put off by them.
    pub is_continued: bool,
    /// Whose rules were changed by it: their book is put away after the commit.
    pub edited_owner: Option<i64>,
    /// Why it was answered so; None where nothing of it may be stored.
    pub trace: Option<Trace>,
    /// The folded text that no rule with a keyword answered.
    pub missed: Option<String>,
    /// Rules that were passed over: nothing of theirs can be shown.
    pub mute: Vec<i64>,
}

impl Outcome {
    fn nothing() -> Self {
        Self { answered_by: "none", ..Self::default() }
    }

    fn said(answered_by: &'static str, text: impl Into<String>) -> Self {
        Self { replies: vec![Content::text(text)], answered_by, ..Self::default() }
    }

    fn verdict(&self) -> Verdict<'_> {
        Verdict { answered_by: self.answered_by, rule_id: self.rule_id, mute: &self.mute }
    }

    fn turn(ctx: &Ctx, lang: Lang, turn: Turn) -> Self {
        Self { changed: turn.changed, ..Self::said("signin", words::heard(ctx, lang, &turn.heard)) }
    }
}

/// Does what a message asks.
pub async fn act(ctx: &Ctx, db: &mut Tx, books: &Books, message: &Message) -> Result<Outcome, CoreError> {
    let openid = message.from.as_str();
    match &message.kind {
        Kind::Event(Event::UserData(event)) => {
            // It concerns the person named inside, not the sender (docs/WECHAT.md, 2.3).
            if let Some(concerned) = event.openid.as_deref().filter(|o| person::is_openid(o)) {
                match event.change {
                    UserDataChange::Cancelled => {
                        person::forget(ctx, db, concerned).await?;
                        return Ok(Outcome { is_forgotten: true, ..Outcome::nothing() });
                    }
                    UserDataChange::Revoked => {
                        store::identity::update_profile_forgotten(db, &ctx.appid, concerned).await?;
                    }
                    UserDataChange::Modified => {}
                }
            }
            return Ok(Outcome::nothing());
        }
        Kind::Event(Event::Unsubscribe) => {
            let is_forgotten = person::unfollowed(ctx, db, openid).await?;
            return Ok(Outcome { is_forgotten, ..Outcome::nothing() });
        }
        _ => {}
    }
    let Some(input) = Input::of(message) else { return Ok(Outcome::nothing()) };
    let scene = if let Input::Follow(scene) = &input { scene.as_deref() } else { None };
    let identity = person::following(ctx, db, openid, scene).await?;
    let user = user_of(db, &identity).await?;
    let outcome = first(ctx, db, books, (&identity, user.as_ref()), &input).await?;
    Ok(noted(ctx, books, &identity, user.as_ref(), &input, outcome))
}

/// The first of the steps that answers.
async fn first(
    ctx: &Ctx,
    db: &mut Tx,
    books: &Books,
    (identity, user): (&IdentityRow, Option<&User>),
    input: &Input,
) -> Result<Outcome, CoreError> {
    if let Input::Follow(Some(scene)) | Input::Scan(scene) = input
        && let Some(turn) = chat::scan(ctx, db, scene, identity).await?
    {
        // A scene is kept as a hash where it belongs, and nowhere else as it is.
        return Ok(Outcome { is_secret: true, ..Outcome::turn(ctx, Lang::Zh, turn) });
    }
    let mut mute: Vec<i64> = Vec::new();
    'decided: loop {
        for step in decide::steps(ctx, books, user, input, &mute) {
            let outcome = match step {
                // Asked already, before the rule that has nothing to show.
                Step::Command(_) | Step::Digits(_) if !mute.is_empty() => None,
                Step::Command(said) => obey(ctx, db, identity, user, &said).await?,
                Step::Digits(digits) => chat::send_code(ctx, db, &digits, identity)
                    .await?
                    .map(|turn| Outcome { is_secret: true, ..Outcome::turn(ctx, Lang::Zh, turn) }),
                Step::Rule(by, hit) => {
                    let outcome = answered(ctx, db, (identity, user), input, by, &hit).await?;
                    if outcome.is_none() {
                        mute.push(hit.rule.id);
                        continue 'decided;
                    }
                    outcome
                }
                Step::WrongCode => {
                    let text = words::wrong_code(ctx, Lang::Zh);
                    Some(Outcome { is_secret: true, ..Outcome::said("signin", text) })
                }
                Step::Welcome => {
                    let mut outcome = Outcome::said("follow", words::welcome(ctx, Lang::Zh));
                    greet(ctx, db, (identity, user), &mut outcome.replies).await?;
                    Some(outcome)
                }
            };
            if let Some(outcome) = outcome {
                return Ok(Outcome { mute, ..outcome });
            }
        }
        break;
    }
    if matches!(input, Input::Text(_)) {
        reply::count::message(ctx, db, ACCOUNT, false).await?;
    }
    Ok(Outcome { mute, ..Outcome::nothing() })
}

/// What is remembered of it: who, why, and what nothing answered.
fn noted(
    ctx: &Ctx,
    books: &Books,
    identity: &IdentityRow,
    user: Option<&User>,
    input: &Input,
    outcome: Outcome,
) -> Outcome {
    let is_kept = ctx.settings.settings.message.keep_days > 0 && !outcome.is_secret;
    let trace = is_kept.then(|| Trace::of(books, user, input, &outcome.verdict()));
    let is_missed = matches!(input, Input::Text(_)) && matches!(outcome.answered_by, "default" | "none");
    let missed = is_kept && is_missed;
    Outcome {
        user_id: identity.user_id,
        wants_unionid: unionid::is_wanted(identity, ctx.now()),
        trace,
        missed: missed.then(|| input.folded().1.bare().chars().take(MISSED_MAX_CHARS).collect()),
        ..outcome
    }
}

/// What a rule answers; None where nothing of it can be shown.
async fn answered(
    ctx: &Ctx,
    db: &mut Tx,
    (identity, user): (&IdentityRow, Option<&User>),
    input: &Input,
    by: By,
    hit: &Hit<'_>,
) -> Result<Option<Outcome>, CoreError> {
    let shown = piece::shown(ctx, db, &decide::said_by(ctx, hit, user, input)).await?;
    if shown.is_empty() {
        return Ok(None);
    }
    let mut replies = decide::drawn(ctx, hit.rule, shown);
    if by == By::Follow {
        greet(ctx, db, (identity, user), &mut replies).await?;
    }
    reply::count::hit(ctx, db, hit.rule.id).await?;
    if matches!(input, Input::Text(_)) {
        let owner_id = if by == By::OwnRule { user.map_or(ACCOUNT, |u| u.id) } else { ACCOUNT };
        reply::count::message(ctx, db, owner_id, by != By::Default).await?;
    }
    Ok(Some(Outcome { replies, answered_by: by.as_str(), rule_id: Some(hit.rule.id), ..Outcome::default() }))
}

/// A new follower without an account gets a code along.
async fn greet(
    ctx: &Ctx,
    db: &mut Tx,
    (identity, user): (&IdentityRow, Option<&User>),
    replies: &mut Vec<Content>,
) -> Result<(), CoreError> {
    if user.is_none()
        && let Some(code) = new_code(ctx, db, SIGNIN, &identity.openid).await?
    {
        decide::with_code(ctx, replies, &code, &minutes(ctx));
    }
    Ok(())
}

/// None where the word is no command just now.
async fn obey(
    ctx: &Ctx,
    db: &mut Tx,
    identity: &IdentityRow,
    user: Option<&User>,
    said: &Said,
) -> Result<Option<Outcome>, CoreError> {
    let (command, lang, who) = (said.command, said.lang, Speaker { identity, user });
    let done = match command {
        Command::Confirm => orders::confirm(ctx, db, who, lang).await?,
        Command::Refuse => orders::refuse(ctx, db, who, lang).await?,
        _ => orders::obey(ctx, db, who, said).await?,
    };
    if let Some(orders::Done { text, edited_owner, changed }) = done {
        return Ok(Some(Outcome { changed, edited_owner, ..Outcome::said("command", text) }));
    }
    if let Some(text) = decide::told(ctx, user, command, lang) {
        return Ok(Some(Outcome::said("command", text)));
    }
    let t = Chat::of(lang);
    let text = match command {
        Command::Confirm => {
            return Ok(chat::confirm(ctx, db, identity).await?.map(|turn| Outcome::turn(ctx, lang, turn)));
        }
        Command::Refuse => {
            return Ok(chat::refuse(ctx, db, identity).await?.map(|turn| Outcome::turn(ctx, lang, turn)));
        }
        Command::More => return more(ctx, db, identity, &words::more_hint(ctx, lang)).await,
        Command::Code => code_text(ctx, db, SIGNIN, &identity.openid, t.code, t).await?,
        Command::Password => code_text(ctx, db, RESET, &identity.openid, t.reset_code, t).await?,
        // Those that need nothing but memory, and those of [`orders`], have answered.
        _ => return Ok(None),
    };
    Ok(Some(Outcome::said("command", text)))
}

/// The next part of a long answer.
async fn more(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow, hint: &str) -> Result<Option<Outcome>, CoreError> {
    let (appid, openid) = (identity.appid.as_str(), identity.openid.as_str());
    let left = store::pending::list_pending(db, appid, openid, ctx.now()).await?;
    let mut rest = left.len();
    for row in left {
        rest -= 1;
        store::pending::delete_one(db, appid, openid, row.position).await?;
        let Ok(mut content) = serde_json::from_str::<Content>(&row.body) else { continue };
        // What cannot be shown is passed over.
        if piece::reply(ctx, db, &content).await?.is_some() {
            if rest > 0 {
                piece::hinted(&mut content, hint);
            }
            let replies = vec![content];
            return Ok(Some(Outcome { replies, answered_by: "command", is_continued: true, ..Outcome::default() }));
        }
    }
    Ok(None)
}

async fn code_text(
    ctx: &Ctx,
    db: &mut Tx,
    purpose: &'static str,
    openid: &str,
    template: &str,
    t: &Chat,
) -> Result<String, CoreError> {
    Ok(match new_code(ctx, db, purpose, openid).await? {
        Some(code) => fill(template, &[("code", &code), ("minutes", &minutes(ctx))]),
        None => t.too_many.to_owned(),
    })
}

/// A code for this person, in place of any older one; None where they asked too often.
async fn new_code(ctx: &Ctx, db: &mut Tx, purpose: &'static str, openid: &str) -> Result<Option<String>, CoreError> {
    if !limit::take_within(ctx, db, Limit::ChatCodes, openid).await? {
        return Ok(None);
    }
    let now = ctx.now();
    let expires_at = now + ctx.settings.settings.signin.code_minutes * 60_000;
    for _ in 0..8 {
        let code = ctx.chance.digits(ctx.settings.settings.signin.code_digits);
        let hash = ctx.hash(Use::Code, &code);
        // Digits that a page shows, or that another person was given, would be ambiguous.
        if store::code::has_code(db, &hash, now).await? || store::signin::find_by_code(db, &hash).await?.is_some() {
            continue;
        }
        store::code::insert_code(db, &hash, purpose, &ctx.appid, openid, now, expires_at).await?;
        return Ok(Some(code));
    }
    Err(CoreError::Busy)
}

fn minutes(ctx: &Ctx) -> String {
    ctx.settings.settings.signin.code_minutes.to_string()
}

async fn user_of(db: &mut Tx, identity: &IdentityRow) -> Result<Option<User>, CoreError> {
    let Some(user_id) = identity.user_id else { return Ok(None) };
    Ok(store::user::find_user(db, user_id).await?.map(User::from))
}
