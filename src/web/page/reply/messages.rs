//! Messages that came in, and why each was answered as it was: the account's for admins, their own for everybody.

use super::{Desk, Room, inbox::cut, padded, param, trace, turned};
use crate::{
    core::{
        CoreError,
        message::log::{self, Entry, Filter},
        reply::search,
    },
    web::{
        page::{Ago, Halt, Here, Leaf, Visitor, page},
        part::{Card, Empty, Fact, Facts, Head, Kind, LinkButton, Shape, Table},
        text::{
            fill,
            replies::{bench::Bench, message::Messages},
        },
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// Messages on one page.
const SIZE: i64 = 50;
/// Characters of a message that the list shows.
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

/// What the address asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ask {
    is_unanswered: bool,
    /// Only those that this rule answered.
    rule: Option<i64>,
    below: Option<i64>,
}

impl Ask {
    fn read(here: &Here) -> Self {
        Self {
            is_unanswered: here.query("only") == "unanswered",
            rule: here.query("rule").parse().ok(),
            below: here.query("below").parse().ok(),
        }
    }

    fn address(self, desk: Desk) -> String {
        let mut query = Vec::new();
        query.extend(self.is_unanswered.then(|| "only=unanswered".to_owned()));
        query.extend(self.rule.map(|number| format!("rule={number}")));
        query.extend(self.below.map(|id| format!("below={id}")));
        let path = desk.scope.below("messages");
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn is_filtered(self) -> bool {
        self.is_unanswered || self.rule.is_some()
    }
}

async fn messages(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let (ctx, t) = (&visitor.here.ctx, Messages::of(desk.lang));
    let mut ask = Ask::read(&visitor.here);
    let rules = search::find_many(ctx, desk.owner_id, ask.rule.as_slice()).await?;
    let rule_id = rules.first().map(|rule| rule.id);
    if rule_id.is_none() {
        ask.rule = None;
    }
    let filter = Filter {
        user_id: (!desk.is_accounts()).then_some(desk.user_id),
        rule_id,
        is_unanswered: ask.is_unanswered,
        below: ask.below,
        ..Filter::default()
    };
    let mut found = log::list(ctx, &filter, SIZE + 1).await?;
    let oldest = turned(&mut found, SIZE, |entry| entry.id);
    let (list, filters) = (list(desk, ask, &found, ctx.now()), filters(desk, ask));
    let turn = |below, text| view! { <LinkButton href=Ask { below, ..ask }.address(desk) text kind=Kind::Plain /> };
    let newest = ask.below.map(|_| turn(None, t.newest));
    let older = oldest.map(|id| turn(Some(id), t.older));
    let body = view! {
        {filters}
        {list}
        <div class="row middle">{newest} {older}</div>
    };
    let note = format!("{}{}", if desk.is_accounts() { t.note_account } else { t.note_own }, kept(desk, &visitor.here));
    Ok(desk.leaf(Room::Messages, t.title, note, ().into_any(), body.into_any()))
}

/// For how long, after what is in the list.
fn kept(desk: Desk, here: &Here) -> String {
    let (t, days) = (Messages::of(desk.lang), here.ctx.settings.settings.message.keep_days);
    let text = if days == 0 { t.not_kept.to_owned() } else { fill(t.kept, &[("days", &days.to_string())]) };
    if desk.lang == crate::text::Lang::En { format!(" {text}") } else { text }
}

fn filters(desk: Desk, ask: Ask) -> AnyView {
    let t = Messages::of(desk.lang);
    let link = |to: Ask, text: String| {
        let current = (to == Ask { below: None, ..ask }).then_some("page");
        view! { <a href=to.address(desk) aria-current=current>{text}</a> }
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

fn list(desk: Desk, ask: Ask, found: &[Entry], now: i64) -> AnyView {
    let t = Messages::of(desk.lang);
    if found.is_empty() {
        let (title, text) = if ask.is_filtered() { (t.nothing, "") } else { (t.empty, t.empty_text) };
        return view! { <section class="card"><Empty title text shape=Shape::Chat /></section> }.into_any();
    }
    let mut heads = vec![Head::Text(t.said)];
    heads.extend(desk.is_accounts().then_some(Head::Text(t.who)));
    heads.extend([Head::Text(t.answer), Head::Number(t.took), Head::Text(t.when), Head::Hidden(t.why)]);
    let rows = found.iter().map(|entry| row(desk, entry, now)).collect_view();
    view! {
        <Card flush=true>
            <Table heads class="messages">{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(desk: Desk, entry: &Entry, now: i64) -> AnyView {
    let t = Messages::of(desk.lang);
    let who = desk.is_accounts().then(|| view! { <td data-label=t.who>{who(desk, entry)}</td> });
    view! {
        <tr>
            <th scope="row">{said(desk, entry, SHOWN_CHARS)}</th>
            {who}
            <td data-label=t.answer>{answer(desk, entry)}</td>
            <td data-label=t.took class="num">{took(desk, entry)}</td>
            <td data-label=t.when><Ago lang=desk.lang at=entry.at now /></td>
            <td class="acts"><a class="button quiet small" href=desk.scope.below(&format!("messages/{}", entry.id))>{t.why}</a></td>
        </tr>
    }
    .into_any()
}

/// The words of a text, else what it was.
fn said(desk: Desk, entry: &Entry, most: usize) -> AnyView {
    let t = Messages::of(desk.lang);
    match &entry.content {
        Some(content) => cut(content, most).into_any(),
        None if entry.kind == "text" => view! { <span class="soft">{t.forgotten}</span> }.into_any(),
        None => view! { <span class="soft">"[" {desk.texts().kind(&entry.kind)} "]"</span> }.into_any(),
    }
}

fn who(desk: Desk, entry: &Entry) -> String {
    let t = Messages::of(desk.lang);
    entry.user_id.map_or_else(|| t.stranger.to_owned(), |id| fill(t.user, &[("id", &id.to_string())]))
}

/// What answered; the rule's number is known where the trace has it.
fn answer(desk: Desk, entry: &Entry) -> AnyView {
    let t = Messages::of(desk.lang);
    let rule = entry.trace.iter().flat_map(|trace| &trace.tried).find(|tried| Some(tried.rule_id) == entry.rule_id);
    match rule {
        Some(tried) => trace::rule_link(desk, tried),
        None => t.answered_by(&entry.answered_by).into_any(),
    }
}

fn took(desk: Desk, entry: &Entry) -> String {
    let t = Messages::of(desk.lang);
    let (whole, tenth) = (entry.took_us / 1000, entry.took_us % 1000 / 100);
    fill(t.took_ms, &[("n", &format!("{whole}.{tenth}"))])
}

/// One message.
async fn message(visitor: Visitor, id: i64) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let t = Messages::of(desk.lang);
    let entry = log::find(&visitor.here.ctx, id).await?;
    // Somebody else's is not there for whoever may not see it.
    if !desk.is_accounts() && entry.user_id != Some(desk.user_id) {
        return Err(CoreError::NotFound.into());
    }
    let facts = facts(desk, &entry, visitor.here.ctx.now());
    let why = match &entry.trace {
        Some(trace) => {
            let said = entry.content.as_deref().unwrap_or_default();
            trace::card(desk, trace::Told { trace, disabled: &[], said, is_shown: true })
        }
        None => view! { <Card title=Bench::of(desk.lang).why><p class="soft">{t.no_trace}</p></Card> }.into_any(),
    };
    let body = view! {
        <Card>{facts}</Card>
        {why}
    };
    let acts = view! { <a class="button plain small" href=desk.scope.below("messages")>{t.back}</a> };
    Ok(desk.leaf(Room::Messages, t.one, "", acts.into_any(), body.into_any()))
}

fn facts(desk: Desk, entry: &Entry, now: i64) -> AnyView {
    let t = Messages::of(desk.lang);
    let again = entry.content.as_ref().filter(|_| entry.kind == "text").map(|content| {
        let said: String = byte_serialize(content.as_bytes()).collect();
        view! { " " <a href=desk.scope.below(&format!("bench?say={said}"))>{t.again}</a> }
    });
    let (said, who, at) = (said(desk, entry, usize::MAX), who(desk, entry), entry.at);
    let (answer, took) = (answer(desk, entry), took(desk, entry));
    view! {
        <Facts>
            <Fact name=t.said><span class="version">{said}</span>{again}</Fact>
            <Fact name=t.who>{who}</Fact>
            <Fact name=t.answer>{answer}</Fact>
            <Fact name=t.took>{took}</Fact>
            <Fact name=t.when><Ago lang=desk.lang at now /></Fact>
        </Facts>
    }
    .into_any()
}
