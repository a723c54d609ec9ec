//! One change, rule by rule; and all changes of one rule. Each rule is shown whole, as it was before and after.

use super::{
    Names, RuleScope, Section, about,
    diff::{Fields, table},
    padded, param, undo,
};
use crate::{
    core::rule::{
        draft::Draft,
        history::{self, Change, MOST_FOLLOWED, Version},
    },
    web::{
        component::{Badge, Empty, Kind, Shape, Submit},
        page::{Ago, PageContent, PageError, Visitor, page},
        text::{fill, replies::history::History},
    },
};
use leptos::prelude::*;

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

/// One change, rule by rule.
async fn one(visitor: Visitor, id: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, History::of(scope.lang));
    let (mut change, versions) = history::change(ctx, scope.owner_id, id).await?;
    change.number = versions.first().map(|version| version.number);
    let names = Names::of(ctx, std::iter::once(change.actor_id)).await?;
    let more = versions.len().saturating_sub(MOST_FOLLOWED);
    let cards = versions.iter().take(MOST_FOLLOWED).map(|version| {
        let title = fill(scope.texts().rule_called, &[("n", &padded(version.number))]);
        card(scope, version, title.into_any())
    });
    let cards = cards.collect_view();
    let actions = (!change.is_undone).then(|| undo(scope, &change, &scope.owner.below("history")));
    let body = view! {
        <p class="row">{by(scope, &names, &change, ctx.now())}</p>
        {cards}
        {(more > 0).then(|| view! { <p class="soft">{fill(t.more_rules, &[("n", &more.to_string())])}</p> })}
    };
    let title = fill(t.title_change, &[("action", t.action(change.action)), ("about", &about(scope, &change))]);
    Ok(scope.page(Section::History, title, "", actions.into_any(), body.into_any()))
}

/// Who made a change, from where and when.
fn by(scope: RuleScope, names: &Names, change: &Change, now: i64) -> AnyView {
    let t = History::of(scope.lang);
    let undone = change.is_undone.then(|| view! { <Badge text=t.is_undone /> });
    view! {
        {names.link(scope, change.actor_id)}
        <span class="soft">{scope.texts().door(change.door)} " · " <Ago lang=scope.lang at=change.at now /></span>
        {undone}
    }
    .into_any()
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
        let title = view! {
            <a href=scope.owner.change(change.id)>{t.action(change.action)}</a>
            " "
            <span class="version-by">{by(scope, &names, change, now)}</span>
        };
        card(scope, version, title.into_any())
    });
    let body = if versions.is_empty() {
        view! { <section class="card"><Empty title=t.empty text=t.empty_text shape=Shape::Clock /></section> }
            .into_any()
    } else {
        cards.collect_view().into_any()
    };
    let title = fill(t.title_one, &[("n", &padded(number))]);
    let is_there = versions.first().is_some_and(|version| !version.is_deleted);
    let open =
        is_there.then(|| view! { <a class="button plain small" href=scope.owner.rule(number)>{t.open_rule}</a> });
    let actions = view! { {open} <a class="button plain small" href=scope.owner.below("history")>{t.all_rules}</a> };
    Ok(scope.page(Section::History, title, "", actions.into_any(), body))
}

/// The change of one rule: the whole rule before and after.
fn card(scope: RuleScope, version: &Version, title: AnyView) -> AnyView {
    let t = History::of(scope.lang);
    let (before, after) = (version.before.as_ref().map(Draft::from), version.after.as_ref().map(Draft::from));
    let note = match (&before, &after) {
        (None, Some(_)) => Some(t.was_added),
        (Some(_), None) if version.is_deleted => Some(t.was_deleted),
        (_, None) => Some(t.unknown_after),
        (Some(_), Some(_)) => None,
    };
    let restore = before.is_some().then(|| restore(scope, version));
    let number = version.number;
    view! {
        <section class="card">
            <div class="card-head">
                <div>
                    <h2>{title}</h2>
                    {note.map(|note| view! { <p>{note}</p> })}
                </div>
                <div class="row">
                    <a class="button quiet small" href=scope.owner.rule_history(number)>{t.to_rule}</a>
                    {restore}
                </div>
            </div>
            {table(scope, (before.as_ref(), after.as_ref()), [t.before, t.after], Fields::All)}
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
