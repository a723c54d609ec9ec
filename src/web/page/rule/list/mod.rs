//! The list of rules: search, add, enable, reorder and delete; one rule can be edited in its row.

mod query;
mod quick;
mod row;
mod table;
mod tools;

pub use query::ListQuery;

use super::{Names, RuleOwner, RuleScope, Section, edit};
use crate::{
    core::{
        CoreError,
        rule::{
            search::{self, Page},
            stats,
            warning::{self, Warning},
        },
    },
    web::{
        component::{Empty, Kind, LinkButton, Notice, Pager, Shape, Tone},
        form::{EditorForm, QuickForm, ReturnedForm},
        page::{PageContent, PageError, Visitor, page},
        text::{
            Common, fill,
            replies::{bench::Bench, list::List},
        },
    },
};
use edit::Shown;
use leptos::prelude::*;
use std::collections::HashMap;

/// Days of the sparkline of hits beside each rule.
const SPARK_DAYS: i64 = 7;

/// The id of the form that the boxes and buttons of the table belong to.
const FORM: &str = "rules";

#[component]
pub fn RepliesPage() -> impl IntoView {
    page(replies)
}

/// What the list shows besides rules.
struct View<'a> {
    visitor: &'a Visitor,
    scope: RuleScope,
    query: ListQuery,
    found: Page,
    hits: HashMap<i64, Vec<i64>>,
    names: Names,
    /// Warnings by rule number.
    warnings: HashMap<i64, Vec<Warning>>,
    /// The open editor of a row.
    open: Option<(i64, AnyView)>,
}

async fn replies(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    // An older address.
    if scope.owner == RuleOwner::User && visitor.request.query("owner") == RuleOwner::Account.owner() {
        return Err(PageError::Redirect(RuleOwner::Account.list().to_owned()));
    }
    let query = ListQuery::read(|name| visitor.request.query(name));
    let back = query.current_address(scope.owner.list());
    let open = open(&visitor, scope, &back).await?;
    let view = view_of(&visitor, scope, query, open).await?;
    let tally = search::tally(&visitor.request.ctx, scope.owner_id).await?;
    let t = List::of(scope.lang);
    let is_off = scope.owner == RuleOwner::User && visitor.user.as_ref().is_some_and(|user| !user.is_auto_reply);
    let has_any = tally.iter().any(|(_, count)| *count > 0);
    let causes = (scope.owner == RuleOwner::Account).then(|| tools::causes(scope, &view.query, &tally));
    let tools = has_any.then(|| tools::tools(scope, &view.query));
    let quick = match visitor.request.returned() {
        Some(ReturnedForm::Quick(form)) => quick::quick(scope, &view.query, form, false),
        _ => quick::quick(scope, &view.query, &QuickForm::default(), visitor.flash.form == "quick"),
    };
    let rules = rules(view);
    let summary = super::summary(&visitor.request.ctx, scope).await?;
    let (bench_label, bench) = (Bench::of(scope.lang).title, super::bench_panel(&visitor.request.ctx, scope));
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
    let (r, actions) = (scope.texts(), actions(scope));
    let (title, note) = match scope.owner {
        RuleOwner::User => (r.title, r.note_own),
        RuleOwner::Account => (r.title_account, r.note_account),
    };
    Ok(scope.page(Section::Rules, title, note, actions, body.into_any()))
}

fn actions(scope: RuleScope) -> AnyView {
    let t = List::of(scope.lang);
    view! {
        <LinkButton href=scope.owner.below("several") text=t.several kind=Kind::Plain />
        <a class="button plain" href=scope.owner.below("new") data-key="n">{t.add}</a>
    }
    .into_any()
}

/// The editor of the rule in the URL, or the form that was just submitted.
async fn open(visitor: &Visitor, scope: RuleScope, back: &str) -> Result<Option<(i64, AnyView)>, PageError> {
    let number = visitor.request.query("edit").parse().ok();
    let (number, form) = match (visitor.request.returned(), number) {
        (Some(ReturnedForm::Editor(form)), number) => match form.number.or(number) {
            Some(number) => (number, form.as_ref().clone()),
            None => return Ok(None),
        },
        (_, Some(number)) => match search::find(&visitor.request.ctx, scope.owner_id, number).await {
            Ok(rule) => (number, EditorForm::opened(&rule)),
            // The rule no longer exists, which the list shows.
            Err(CoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
        (_, None) => return Ok(None),
    };
    let action = format!("{back}{}edit={number}#rule-{number}", if back.contains('?') { '&' } else { '?' });
    let view = edit::editor(visitor, scope, &form, (&action, &format!("{back}#rule-{number}")), Shown::Row).await?;
    Ok(Some((number, view)))
}

async fn view_of(
    visitor: &Visitor,
    scope: RuleScope,
    mut query: ListQuery,
    open: Option<(i64, AnyView)>,
) -> Result<View<'_>, CoreError> {
    let ctx = &visitor.request.ctx;
    let mut found = search::search(ctx, scope.owner_id, &query.search()).await?;
    let last = (found.total.max(1) + query::SIZE - 1) / query::SIZE;
    if query.page > last {
        query.page = last;
        found = search::search(ctx, scope.owner_id, &query.search()).await?;
    }
    let ids: Vec<i64> = found.rules.iter().map(|rule| rule.id).collect();
    let hits = stats::hits_of(ctx, &ids, SPARK_DAYS).await?;
    let names = Names::of(ctx, found.rules.iter().filter_map(|rule| rule.updated_by)).await?;
    let warnings = warning::warnings_of(ctx, scope.owner_id, &found.rules).await?;
    Ok(View { visitor, scope, query, found, hits, names, warnings, open })
}

fn rules(view: View<'_>) -> AnyView {
    let scope = view.scope;
    if view.found.rules.is_empty() {
        return nothing(scope, &view.query);
    }
    let c = Common::of(scope.lang);
    let (page, total) = (view.query.page, view.found.total);
    let pages = (total + query::SIZE - 1) / query::SIZE;
    let base = view.query.address(scope.owner.list(), None);
    let total = fill(c.total, &[("count", &total.to_string())]);
    let table = table::table(view);
    view! {
        {table}
        <Pager lang=scope.lang page=page.unsigned_abs() pages=pages.unsigned_abs() base total />
    }
    .into_any()
}

fn nothing(scope: RuleScope, query: &ListQuery) -> AnyView {
    let t = List::of(scope.lang);
    let add = match query.cause {
        Some(cause) => format!("{}?cause={}", scope.owner.below("new"), cause.as_str()),
        None => scope.owner.below("new"),
    };
    let empty = if query.is_filtered() {
        view! {
            <Empty title=t.nothing text=t.nothing_text shape=Shape::Search>
                <LinkButton href=scope.owner.list() text=t.reset kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    } else {
        let title = if query.cause.is_some() { t.empty_cause } else { t.empty };
        view! {
            <Empty title text=t.empty_text shape=Shape::Chat>
                <LinkButton href=add text=t.empty_do kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    };
    view! { <section class="card">{empty}</section> }.into_any()
}
