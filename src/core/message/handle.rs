//! Handles one message inside one transaction: tries the steps of [`decide`](super::decide) in order.

use super::{
    answered_by::AnsweredBy,
    chat_text::{self, Chat},
    command_result::{CommandResult, Sender},
    commands::{Command, Invocation},
    decide::{self, Input, RuleSets, Step, Steps},
    digits::{self, SentDigits},
    effects::Effects,
    follower::{self, Unfollowed},
    join, member_commands, overflow, rule_commands, split,
    trace::{Trace, Verdict},
    user_data::{self, Applied},
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx,
        account::{User, unionid},
        limit::{self, Limit},
        rule::{self, ACCOUNT, Content, rule_set::Hit},
        signin::{
            chat::{self, ChatStep},
            chat_outcome::ChatOutcome,
            enter_code::{RESET, SIGNIN},
            plain_mode,
        },
    },
    store::{self, Tx, identity::IdentityRow},
    text::Lang,
    wechat::message::{Event, Kind, Message},
};

/// The most characters of an unanswered text that are stored for grouping.
const MISSED_MAX_CHARS: usize = 200;

/// A code in an answer.
#[derive(Debug)]
pub struct GivenCode {
    pub hash: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// The outcome of a message.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The answers, in order; they may exceed one passive reply.
    pub replies: Vec<Content>,
    pub answered_by: AnsweredBy,
    pub rule_id: Option<i64>,
    pub user_id: Option<i64>,
    /// True if the text must not be stored: it is a code.
    pub is_secret: bool,
    /// True if nothing about the message may be stored: the follower was deleted.
    pub is_forgotten: bool,
    /// The replies are the next part of an earlier answer, which need no further splitting.
    pub is_continued: bool,
    /// Applied after the commit.
    pub effects: Effects,
    /// Why this was the answer; `None` if nothing of it may be stored.
    pub trace: Option<Trace>,
    /// The folded text that no rule with a keyword matched.
    pub missed: Option<String>,
    /// Rules that were skipped because nothing of them can be shown.
    pub mute: Vec<i64>,
    /// The code in the replies: they are stored encrypted, and deleted with it.
    pub code: Option<GivenCode>,
}

impl Outcome {
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    fn text(answered_by: AnsweredBy, text: impl Into<String>) -> Self {
        Self { replies: vec![Content::text(text)], answered_by, ..Self::default() }
    }

    fn verdict(&self) -> Verdict<'_> {
        Verdict { answered_by: self.answered_by, rule_id: self.rule_id, mute: &self.mute }
    }

    fn of_step(ctx: &Ctx, lang: Lang, step: ChatStep) -> Self {
        let effects = Effects { session_statuses: step.changed, ended_tokens: step.ended_tokens, ..Effects::default() };
        Self { effects, ..Self::text(AnsweredBy::Signin, chat_text::outcome(ctx, lang, &step.outcome)) }
    }
}

/// Handles a message.
pub async fn handle(
    ctx: &OfficialCtx,
    db: &mut Tx,
    rule_sets: &RuleSets,
    message: &Message,
) -> Result<Outcome, CoreError> {
    let openid = message.from.as_str();
    match &message.kind {
        Kind::Event(Event::UserData(event)) => {
            let Applied { is_forgotten, effects } = user_data::apply(ctx, db, event).await?;
            return Ok(Outcome { is_forgotten, effects, ..Outcome::nothing() });
        }
        Kind::Event(Event::Unsubscribe) if is_protected(ctx, db, openid).await? => return Ok(Outcome::nothing()),
        Kind::Event(Event::Unsubscribe) => {
            let Unfollowed { is_forgotten, effects } = follower::unfollowed(ctx, db, openid).await?;
            return Ok(Outcome { is_forgotten, effects, ..Outcome::nothing() });
        }
        _ => {}
    }
    let Some(input) = Input::of(message) else { return Ok(Outcome::nothing()) };
    let scene = if let Input::Follow(scene) = &input { scene.as_deref() } else { None };
    let identity = follower::following(ctx, db, openid, scene).await?;
    let user = user_of(ctx, db, &identity).await?;
    let mut outcome = first_answer(ctx, db, rule_sets, (&identity, user.as_ref()), &input).await?;
    // A code that is sent to the chat and answered by a rule is still a code.
    outcome.is_secret |= is_live_code(ctx, db, &input).await?;
    if outcome.is_forgotten {
        return Ok(outcome);
    }
    if !outcome.is_secret && !outcome.is_continued && outcome.answered_by != AnsweredBy::Signin {
        join::with_question(ctx, db, &identity, lang_of(ctx, &input), &mut outcome.replies).await?;
    }
    Ok(with_stored_fields(ctx, rule_sets, &identity, user.as_ref(), &input, outcome))
}

/// True if a plaintext push would delete an admin's account.
async fn is_protected(ctx: &OfficialCtx, db: &mut Tx, openid: &str) -> Result<bool, CoreError> {
    let identity = store::identity::find_identity(db, &ctx.account.appid, openid).await?;
    user_data::is_protected(ctx, db, identity.as_slice()).await
}

/// True for digits that the account recently gave to a user as a code.
async fn is_live_code(ctx: &Ctx, db: &mut Tx, input: &Input) -> Result<bool, CoreError> {
    let (_, folded) = input.folded();
    let digits = folded.bare();
    let is_code = matches!(input, Input::Text(_)) && decide::is_code(ctx, digits);
    Ok(is_code && store::code::has_code(db, &ctx.hash(Use::Code, digits), ctx.now()).await?)
}

/// The language of a question: that of the command, else the account's.
fn lang_of(ctx: &Ctx, input: &Input) -> Lang {
    let Input::Text(text) = input else { return Lang::Zh };
    ctx.live().commands.read(text).map_or(Lang::Zh, |invocation| invocation.lang)
}

/// The first step that answers.
async fn first_answer(
    ctx: &OfficialCtx,
    db: &mut Tx,
    rule_sets: &RuleSets,
    (identity, user): (&IdentityRow, Option<&User>),
    input: &Input,
) -> Result<Outcome, CoreError> {
    if let Input::Follow(Some(scene)) | Input::Scan(scene) = input
        && let Some(step) = chat::scan(ctx, db, scene, identity).await?
    {
        let is_greeted = matches!(input, Input::Follow(_)) && matches!(step.outcome, ChatOutcome::Ask { .. });
        let mut outcome = Outcome::of_step(ctx, Lang::Zh, step);
        if is_greeted && let Some(Content::Text { text }) = outcome.replies.first_mut() {
            text.insert_str(0, &format!("{}\n", Chat::of(Lang::Zh).welcome_bare));
        }
        // A scene is stored only as a hash.
        return Ok(Outcome { is_secret: true, ..outcome });
    }
    let mut digits = SentDigits::default();
    let mut steps = Steps::of(ctx, rule_sets, user, input);
    while let Some(step) = steps.next() {
        let outcome = match step {
            Step::Command(invocation) => run_command(ctx, db, identity, user, &invocation).await?,
            Step::Digits(text) => digits
                .look_up(ctx, db, &text, identity, steps.has_rule())
                .await?
                .map(|step| Outcome { is_secret: true, ..Outcome::of_step(ctx, Lang::Zh, step) }),
            Step::Rule(by, hit) => {
                let outcome = answer_by_rule(ctx, db, (identity, user), input, by, &hit).await?;
                if outcome.is_none() {
                    steps.mute(hit.rule.id);
                }
                outcome
            }
            Step::WrongCode => Some(about_digits(digits.wrong(ctx, db, identity).await?)),
            Step::Slip(sent) => digits::slip(ctx, db, &identity.appid, sent).await?.map(about_digits),
            Step::Welcome => {
                let mut outcome = Outcome::text(AnsweredBy::Follow, chat_text::welcome(ctx, Lang::Zh));
                outcome.code = greet(ctx, db, (identity, user), AnsweredBy::Follow, &mut outcome.replies).await?;
                Some(outcome)
            }
        };
        if let Some(outcome) = outcome {
            return Ok(Outcome { mute: steps.into_muted(), ..outcome });
        }
    }
    if matches!(input, Input::Text(_)) {
        rule::stats::message(ctx, db, ACCOUNT, false).await?;
    }
    Ok(Outcome { mute: steps.into_muted(), ..Outcome::nothing() })
}

/// The answer to digits. They are as secret as a code, also a part of one.
fn about_digits(text: String) -> Outcome {
    Outcome { is_secret: true, ..Outcome::text(AnsweredBy::Signin, text) }
}

/// Fills in the data to store: user, trace and unanswered text.
pub(super) fn with_stored_fields(
    ctx: &Ctx,
    rule_sets: &RuleSets,
    identity: &IdentityRow,
    user: Option<&User>,
    input: &Input,
    outcome: Outcome,
) -> Outcome {
    let is_kept = ctx.live().message.keep_days > 0 && !outcome.is_secret;
    let trace = is_kept.then(|| Trace::of(rule_sets, user, input, &outcome.verdict()));
    let is_missed = matches!(input, Input::Text(_)) && outcome.answered_by.is_unanswered();
    let missed = is_kept && is_missed;
    Outcome {
        user_id: match outcome.effects.joined_users {
            Some(joined) => Some(joined.kept),
            None => identity.user_id.filter(|id| outcome.effects.deleted_user != Some(*id)),
        },
        effects: Effects { wants_unionid: unionid::is_wanted(identity, ctx.now()), ..outcome.effects },
        trace,
        missed: missed.then(|| input.folded().1.bare().chars().take(MISSED_MAX_CHARS).collect()),
        ..outcome
    }
}

/// A rule's answer; `None` if nothing of it can be shown.
async fn answer_by_rule(
    ctx: &OfficialCtx,
    db: &mut Tx,
    (identity, user): (&IdentityRow, Option<&User>),
    input: &Input,
    by: AnsweredBy,
    hit: &Hit<'_>,
) -> Result<Option<Outcome>, CoreError> {
    let shown = decide::shown_contents(ctx, db, hit, user, input).await?;
    if shown.is_empty() {
        return Ok(None);
    }
    let mut replies = decide::pick(ctx, hit.rule, shown);
    let code = greet(ctx, db, (identity, user), by, &mut replies).await?;
    rule::stats::hit(ctx, db, hit.rule.id).await?;
    if matches!(input, Input::Text(_)) {
        let owner_id = if by == AnsweredBy::OwnRule { user.map_or(ACCOUNT, |u| u.id) } else { ACCOUNT };
        rule::stats::message(ctx, db, owner_id, by != AnsweredBy::Default).await?;
    }
    Ok(Some(Outcome { replies, answered_by: by, rule_id: Some(hit.rule.id), code, ..Outcome::default() }))
}

/// A new follower without an account also gets a code.
async fn greet(
    ctx: &OfficialCtx,
    db: &mut Tx,
    (identity, user): (&IdentityRow, Option<&User>),
    by: AnsweredBy,
    replies: &mut Vec<Content>,
) -> Result<Option<GivenCode>, CoreError> {
    if decide::gets_code(by, user)
        && let Some((digits, code)) = new_code(ctx, db, SIGNIN, &identity.openid).await?
    {
        decide::with_code(ctx, replies, &digits);
        return Ok(Some(code));
    }
    Ok(None)
}

/// Runs a command; `None` if the word is not a command now.
async fn run_command(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    user: Option<&User>,
    invocation: &Invocation,
) -> Result<Option<Outcome>, CoreError> {
    let (command, lang, sender) = (invocation.command, invocation.lang, Sender { identity, user });
    if plain_mode::refuses_user(ctx, user) && needs_proof(ctx, db, identity, command).await? {
        return Ok(Some(Outcome::text(AnsweredBy::Command, Chat::of(lang).plain_mode)));
    }
    let result = match command {
        Command::Confirm => rule_commands::confirm(ctx, db, sender, lang).await?,
        Command::Refuse => rule_commands::refuse(ctx, db, sender, lang).await?,
        // There is no registration to undo yet: this answers the question whether to register.
        Command::Unregister if user.is_none() => {
            let step = chat::refuse_question(ctx, db, identity).await?;
            return Ok(step.map(|step| Outcome::of_step(ctx, lang, step)));
        }
        Command::Join => rule_commands::join_wanted(ctx, db, sender, lang).await?,
        Command::Redeem | Command::CheckIn => member_commands::run(ctx, db, sender, invocation).await?,
        _ => rule_commands::run(ctx, db, sender, invocation).await?,
    };
    if let Some(CommandResult { text, effects }) = result {
        // The follower deleted the account, and this identity with it.
        let (is_forgotten, is_secret) = (effects.deleted_user.is_some(), command == Command::Redeem);
        return Ok(Some(Outcome { is_secret, is_forgotten, effects, ..Outcome::text(AnsweredBy::Command, text) }));
    }
    if let Some(text) = decide::command_reply(ctx, user, command, lang) {
        return Ok(Some(Outcome::text(AnsweredBy::Command, text)));
    }
    match command {
        Command::Confirm => Ok(chat::confirm(ctx, db, identity).await?.map(|step| Outcome::of_step(ctx, lang, step))),
        Command::Refuse => Ok(chat::refuse(ctx, db, identity).await?.map(|step| Outcome::of_step(ctx, lang, step))),
        Command::More => next_part(ctx, db, identity, &chat_text::more_hint(ctx, lang)).await,
        Command::Code => give_code(ctx, db, identity, SIGNIN, invocation).await,
        Command::Password => give_code(ctx, db, identity, RESET, invocation).await,
        // Commands that only need memory, and those of [`rule_commands`](super::rule_commands), have answered.
        _ => Ok(None),
    }
}

/// True for commands that only the user themselves may send: codes, unbinding, and the answer to an open question.
async fn needs_proof(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow, command: Command) -> Result<bool, CoreError> {
    let (appid, openid, now) = (identity.appid.as_str(), identity.openid.as_str(), ctx.now());
    Ok(match command {
        Command::Code | Command::Password | Command::Unbind => true,
        Command::Confirm => {
            store::question::find_question(db, appid, openid, now).await?.is_some()
                || !store::signin::list_scanned(db, appid, openid, now).await?.is_empty()
        }
        _ => false,
    })
}

/// The next part of a long answer.
async fn next_part(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    hint: &str,
) -> Result<Option<Outcome>, CoreError> {
    let (appid, openid) = (identity.appid.as_str(), identity.openid.as_str());
    let left = store::pending::list_pending(db, appid, openid, ctx.now()).await?;
    let mut rest = left.len();
    for row in left {
        rest -= 1;
        store::pending::delete_one(db, appid, openid, row.position).await?;
        let Some(mut content) = overflow::read(ctx, openid, &row.body) else { continue };
        // Content that cannot be shown is skipped.
        if split::reply(ctx, db, &content).await?.is_some() {
            if rest > 0 {
                split::append_hint(&mut content, hint);
            }
            let replies = vec![content];
            return Ok(Some(Outcome {
                replies,
                answered_by: AnsweredBy::Command,
                is_continued: true,
                ..Outcome::default()
            }));
        }
    }
    Ok(None)
}

/// The answer to a command that asks for a code.
async fn give_code(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    purpose: &'static str,
    invocation: &Invocation,
) -> Result<Option<Outcome>, CoreError> {
    let Some((digits, code)) = new_code(ctx, db, purpose, &identity.openid).await? else {
        return Ok(Some(Outcome::text(AnsweredBy::Command, Chat::of(invocation.lang).too_many)));
    };
    let text = decide::code_reply(ctx, invocation.command, invocation.lang, &digits);
    Ok(text.map(|text| Outcome { code: Some(code), ..Outcome::text(AnsweredBy::Command, text) }))
}

/// A code for this follower, replacing any older one; `None` if they requested too many.
async fn new_code(
    ctx: &OfficialCtx,
    db: &mut Tx,
    purpose: &'static str,
    openid: &str,
) -> Result<Option<(String, GivenCode)>, CoreError> {
    if !limit::take_within(ctx, db, Limit::ChatCodes, openid).await? {
        return Ok(None);
    }
    let now = ctx.now();
    let expires_at = now + ctx.settings.settings.signin.code_minutes * 60_000;
    for _ in 0..8 {
        let code = ctx.rng.digits(ctx.settings.settings.signin.code_digits);
        let hash = ctx.hash(Use::Code, &code);
        // Digits of a sign-in page, or of another user's code, would be ambiguous.
        if store::code::has_code(db, &hash, now).await? || store::signin::find_by_code(db, &hash).await?.is_some() {
            continue;
        }
        store::code::insert_code(db, &hash, purpose, &ctx.account.appid, openid, now, expires_at).await?;
        return Ok(Some((code, GivenCode { hash, expires_at })));
    }
    Err(CoreError::Busy)
}

async fn user_of(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<User>, CoreError> {
    let Some(user_id) = identity.user_id else { return Ok(None) };
    Ok(store::user::find_user(db, user_id).await?.map(|row| User::at(row, ctx.now())))
}
