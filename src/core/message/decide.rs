//! Decides what answers a message, in the product's order: the first that can is the answer. Only reads memory, so that the
//! preview decides as the chat does.

use super::{
    answered_by::AnsweredBy,
    chat_text::{self, Chat},
    command_text,
    commands::{Command, Invocation},
    split,
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        account::User,
        rule::{
            ACCOUNT, AnswerMode, Content, MatchType, Rule, Values,
            content::KINDS,
            fill_content,
            media::NeedsFile,
            rule_set::{Hit, Occasion, RuleSet},
        },
    },
    store::Link,
    text::{Lang, cut, fill, fold::Folded},
    wechat::message::{Event, Kind, Message},
};
use std::sync::Arc;

/// The rule sets that may answer this user.
#[derive(Debug, Clone)]
pub struct RuleSets {
    pub account: Arc<RuleSet>,
    /// The user's own rule set, with the user's id.
    pub own: Option<(i64, Arc<RuleSet>)>,
}

impl RuleSets {
    /// The rule sets that decide about this input if `rule` takes the place of an owner's rule with its id.
    pub fn around(&self, input: &Input, owner_id: i64, rule: &Rule) -> Self {
        let (on, folded) = input.folded();
        let changed = |rule_set: &RuleSet| Arc::new(rule_set.around(on, &folded, rule.clone()));
        let is_account = owner_id == ACCOUNT;
        Self {
            account: if is_account { changed(&self.account) } else { self.account.clone() },
            own: self.own.as_ref().map(|(owner, own)| {
                (*owner, if *owner == owner_id && !is_account { changed(own) } else { own.clone() })
            }),
        }
    }

    /// The user's own rule set, if they have switched it on; rules of a disabled account answer no message.
    pub fn own_of(&self, user: Option<&User>) -> Option<&RuleSet> {
        let user = user.filter(|user| user.is_auto_reply && user.is_enabled)?;
        self.own.as_ref().filter(|(owner, _)| *owner == user.id).map(|(_, rule_set)| rule_set.as_ref())
    }
}

/// A message, as far as answering needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A text.
    Text(String),
    /// A new follower, with the scene of the QR code they scanned.
    Follow(Option<String>),
    /// A tap on the menu item with this key; the second is the result of a scan from the menu.
    Menu(String, String),
    /// A follower scanned the code with this scene.
    Scan(String),
    /// A message that is not text: its kind.
    Kind(String),
}

impl Input {
    /// The input of a push; `None` for a push that is never answered.
    pub fn of(message: &Message) -> Option<Self> {
        Some(match &message.kind {
            Kind::Text { .. } if message.is_unsupported_placeholder() => Self::Kind("sticker".to_owned()),
            Kind::Text { content, .. } => Self::Text(content.clone()),
            Kind::Event(Event::Subscribe { scene, .. }) => Self::Follow(scene.clone()),
            Kind::Event(Event::Scan { scene, .. }) => Self::Scan(scene.clone()),
            Kind::Event(Event::Click { key }) => Self::Menu(key.clone(), String::new()),
            Kind::Event(Event::ScanCode { key, result, .. }) => Self::Menu(key.clone(), result.clone()),
            Kind::Event(Event::Pictures { key, .. } | Event::LocationSelect { key, .. }) => {
                Self::Menu(key.clone(), String::new())
            }
            // Unknown events and messages are not from the follower.
            Kind::Event(_) | Kind::Unknown { .. } => return None,
            _ => Self::Kind(message.msg_type().to_owned()),
        })
    }

    /// The occasion and the folded text for rules with keywords.
    pub fn folded(&self) -> (Occasion, Folded<'_>) {
        let (on, text) = match self {
            Self::Text(text) => (Occasion::Said, text.as_str()),
            Self::Follow(scene) => (Occasion::Scanned, scene.as_deref().unwrap_or_default()),
            Self::Menu(key, _) => (Occasion::Tapped, key.as_str()),
            Self::Scan(scene) => (Occasion::Scanned, scene.as_str()),
            Self::Kind(kind) => (Occasion::Sent, kind.as_str()),
        };
        (on, Folded::new(text))
    }

    /// The message's text, for `{{keyword}}`.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text.trim(),
            Self::Follow(scene) => scene.as_deref().unwrap_or_default(),
            Self::Menu(key, result) if result.is_empty() => key,
            Self::Menu(_, result) => result,
            Self::Scan(scene) => scene,
            Self::Kind(kind) => {
                if KINDS.contains(&kind.as_str()) {
                    ""
                } else {
                    kind
                }
            }
        }
    }
}

/// A possible answer.
#[derive(Debug)]
pub enum Step<'a> {
    /// A command; some are commands only while a question is open.
    Command(Invocation),
    /// Digits that may be a code of a sign-in page.
    Digits(String),
    Rule(AnsweredBy, Hit<'a>),
    /// Digits that are not a valid code: always answered, because the follower waits for a page to continue.
    WrongCode,
    /// Digits with one more or one fewer than a code, that nothing else answers: a slip, if a page waits for a code.
    Slip(usize),
    /// The welcome for a new follower, if no rule greets them.
    Welcome,
}

/// The possible answers to one message, for the chat and for the preview, which try them in order until one answers.
#[derive(Debug)]
pub struct Steps<'a> {
    ctx: &'a Ctx,
    rule_sets: &'a RuleSets,
    user: Option<&'a User>,
    input: &'a Input,
    left: std::vec::IntoIter<Step<'a>>,
    /// Rules that were skipped: none of their contents can be shown.
    muted: Vec<i64>,
}

impl<'a> Steps<'a> {
    pub fn of(ctx: &'a Ctx, rule_sets: &'a RuleSets, user: Option<&'a User>, input: &'a Input) -> Self {
        let left = steps(ctx, rule_sets, user, input, &[]).into_iter();
        Self { ctx, rule_sets, user, input, left, muted: Vec::new() }
    }

    /// True if a rule is among the remaining steps.
    pub fn has_rule(&self) -> bool {
        self.left.as_slice().iter().any(|step| matches!(step, Step::Rule(..)))
    }

    /// Skips a rule whose contents cannot be shown: the next rule takes its place. Commands and digits come before rules, so they were
    /// tried already.
    pub fn mute(&mut self, rule_id: i64) {
        self.muted.push(rule_id);
        let mut steps = steps(self.ctx, self.rule_sets, self.user, self.input, &self.muted);
        steps.retain(|step| !matches!(step, Step::Command(_) | Step::Digits(_)));
        self.left = steps.into_iter();
    }

    /// The rules that were skipped.
    pub fn into_muted(self) -> Vec<i64> {
        self.muted
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        self.left.next()
    }
}

/// Everything that may answer, in order; of the rules, the first of each kind that is not in `mute`: those have nothing to show.
fn steps<'a>(ctx: &Ctx, rule_sets: &'a RuleSets, user: Option<&User>, input: &Input, mute: &[i64]) -> Vec<Step<'a>> {
    let (on, folded) = input.folded();
    let is_unmuted = |rule: &Rule| !mute.contains(&rule.id);
    let answer = |rule_set: &'a RuleSet| rule_set.answer_where(on, &folded, |rule, _| is_unmuted(rule));
    let default = || {
        rule_sets
            .account
            .on_nothing()
            .filter(|rule| is_unmuted(rule))
            .map(|rule| Step::Rule(AnsweredBy::Default, without_keyword(rule)))
    };
    let account = || answer(&rule_sets.account).map(|hit| Step::Rule(AnsweredBy::AccountRule, hit));
    match input {
        Input::Text(text) => {
            let command = ctx.live().commands.read(text).map(Step::Command);
            let bare = folded.bare();
            let is_code = is_code(ctx, bare);
            let own = rule_sets.own_of(user).and_then(answer);
            let rule = own.map(|hit| Step::Rule(AnsweredBy::OwnRule, hit)).or_else(account);
            let digits = is_code.then(|| Step::Digits(bare.to_owned()));
            let last = if is_code { Some(Step::WrongCode) } else { default() };
            let slip = is_slip(ctx, bare).then_some(Step::Slip(bare.len()));
            [command, digits, rule, last, slip].into_iter().flatten().collect()
        }
        // A rule for the scene greets first.
        Input::Follow(scene) => {
            let is_named = |rule: &Rule, keyword: Option<usize>| keyword.is_some() && is_unmuted(rule);
            let named = scene.as_ref().and_then(|_| rule_sets.account.answer_where(on, &folded, is_named));
            let greeting = rule_sets.account.on_follow().filter(|rule| is_unmuted(rule));
            let greeting = greeting.map(|rule| Step::Rule(AnsweredBy::Follow, without_keyword(rule)));
            vec![named.map(|hit| Step::Rule(AnsweredBy::Follow, hit)).or(greeting).unwrap_or(Step::Welcome)]
        }
        Input::Menu(..) | Input::Scan(_) => account().into_iter().collect(),
        Input::Kind(_) => account().or_else(default).into_iter().collect(),
    }
}

/// True if the text has the form of a code.
pub fn is_code(ctx: &Ctx, bare: &str) -> bool {
    bare.len() == usize::from(ctx.settings.settings.signin.code_digits) && bare.bytes().all(|b| b.is_ascii_digit())
}

/// True for digits with one more or one fewer than a code.
fn is_slip(ctx: &Ctx, bare: &str) -> bool {
    bare.len().abs_diff(usize::from(ctx.settings.settings.signin.code_digits)) == 1
        && bare.bytes().all(|b| b.is_ascii_digit())
}

fn without_keyword(rule: &Rule) -> Hit<'_> {
    Hit { rule, keyword: None, groups: Vec::new() }
}

/// The most characters of a message that an answer repeats.
const REPEATED_MAX_CHARS: usize = 60;

/// The value of `{{keyword}}`: the keyword if it is a part of the message, else the message.
fn keyword_value(hit: &Hit<'_>, input: &Input) -> String {
    let Input::Text(_) = input else { return input.text().to_owned() };
    let found = hit.keyword.and_then(|at| hit.rule.keywords.get(at));
    match found {
        Some(keyword) if matches!(keyword.matching, MatchType::Prefix | MatchType::Contains) => keyword.text.clone(),
        _ => cut::chars(input.text(), REPEATED_MAX_CHARS).to_owned(),
    }
}

/// The contents of a rule for this user, with placeholders filled, without those that cannot be shown.
pub async fn shown_contents(
    ctx: &OfficialCtx,
    db: &mut impl Link,
    hit: &Hit<'_>,
    user: Option<&User>,
    input: &Input,
) -> Result<Vec<Content>, CoreError> {
    split::shown(ctx, db, &contents_of(ctx, hit, user, input)).await
}

/// [`shown_contents`] of a rule that uses no stored file: needs no database.
pub fn shown_contents_without_files(
    ctx: &Ctx,
    hit: &Hit<'_>,
    user: Option<&User>,
    input: &Input,
) -> Result<Vec<Content>, NeedsFile> {
    split::shown_without_files(&contents_of(ctx, hit, user, input))
}

/// The contents of a rule for this user, with placeholders filled. Empty ones are left out.
pub fn contents_of(ctx: &Ctx, hit: &Hit<'_>, user: Option<&User>, input: &Input) -> Vec<Content> {
    let keyword = keyword_value(hit, input);
    let (id, time) = (user.map(|u| u.id.to_string()).unwrap_or_default(), chat_text::clock_time(ctx.now()));
    let nickname = user.map(|u| u.nickname.clone()).unwrap_or_default();
    let values = Values { nickname: &nickname, user_id: &id, time: &time, keyword: &keyword, groups: &hit.groups };
    let filled = hit.rule.contents.iter().map(|content| fill_content(content, values));
    filled.filter(|content| !matches!(content, Content::Text { text } if text.trim().is_empty())).collect()
}

/// True if the rule answers with one of these contents at random.
pub fn is_drawn(rule: &Rule, contents: &[Content]) -> bool {
    rule.answer == AnswerMode::Random && contents.len() > 1
}

/// One content of a rule that answers at random; all contents of another rule.
pub fn pick(ctx: &Ctx, rule: &Rule, contents: Vec<Content>) -> Vec<Content> {
    if !is_drawn(rule, &contents) {
        return contents;
    }
    let at = usize::try_from(ctx.rng.below(contents.len() as u64)).unwrap_or_default();
    contents.into_iter().skip(at).take(1).collect()
}

/// True for the greeting of a follower without an account: it gets a code.
pub fn gets_code(by: AnsweredBy, user: Option<&User>) -> bool {
    by == AnsweredBy::Follow && user.is_none()
}

/// Adds a code to the greeting of a follower without an account.
pub fn with_code(ctx: &Ctx, contents: &mut Vec<Content>, code: &str) {
    let hint = with_digits(ctx, Chat::of(Lang::Zh).code_hint, code);
    let behind = format!("\n\n{hint}{}", chat_text::more_hint(ctx, Lang::Zh));
    let first = contents.iter_mut().find(|content| matches!(content, Content::Text { .. }));
    match first {
        // The follower needs the code for a waiting page: it must not be in a later part.
        Some(content) if !split::has_room_for(content, &behind) => contents.insert(0, Content::text(hint)),
        Some(content) => split::append_hint(content, &format!("\n\n{hint}")),
        None => contents.push(Content::text(hint)),
    }
}

/// The answer of a command that gives a code; `None` for the others.
pub fn code_reply(ctx: &Ctx, command: Command, lang: Lang, code: &str) -> Option<String> {
    let t = Chat::of(lang);
    match command {
        Command::Code => Some(with_digits(ctx, t.code, code)),
        Command::Password => Some(with_digits(ctx, t.reset_code, code)),
        _ => None,
    }
}

fn with_digits(ctx: &Ctx, template: &str, code: &str) -> String {
    let minutes = ctx.settings.settings.signin.code_minutes.to_string();
    fill(template, &[("code", code), ("minutes", &minutes)])
}

/// The answer of a command that only needs memory; `None` for the others.
pub fn command_reply(ctx: &Ctx, user: Option<&User>, command: Command, lang: Lang) -> Option<String> {
    match command {
        Command::Help => Some(command_text::help(ctx, lang)),
        Command::Me => Some(user.map_or_else(|| command_text::no_account(ctx, lang), |user| chat_text::me(lang, user))),
        // A password without a username is useless: both are chosen on the page.
        Command::Password if user.is_some_and(|user| user.username.is_none()) => {
            Some(fill(Chat::of(lang).no_name, &[("site", ctx.settings.public_url.as_str())]))
        }
        Command::Password if user.is_none() => Some(command_text::no_account(ctx, lang)),
        _ => None,
    }
}
