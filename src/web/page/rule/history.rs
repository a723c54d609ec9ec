//! The history of rules: who changed them, when, from which source, before and after; and undo.

use super::{
    Names, RuleScope, Section,
    diff::{differences, table},
    padded, paginate, param,
};
use crate::{
    core::rule::{
        draft::Draft,
        history::{self, Change, Version},
    },
    web::{
        component::{Badge, Card, Empty, Head, Kind, LinkButton, Shape, Submit, Table},
        page::{Ago, PageContent, PageError, Visitor, page},
        text::{Common, fill, replies::history::History},
    },
};
use leptos::prelude::*;

/// Changes per page.
const SIZE: i64 = 50;
/// The most rules of one change that are shown.
const MOST_RULES: usize = 50;

#[component]
pub fn HistoryPage() -> impl IntoView {
    page(all)
}

#[component]
pub fn ChangePage() -> impl IntoView {
    let id = param("change");
    page(move |visitor| one(visitor, id))
}

#[component]
pub fn RuleHistoryPage() -> impl IntoView {
    let number = param("number");
    page(move |visitor| of_rule(visitor, number))
}

/// All changes, newest first.
async fn all(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, History::of(scope.lang));
    let below: Option<i64> = visitor.request.query("below").parse().ok();
    let mut changes = history::changes(ctx, scope.owner_id, below, SIZE + 1).await?;
    let oldest = paginate(&mut changes, SIZE, |change| change.id);
    let names = Names::of(ctx, changes.iter().map(|change| change.actor_id)).await?;
    let body = if changes.is_empty() {
        view! { <section class="card"><Empty title=t.empty text=t.empty_text shape=Shape::Clock /></section> }
            .into_any()
    } else {
        list(scope, &names, &changes, ctx.now())
    };
    let older = oldest.map(|id| {
        view! { <LinkButton href=scope.owner.below(&format!("history?below={id}")) text=t.older kind=Kind::Plain /> }
    });
    let newest =
        below.map(|_| view! { <LinkButton href=scope.owner.below("history") text=t.newest kind=Kind::Plain /> });
    let body = view! { {body} <div class="row middle">{newest} {older}</div> };
    Ok(scope.page(Section::History, t.title, "", ().into_any(), body.into_any()))
}

fn list(scope: RuleScope, names: &Names, changes: &[Change], now: i64) -> AnyView {
    let t = History::of(scope.lang);
    let back = scope.owner.below("history");
    let rows = changes.iter().map(|change| {
        let undo = (!change.is_undone).then(|| undo(scope, change, &back));
        view! {
            <tr>
                <th scope="row">{what(scope, change)}</th>
                <td data-label=t.rules>{about(scope, change)}</td>
                <td data-label=t.who>{editor_of(scope, names, change)}</td>
                <td data-label=t.when><Ago lang=scope.lang at=change.at now /></td>
                <td class="acts">
                    <div class="row end">
                        <a class="button quiet small" href=scope.owner.change(change.id)>{t.details}</a>
                        {undo}
                    </div>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let heads = vec![
        Head::Text(t.what),
        Head::Text(t.rules),
        Head::Text(t.who),
        Head::Text(t.when),
        Head::Hidden(Common::of(scope.lang).actions),
    ];
    view! {
        <Card flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn what(scope: RuleScope, change: &Change) -> AnyView {
    let t = History::of(scope.lang);
    let undone = change.is_undone.then(|| view! { " " <Badge text=t.is_undone /> });
    view! { {t.action(change.action)} {undone} }.into_any()
}

/// The number of rules, and the names of the first.
fn about(scope: RuleScope, change: &Change) -> String {
    if change.rules > 1 {
        let count = fill(History::of(scope.lang).many, &[("n", &change.rules.to_string())]);
        return format!("{count} · {}", change.summary);
    }
    change.summary.clone()
}

fn editor_of(scope: RuleScope, names: &Names, change: &Change) -> String {
    format!("{} · {}", names.say(scope, change.actor_id), scope.texts().door(change.door))
}

fn undo(scope: RuleScope, change: &Change, back: &str) -> impl IntoView + use<> {
    let t = History::of(scope.lang);
    view! {
        <form method="post" action="/do/rules-undo">
            <input type="hidden" name="owner" value=scope.owner.owner() />
            <input type="hidden" name="change" value=change.id.to_string() />
            <input type="hidden" name="back" value=back.to_owned() />
            <Submit text=t.undo_do kind=Kind::Quiet small=true />
        </form>
    }
}

/// One change, rule by rule.
async fn one(visitor: Visitor, id: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, History::of(scope.lang));
    let (change, versions) = history::change(ctx, scope.owner_id, id).await?;
    let names = Names::of(ctx, std::iter::once(change.actor_id)).await?;
    let more = versions.len().saturating_sub(MOST_RULES);
    let cards = versions.iter().take(MOST_RULES).map(|version| card(scope, version, None)).collect_view();
    let actions = (!change.is_undone).then(|| undo(scope, &change, &scope.owner.below("history")));
    let note = view! {
        <p class="soft">{editor_of(scope, &names, &change)} " · " <Ago lang=scope.lang at=change.at now=ctx.now() /></p>
    };
    let body = view! {
        {note}
        {cards}
        {(more > 0).then(|| view! { <p class="soft">{fill(t.more_rules, &[("n", &more.to_string())])}</p> })}
    };
    let about = about(scope, &change);
    let title = fill(t.title_change, &[("action", t.action(change.action)), ("about", &about)]);
    Ok(scope.page(Section::History, title, "", actions.into_any(), body.into_any()))
}

/// All changes of one rule.
async fn of_rule(visitor: Visitor, number: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, History::of(scope.lang));
    let versions = history::versions(ctx, scope.owner_id, number).await?;
    let names = Names::of(ctx, versions.iter().map(|version| version.change.actor_id)).await?;
    let now = ctx.now();
    let cards = versions.iter().map(|version| {
        let change = &version.change;
        let head = format!("{} · {}", t.action(change.action), editor_of(scope, &names, change));
        card(scope, version, Some((head, change.at, now)))
    });
    let body = if versions.is_empty() {
        view! { <section class="card"><Empty title=t.empty text=t.empty_text shape=Shape::Clock /></section> }
            .into_any()
    } else {
        cards.collect_view().into_any()
    };
    let title = fill(t.title_one, &[("n", &padded(number))]);
    Ok(scope.page(Section::History, title, "", ().into_any(), body))
}

/// The change of one rule; with its own header on the rule's page, else under the rule's name.
fn card(scope: RuleScope, version: &Version, head: Option<(String, i64, i64)>) -> AnyView {
    let t = History::of(scope.lang);
    let n = padded(version.number);
    let (title, at) = match head {
        Some((title, at, now)) => (title, Some(view! { <Ago lang=scope.lang at now /> })),
        None => (fill(scope.texts().rule_called, &[("n", &n)]), None),
    };
    let (before, after) = (version.before.as_ref().map(Draft::from), version.after.as_ref().map(Draft::from));
    let note = match (&before, &after) {
        (None, Some(_)) => Some(t.was_added),
        (Some(_), None) if version.change.action == history::Action::Delete => Some(t.was_deleted),
        (_, None) => Some(t.unknown_after),
        (Some(_), Some(_)) => None,
    };
    let at_and_note = (at.is_some() && note.is_some()).then_some("· ");
    let found = differences(scope, before.as_ref(), after.as_ref());
    let is_page_of_rule = at.is_some();
    let restore = before.is_some().then(|| restore(scope, version));
    view! {
        <section class="card">
            <div class="card-head">
                <div>
                    <h2>{title}</h2>
                    <p>{at} {at_and_note} {note}</p>
                </div>
                <div class="row">
                    {(!is_page_of_rule).then(|| view! {
                        <a class="button quiet small" href=scope.owner.rule_history(version.number)>{t.to_rule}</a>
                    })}
                    {restore}
                </div>
            </div>
            {table(scope, found, [t.before, t.after])}
        </section>
    }
    .into_any()
}

fn restore(scope: RuleScope, version: &Version) -> impl IntoView + use<> {
    let t = History::of(scope.lang);
    view! {
        <form method="post" action="/do/rules-restore">
            <input type="hidden" name="owner" value=scope.owner.owner() />
            <input type="hidden" name="number" value=version.number.to_string() />
            <input type="hidden" name="change" value=version.change.id.to_string() />
            <Submit text=t.restore_do kind=Kind::Plain small=true />
        </form>
    }
}
