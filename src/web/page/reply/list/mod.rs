//! The list of rules: looked through, added to, switched, ordered and deleted; one of them may be open for editing in its row.

mod ask;
mod quick;
mod row;
mod table;
mod tools;

pub use ask::Ask;

use super::{Desk, Names, Room, Scope, edit};
use crate::{
    core::{
        CoreError,
        reply::{
            count,
            search::{self, Page},
            warning::{self, Warning},
        },
    },
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::{Empty, Kind, LinkButton, Notice, Pager, Shape, Tone},
        text::{
            Common, fill,
            replies::{bench::Bench, list::List},
        },
    },
};
use edit::Shown;
use leptos::prelude::*;
use std::collections::HashMap;

/// Days of the small picture of hits beside each rule.
const SPARK_DAYS: i64 = 7;

#[component]
pub fn RepliesPage() -> impl IntoView {
    page(replies)
}

/// What the list shows besides rules.
struct View<'a> {
    visitor: &'a Visitor,
    desk: Desk,
    ask: Ask,
    found: Page,
    hits: HashMap<i64, Vec<i64>>,
    names: Names,
    /// What their editor should know, by the rules' numbers.
    warnings: HashMap<i64, Vec<Warning>>,
    /// The editor that is open in a row.
    open: Option<(i64, AnyView)>,
}

async fn replies(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    // The address of old.
    if desk.scope == Scope::Own && visitor.here.query("owner") == Scope::Account.owner() {
        return Err(Halt::Go(Scope::Account.list().to_owned()));
    }
    let ask = Ask::read(|name| visitor.here.query(name));
    let back = ask.here(desk.scope.list());
    let quick = quick::settle(&visitor, desk, &back).await?;
    let open = open(&visitor, desk, &back).await?;
    let view = view_of(&visitor, desk, ask, open).await?;
    let tally = search::tally(&visitor.here.ctx, desk.owner_id).await?;
    let t = List::of(desk.lang);
    let is_off = desk.scope == Scope::Own && visitor.user.as_ref().is_some_and(|user| !user.is_auto_reply);
    let has_any = tally.iter().any(|(_, count)| *count > 0);
    let causes = (desk.scope == Scope::Account).then(|| tools::causes(desk, &view.ask, &tally));
    let tools = has_any.then(|| tools::tools(desk, &view.ask));
    let quick = quick.view(desk, &view.ask);
    let rules = rules(view);
    let summary = super::summary(&visitor.here.ctx, desk).await?;
    let (bench_label, bench) = (Bench::of(desk.lang).title, super::beside(&visitor.here.ctx, desk));
    let body = view! {
        {is_off.then(|| view! {
            <Notice tone=Tone::Warning><p>{t.switched_off} " " <a href="/me">{t.to_switch}</a></p></Notice>
        })}
        {summary}
        <div class="with-bench">
            <div class="stack wide">{causes} {tools} {quick} {rules}</div>
            <aside aria-label=bench_label>{bench}</aside>
        </div>
        {super::keys::help(&visitor)}
    };
    let (r, acts) = (desk.texts(), acts(desk));
    let (title, note) = match desk.scope {
        Scope::Own => (r.title, r.note_own),
        Scope::Account => (r.title_account, r.note_account),
    };
    Ok(desk.leaf(Room::Rules, title, note, acts, body.into_any()))
}

fn acts(desk: Desk) -> AnyView {
    let t = List::of(desk.lang);
    view! {
        <LinkButton href=desk.scope.below("several") text=t.several kind=Kind::Plain />
        <a class="button plain" href=desk.scope.below("new") data-key="n">{t.add}</a>
    }
    .into_any()
}

/// The editor of the rule that the address names, or that was just sent.
async fn open(visitor: &Visitor, desk: Desk, back: &str) -> Result<Option<(i64, AnyView)>, Halt> {
    let sent = visitor.here.posted().filter(|posted| posted.value("form").is_none());
    let number =
        sent.and_then(|posted| posted.value("number").map(str::to_owned)).unwrap_or(visitor.here.query("edit"));
    let Ok(number) = number.parse::<i64>() else { return Ok(None) };
    let mut form = match edit::settle(visitor, desk, Some(number)).await {
        // It is not there any more: the list says so by itself.
        Err(CoreError::NotFound) => return Ok(None),
        settled => settled?.or_leave(desk, back)?,
    };
    if sent.is_none() {
        form.focus = Some(if form.draft.cause.has_keywords() { "keyword" } else { "text" }.to_owned());
    }
    let action = format!("{back}{}edit={number}#rule-{number}", if back.contains('?') { '&' } else { '?' });
    let view = edit::editor(visitor, desk, &form, (&action, &format!("{back}#rule-{number}")), Shown::Row).await?;
    Ok(Some((number, view)))
}

async fn view_of(
    visitor: &Visitor,
    desk: Desk,
    mut ask: Ask,
    open: Option<(i64, AnyView)>,
) -> Result<View<'_>, CoreError> {
    let ctx = &visitor.here.ctx;
    let mut found = search::search(ctx, desk.owner_id, &ask.query()).await?;
    let last = (found.total.max(1) + ask::SIZE - 1) / ask::SIZE;
    if ask.page > last {
        ask.page = last;
        found = search::search(ctx, desk.owner_id, &ask.query()).await?;
    }
    let ids: Vec<i64> = found.rules.iter().map(|rule| rule.id).collect();
    let hits = count::hits_of(ctx, &ids, SPARK_DAYS).await?;
    let names = Names::of(ctx, found.rules.iter().filter_map(|rule| rule.updated_by)).await?;
    let warnings = warning::warnings_of(ctx, desk.owner_id, &found.rules).await?;
    Ok(View { visitor, desk, ask, found, hits, names, warnings, open })
}

fn rules(view: View<'_>) -> AnyView {
    let desk = view.desk;
    if view.found.rules.is_empty() {
        return nothing(desk, &view.ask);
    }
    let c = Common::of(desk.lang);
    let (page, total) = (view.ask.page, view.found.total);
    let pages = (total + ask::SIZE - 1) / ask::SIZE;
    let base = view.ask.address(desk.scope.list(), None);
    let total = fill(c.total, &[("count", &total.to_string())]);
    let table = table::table(view);
    view! {
        {table}
        <Pager lang=desk.lang page=page.unsigned_abs() pages=pages.unsigned_abs() base total />
    }
    .into_any()
}

fn nothing(desk: Desk, ask: &Ask) -> AnyView {
    let t = List::of(desk.lang);
    let add = match ask.cause {
        Some(cause) => format!("{}?cause={}", desk.scope.below("new"), cause.as_str()),
        None => desk.scope.below("new"),
    };
    let empty = if ask.is_filtered() {
        view! {
            <Empty title=t.nothing text=t.nothing_text shape=Shape::Search>
                <LinkButton href=desk.scope.list() text=t.reset kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    } else {
        let title = if ask.cause.is_some() { t.empty_cause } else { t.empty };
        view! {
            <Empty title text=t.empty_text shape=Shape::Chat>
                <LinkButton href=add text=t.empty_do kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    };
    view! { <section class="card">{empty}</section> }.into_any()
}
