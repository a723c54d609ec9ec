//! What may answer a message, in the product's order: the first that does is the answer. Reads memory only and changes nothing, so
//! that the preview decides as the chat does.

use super::{
    commands::{Command, Said},
    order_words, piece,
    words::{self, Chat},
};
use crate::{
    core::{
        Ctx,
        account::User,
        reply::{
            Answer, Content, Matching, Rule, Values,
            book::{Book, Hit, Occasion},
            content::KINDS,
            fill_content,
            fold::Folded,
        },
    },
    text::{Lang, fill},
    wechat::message::{Event, Kind, Message},
};
use std::sync::Arc;

/// The rules that may answer this person.
#[derive(Debug)]
pub struct Books {
    pub account: Arc<Book>,
    /// The person's own, and whose they are.
    pub own: Option<(i64, Arc<Book>)>,
}

impl Books {
    /// The person's own book, where they have switched it on; a disabled account's rules answer nobody.
    pub fn own_of(&self, user: Option<&User>) -> Option<&Book> {
        let user = user.filter(|user| user.is_auto_reply && user.is_enabled)?;
        self.own.as_ref().filter(|(owner, _)| *owner == user.id).map(|(_, book)| book.as_ref())
    }
}

/// A message, as far as answering goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A text.
    Text(String),
    /// Somebody follows; with the scene of the QR code that led them here.
    Follow(Option<String>),
    /// A tap on the menu item with this key; the second is what a scan from the menu read.
    Menu(String, String),
    /// A follower scanned the code with this scene.
    Scan(String),
    /// A message that is not text: its kind.
    Kind(String),
}

impl Input {
    /// What a push is; None for what is never answered.
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
            // What nobody knows is nothing that somebody said.
            Kind::Event(_) | Kind::Unknown { .. } => return None,
            _ => Self::Kind(message.msg_type().to_owned()),
        })
    }

    /// What rules with keywords look at, folded.
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

    /// What was said, for `{{keyword}}`.
    pub fn said(&self) -> &str {
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

/// What answers, as it stands in the log of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    OwnRule,
    AccountRule,
    Default,
    Follow,
}

impl By {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnRule => "own_rule",
            Self::AccountRule => "account_rule",
            Self::Default => "default",
            Self::Follow => "follow",
        }
    }
}

/// Something that may answer.
#[derive(Debug)]
pub enum Step<'a> {
    /// A word of the account's own; some are commands only while something is open.
    Command(Said),
    /// Digits that a page may show just now.
    Digits(String),
    Rule(By, Hit<'a>),
    /// Digits that no page shows: never silence, somebody is waiting for a page to go on.
    WrongCode,
    /// A new follower, where no rule greets them.
    Welcome,
}

/// Everything that may answer, in order; of rules the first of each kind that is not among those in `mute`, which have nothing to
/// show.
pub fn steps<'a>(ctx: &Ctx, books: &'a Books, user: Option<&User>, input: &Input, mute: &[i64]) -> Vec<Step<'a>> {
    let (on, folded) = input.folded();
    let speaks = |rule: &Rule| !mute.contains(&rule.id);
    let answer = |book: &'a Book| book.answer_where(on, &folded, |rule, _| speaks(rule));
    let default =
        || books.account.on_nothing().filter(|rule| speaks(rule)).map(|rule| Step::Rule(By::Default, bare(rule)));
    let account = || answer(&books.account).map(|hit| Step::Rule(By::AccountRule, hit));
    match input {
        Input::Text(text) => {
            let command = ctx.commands.read(text).map(Step::Command);
            let bare = folded.bare();
            let is_code = bare.len() == usize::from(ctx.settings.settings.signin.code_digits)
                && bare.bytes().all(|b| b.is_ascii_digit());
            let own = books.own_of(user).and_then(answer);
            let rule = own.map(|hit| Step::Rule(By::OwnRule, hit)).or_else(account);
            let digits = is_code.then(|| Step::Digits(bare.to_owned()));
            let last = if is_code { Some(Step::WrongCode) } else { default() };
            [command, digits, rule, last].into_iter().flatten().collect()
        }
        // A scene that has a rule of its own is greeted by it.
        Input::Follow(scene) => {
            let is_named = |rule: &Rule, keyword: Option<usize>| keyword.is_some() && speaks(rule);
            let named = scene.as_ref().and_then(|_| books.account.answer_where(on, &folded, is_named));
            let greeting = books.account.on_follow().filter(|rule| speaks(rule));
            let greeting = greeting.map(|rule| Step::Rule(By::Follow, bare(rule)));
            vec![named.map(|hit| Step::Rule(By::Follow, hit)).or(greeting).unwrap_or(Step::Welcome)]
        }
        Input::Menu(..) | Input::Scan(_) => account().into_iter().collect(),
        Input::Kind(_) => account().or_else(default).into_iter().collect(),
    }
}

fn bare(rule: &Rule) -> Hit<'_> {
    Hit { rule, keyword: None, groups: Vec::new() }
}

/// Characters of a message that an answer repeats.
const REPEATED_MAX_CHARS: usize = 60;

/// What `{{keyword}}` stands for: the keyword that is a part of the message, else the message.
fn keyword(hit: &Hit<'_>, input: &Input) -> String {
    let Input::Text(_) = input else { return input.said().to_owned() };
    let found = hit.keyword.and_then(|at| hit.rule.keywords.get(at));
    match found {
        Some(keyword) if matches!(keyword.matching, Matching::Prefix | Matching::Contains) => keyword.text.clone(),
        _ => input.said().chars().take(REPEATED_MAX_CHARS).collect(),
    }
}

/// What a rule says to this person: all of its contents, filled. Contents without words are left out.
pub fn said_by(ctx: &Ctx, hit: &Hit<'_>, user: Option<&User>, input: &Input) -> Vec<Content> {
    let said = keyword(hit, input);
    let (id, time) = (user.map(|u| u.id.to_string()).unwrap_or_default(), words::clock_time(ctx.now()));
    let nickname = user.map(|u| u.nickname.clone()).unwrap_or_default();
    let values = Values { nickname: &nickname, user_id: &id, time: &time, keyword: &said, groups: &hit.groups };
    let filled = hit.rule.contents.iter().map(|content| fill_content(content, values));
    filled.filter(|content| !matches!(content, Content::Text { text } if text.trim().is_empty())).collect()
}

/// Of a rule that answers with one at random, one.
pub fn drawn(ctx: &Ctx, rule: &Rule, contents: Vec<Content>) -> Vec<Content> {
    if rule.answer == Answer::All || contents.len() < 2 {
        return contents;
    }
    let at = usize::try_from(ctx.chance.below(contents.len() as u64)).unwrap_or_default();
    contents.into_iter().skip(at).take(1).collect()
}

/// The greeting of somebody who has no account yet, with a code to get one.
pub fn with_code(ctx: &Ctx, contents: &mut Vec<Content>, code: &str, minutes: &str) {
    let hint = fill(Chat::of(Lang::Zh).code_hint, &[("code", code), ("minutes", minutes)]);
    let behind = format!("\n\n{hint}{}", words::more_hint(ctx, Lang::Zh));
    let first = contents.iter_mut().find(|content| matches!(content, Content::Text { .. }));
    match first {
        // Somebody waits for it in front of a page: never in a second part.
        Some(content) if !piece::has_room(content, &behind) => contents.insert(0, Content::text(hint)),
        Some(content) => piece::hinted(content, &format!("\n\n{hint}")),
        None => contents.push(Content::text(hint)),
    }
}

/// What a command says that needs nothing but memory; None for the others.
pub fn told(ctx: &Ctx, user: Option<&User>, command: Command, lang: Lang) -> Option<String> {
    match command {
        Command::Help => Some(order_words::help(ctx, lang)),
        Command::Me => Some(user.map_or_else(|| order_words::no_account(ctx, lang), |user| words::me(lang, user))),
        // A password without a name opens nothing: both are chosen on the page.
        Command::Password if user.is_some_and(|user| user.username.is_none()) => {
            Some(fill(Chat::of(lang).no_name, &[("site", ctx.settings.public_url.as_str())]))
        }
        Command::Password if user.is_none() => Some(order_words::no_account(ctx, lang)),
        _ => None,
    }
}
