//! The list of rules in the order of answering: search, add, enable, reorder and delete. A rule is edited in a panel beside it.

mod query;
mod quick;
mod row;
mod says;
mod table;
mod tools;

pub use query::ListQuery;
pub use says::{chip, triggers};

use super::{Names, RuleOwner, RuleScope, Section, acts::acts_form, edit};
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
        component::{Empty, Icon, Kind, LinkButton, Notice, Pager, Shape, Tone},
        form::{EditorForm, QuickForm, ReturnedForm},
        page::{PageContent, PageError, Visitor, page, script},
        text::{Common, fill, replies::list::List},
    },
};
use edit::{Addresses, Shown};
use leptos::prelude::*;
use std::collections::HashMap;

/// Days of the sparkline of hits beside each rule.
const SPARK_DAYS: i64 = 7;

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
    /// The number of the rule whose editor is open.
    open: Option<i64>,
}

async fn replies(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    // An older address.
    if scope.owner == RuleOwner::User && visitor.request.query("owner") == RuleOwner::Account.owner() {
        return Err(PageError::Redirect(RuleOwner::Account.list().to_owned()));
    }
    let query = ListQuery::read(|name| visitor.request.query(name));
    let back = query.current_address(scope.owner.list());
    let (open, panel) = open(&visitor, scope, &back).await?.unzip();
    let view = view_of(&visitor, scope, query, open).await?;
    let tally = search::tally(&visitor.request.ctx, scope.owner_id).await?;
    let t = List::of(scope.lang);
    let all: i64 = tally.iter().map(|(_, count)| count).sum();
    let summary = super::summary(&visitor.request.ctx, scope).await?;
    let is_off = scope.owner == RuleOwner::User && visitor.user.as_ref().is_some_and(|user| !user.is_auto_reply);
    let title = if scope.is_accounts() { scope.texts().to_account } else { scope.texts().to_own };
    let tools = tools::tools(scope, &view.query, &tally);
    let form = match visitor.request.returned() {
        Some(ReturnedForm::Quick(form)) => form.as_ref().clone(),
        _ => QuickForm::default(),
    };
    let (quick, quick_form) = quick::quick(scope, &view.query, &form, visitor.flash.form == "quick");
    let is_empty = view.found.rules.is_empty();
    let after = after(&view);
    let table = table::table(view, quick);
    let is_open = panel.is_some();
    let body = view! {
        <div class=if is_open { "work with-panel" } else { "work" }>
            <section class="pane" aria-label=t.caption>
                <input type="checkbox" id="selecting" class="sr-only on-phone" aria-label=t.show_select />
                <div class="pane-top">
                    <header class="head">
                        <h1>{title}</h1>
                        <span class="head-count num">{all}</span>
                        {summary}
                        <div class="head-acts">{actions(scope)}</div>
                    </header>
                    {tools}
                    {is_off.then(|| view! {
                        <Notice tone=Tone::Warning><p>{t.switched_off} " " <a href="/me">{t.to_switch}</a></p></Notice>
                    })}
                </div>
                {acts_form(scope, &back)}
                {quick_form}
                <div class="scroll" data-scroll>{table} {after} {super::keys::help(&visitor)}</div>
                {(!is_empty).then(|| table::bulk(scope))}
            </section>
            {panel}
        </div>
        {is_open.then(|| script("/editor.js"))}
        {script("/rules.js")}
    };
    let mut content = scope.sheet(Section::Rules, title, body.into_any());
    if let Some(page) = content.console.as_mut().filter(|_| !is_empty) {
        page.skip = Some(("#rows", t.skip));
    }
    Ok(content)
}

fn actions(scope: RuleScope) -> AnyView {
    let (t, c) = (List::of(scope.lang), Common::of(scope.lang));
    view! {
        <a class="icon-button on-phone" href="#find" aria-label=t.show_search><Icon shape=Shape::Search /></a>
        <label class="icon-button on-phone" for="selecting" title=t.show_select><Icon shape=Shape::Check /></label>
        <a class="button quiet on-desk" href=Section::Import.address(scope.owner)>
            <Icon shape=Shape::Upload />{Section::Import.name(scope.texts())}
        </a>
        <a class="button plain on-desk" href=scope.owner.below("several")>{t.several}</a>
        <a class="button primary" href=scope.owner.below("new") data-key="c">
            <Icon shape=Shape::Plus /><span>{t.add}</span>
        </a>
        <span class="sr-only">{c.actions}</span>
    }
    .into_any()
}

/// The editor of the rule in the URL, or the form that was just submitted, with the rule's number.
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
    // Without a place in it: going to one would take the focus from the first flawed field.
    let action = format!("{back}{}edit={number}", if back.contains('?') { '&' } else { '?' });
    let addresses = Addresses { action: &action, back: &format!("{back}#rule-{number}") };
    let view = edit::editor(visitor, scope, &form, addresses, Shown::Panel).await?;
    Ok(Some((number, view)))
}

async fn view_of(
    visitor: &Visitor,
    scope: RuleScope,
    mut query: ListQuery,
    open: Option<i64>,
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

/// The pages of the list, or what an empty one says.
fn after(view: &View<'_>) -> AnyView {
    let scope = view.scope;
    if view.found.rules.is_empty() {
        return nothing(scope, &view.query);
    }
    let c = Common::of(scope.lang);
    let (page, total) = (view.query.page, view.found.total);
    let pages = (total + query::SIZE - 1) / query::SIZE;
    let base = view.query.address(scope.owner.list(), None);
    let total = fill(c.total, &[("count", &total.to_string())]);
    view! { <Pager lang=scope.lang page=page.unsigned_abs() pages=pages.unsigned_abs() base total /> }.into_any()
}

fn nothing(scope: RuleScope, query: &ListQuery) -> AnyView {
    let t = List::of(scope.lang);
    let add = match query.cause {
        Some(cause) => format!("{}?cause={}", scope.owner.below("new"), cause.as_str()),
        None => scope.owner.below("new"),
    };
    if query.is_filtered() {
        return view! {
            <Empty title=t.nothing text=t.nothing_text shape=Shape::Search>
                <LinkButton href=scope.owner.list() text=t.reset kind=Kind::Plain />
            </Empty>
        }
        .into_any();
    }
    let title = if query.cause.is_some() { t.empty_cause } else { t.empty };
    view! {
        <Empty title text=t.empty_text shape=Shape::Chat>
            <LinkButton href=add text=t.empty_do kind=Kind::Plain />
        </Empty>
    }
    .into_any()
}
