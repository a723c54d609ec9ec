//! The message log, and why each message was answered as it was: the account's for admins, their own for all users.

use super::{Names, RuleScope, Section, padded, paginate, param, trace, unanswered::cut};
use crate::{
    core::{
        message::{
            AnsweredBy,
            log::{self, Entry, Filter},
        },
        rule::search,
    },
    web::{
        component::{Badge, Card, Empty, Fact, Facts, Head, Kind, LinkButton, Shape, Table, Tone},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, page},
        text::{
            fill,
            replies::{bench::Bench, message::Messages},
            stored::message_kind,
        },
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// Messages per page.
const SIZE: i64 = 50;
/// The most characters of a message in the list.
const SHOWN_CHARS: usize = 80;

#[component]
pub fn MessagesPage() -> impl IntoView {
    page(messages)
}

#[component]
pub fn MessagePage() -> impl IntoView {
    let id = param("message");
    page(move |visitor| message(visitor, id))
}

/// The query of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ask {
    is_unanswered: bool,
    /// Only messages that this rule answered.
    rule: Option<i64>,
    below: Option<i64>,
}

impl Ask {
    fn read(request: &PageRequest) -> Self {
        Self {
            is_unanswered: request.query("only") == "unanswered",
            rule: request.query("rule").parse().ok(),
            below: request.query("below").parse().ok(),
        }
    }

    fn address(self, scope: RuleScope) -> String {
        let mut query = Vec::new();
        query.extend(self.is_unanswered.then(|| "only=unanswered".to_owned()));
        query.extend(self.rule.map(|number| format!("rule={number}")));
        query.extend(self.below.map(|id| format!("below={id}")));
        let path = scope.owner.below("messages");
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn is_filtered(self) -> bool {
        self.is_unanswered || self.rule.is_some()
    }
}

async fn messages(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, Messages::of(scope.lang));
    let mut ask = Ask::read(&visitor.request);
    let rules = search::find_many(ctx, scope.owner_id, ask.rule.as_slice()).await?;
    let rule_id = rules.first().map(|rule| rule.id);
    if rule_id.is_none() {
        ask.rule = None;
    }
    let filter = Filter {
        user_id: (!scope.is_accounts()).then_some(scope.user_id),
        rule_id,
        is_unanswered: ask.is_unanswered,
        below: ask.below,
        ..Filter::default()
    };
    let mut found = log::list(ctx, &filter, SIZE + 1).await?;
    let oldest = paginate(&mut found, SIZE, |entry| entry.id);
    let names = Names::of(ctx, found.iter().filter_map(|entry| entry.user_id)).await?;
    let (list, filters) = (list(scope, &names, ask, &found, ctx.now()), filters(scope, ask));
    let page_link =
        |below, text| view! { <LinkButton href=Ask { below, ..ask }.address(scope) text kind=Kind::Plain /> };
    let newest = ask.below.map(|_| page_link(None, t.newest));
    let older = oldest.map(|id| page_link(Some(id), t.older));
    let body = view! {
        {filters}
        {list}
        <div class="row middle">{newest} {older}</div>
    };
    let note =
        format!("{}{}", if scope.is_accounts() { t.note_account } else { t.note_own }, kept(scope, &visitor.request));
    Ok(scope.page(Section::Messages, t.title, note, ().into_any(), body.into_any()))
}

/// The note below the list: how long messages are stored.
fn kept(scope: RuleScope, request: &PageRequest) -> String {
    let (t, days) = (Messages::of(scope.lang), request.ctx.live().message.keep_days);
    let text = if days == 0 { t.not_kept.to_owned() } else { fill(t.kept, &[("days", &days.to_string())]) };
    if scope.lang == crate::text::Lang::En { format!(" {text}") } else { text }
}

fn filters(scope: RuleScope, ask: Ask) -> AnyView {
    let t = Messages::of(scope.lang);
    let link = |to: Ask, text: String| {
        let current = (to == Ask { below: None, ..ask }).then_some("page");
        view! { <a href=to.address(scope) aria-current=current>{text}</a> }
    };
    let of_rule = ask
        .rule
        .map(|number| link(Ask { rule: Some(number), ..Ask::default() }, fill(t.of_rule, &[("n", &padded(number))])));
    view! {
        <nav class="seg fit" aria-label=t.filter>
            {link(Ask::default(), t.all.to_owned())}
            {link(Ask { is_unanswered: true, ..Ask::default() }, t.unanswered.to_owned())}
            {of_rule}
        </nav>
    }
    .into_any()
}

fn list(scope: RuleScope, names: &Names, ask: Ask, found: &[Entry], now: i64) -> AnyView {
    let t = Messages::of(scope.lang);
    if found.is_empty() {
        let (title, text) = if ask.is_filtered() { (t.nothing, "") } else { (t.empty, t.empty_text) };
        return view! { <section class="card"><Empty title text shape=Shape::Chat /></section> }.into_any();
    }
    let mut heads = vec![Head::Text(t.message)];
    heads.extend(scope.is_accounts().then_some(Head::Text(t.who)));
    heads.extend([Head::Text(t.answer), Head::Number(t.took), Head::Text(t.when), Head::Hidden(t.why)]);
    let rows = found.iter().map(|entry| row(scope, names, entry, now)).collect_view();
    view! {
        <Card flush=true>
            <Table heads class="messages">{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(scope: RuleScope, names: &Names, entry: &Entry, now: i64) -> AnyView {
    let t = Messages::of(scope.lang);
    let sender = scope.is_accounts().then(|| view! { <td data-label=t.who>{sender_of(scope, names, entry)}</td> });
    view! {
        <tr>
            <th scope="row">{text_of(scope, entry, SHOWN_CHARS)}</th>
            {sender}
            <td data-label=t.answer>{answer(scope, entry)}</td>
            <td data-label=t.took class="num">{took(scope, entry)}</td>
            <td data-label=t.when><Ago lang=scope.lang at=entry.at now /></td>
            <td class="acts"><a class="button quiet small" href=scope.owner.below(&format!("messages/{}", entry.id))>{t.why}</a></td>
        </tr>
    }
    .into_any()
}

/// The text of a message, else its kind.
fn text_of(scope: RuleScope, entry: &Entry, most: usize) -> AnyView {
    let t = Messages::of(scope.lang);
    match &entry.content {
        Some(content) => cut(content, most).into_any(),
        None if entry.kind == "text" => view! { <span class="soft">{t.forgotten}</span> }.into_any(),
        None => view! { <span class="soft">{format!("[{}]", message_kind(scope.lang, &entry.kind))}</span> }.into_any(),
    }
}

fn sender_of(scope: RuleScope, names: &Names, entry: &Entry) -> AnyView {
    match entry.user_id {
        Some(id) => names.link(scope, id),
        None => view! { <span class="soft">{Messages::of(scope.lang).not_registered}</span> }.into_any(),
    }
}

/// What answered the message; the trace has the rule's number.
fn answer(scope: RuleScope, entry: &Entry) -> AnyView {
    let t = Messages::of(scope.lang);
    let rule = entry.trace.iter().flat_map(|trace| &trace.tried).find(|tried| Some(tried.rule_id) == entry.rule_id);
    match rule {
        Some(tried) if entry.answered_by.is_unanswered() => {
            view! { <Badge text=t.by_none tone=Tone::Warning /> " " {trace::rule_link(scope, tried)} }.into_any()
        }
        Some(tried) => trace::rule_link(scope, tried),
        None if entry.answered_by.is_unanswered() => unanswered(scope, entry.answered_by),
        None => t.answered_by(entry.answered_by).into_any(),
    }
}

/// A message that no rule with a keyword answered, perhaps the default reply did.
fn unanswered(scope: RuleScope, by: AnsweredBy) -> AnyView {
    let t = Messages::of(scope.lang);
    let default = (by == AnsweredBy::Default).then(|| view! { " " <span class="soft">{t.by_default}</span> });
    view! { <Badge text=t.by_none tone=Tone::Warning /> {default} }.into_any()
}

fn took(scope: RuleScope, entry: &Entry) -> String {
    let t = Messages::of(scope.lang);
    match entry.took_us / 1000 {
        0 => t.took_less.to_owned(),
        ms => fill(t.took_ms, &[("n", &ms.to_string())]),
    }
}

/// One message.
async fn message(visitor: Visitor, id: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let t = Messages::of(scope.lang);
    // Another user's message counts as missing.
    let of_user = (!scope.is_accounts()).then_some(scope.user_id);
    let entry = log::find(&visitor.request.ctx, id, of_user).await?;
    let ctx = &visitor.request.ctx;
    let names = Names::of(ctx, entry.user_id.into_iter()).await?;
    let facts = facts(scope, &names, &entry, ctx.now());
    let why = match &entry.trace {
        Some(trace) => {
            let message = entry.content.as_deref().unwrap_or_default();
            trace::card(scope, trace::TraceView { trace, disabled: &[], message, is_shown: true })
        }
        None => view! { <Card title=Bench::of(scope.lang).why><p class="soft">{t.no_trace}</p></Card> }.into_any(),
    };
    let body = view! {
        <Card>{facts}</Card>
        {why}
    };
    let actions = view! { <a class="button plain small" href=scope.owner.below("messages")>{t.back}</a> };
    Ok(scope.page(Section::Messages, t.one, "", actions.into_any(), body.into_any()))
}

fn facts(scope: RuleScope, names: &Names, entry: &Entry, now: i64) -> AnyView {
    let t = Messages::of(scope.lang);
    let again = entry.content.as_ref().filter(|_| entry.kind == "text").map(|content| {
        let message: String = byte_serialize(content.as_bytes()).collect();
        view! { " " <a href=scope.owner.below(&format!("bench?say={message}"))>{t.again}</a> }
    });
    let (message, sender, at) = (text_of(scope, entry, usize::MAX), sender_of(scope, names, entry), entry.at);
    let (answer, took) = (answer(scope, entry), took(scope, entry));
    view! {
        <Facts>
            <Fact name=t.message><span class="version">{message}</span>{again}</Fact>
            <Fact name=t.who>{sender}</Fact>
            <Fact name=t.answer>{answer}</Fact>
            <Fact name=t.took>{took}</Fact>
            <Fact name=t.when><Ago lang=scope.lang at now /></Fact>
        </Facts>
    }
    .into_any()
}
