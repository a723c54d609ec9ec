//! All changes, newest first.

use super::{Names, RuleScope, Section, about, paginate, undo};
use crate::{
    core::rule::history::{self, Change},
    web::{
        component::{Badge, Card, Empty, Head, Kind, LinkButton, Shape, Table},
        page::{Ago, PageContent, PageError, Visitor, page},
        text::{Common, replies::history::History},
    },
};
use leptos::prelude::*;

/// Changes per page.
const SIZE: i64 = 50;

#[component]
pub fn HistoryPage() -> impl IntoView {
    page(all)
}

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
    let rows = changes.iter().map(|change| row(scope, names, change, now)).collect_view();
    let heads = vec![
        Head::Text(t.rules),
        Head::Text(t.what),
        Head::Text(t.who),
        Head::Text(t.when),
        Head::Hidden(Common::of(scope.lang).actions),
    ];
    view! {
        <Card flush=true>
            <Table heads class="changes">{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(scope: RuleScope, names: &Names, change: &Change, now: i64) -> AnyView {
    let t = History::of(scope.lang);
    let undone = change.is_undone.then(|| view! { " " <Badge text=t.is_undone /> });
    let undo = (!change.is_undone).then(|| undo(scope, change, &scope.owner.below("history")));
    let door = scope.texts().door(change.door);
    view! {
        <tr>
            <th scope="row"><a href=scope.owner.change(change.id)>{about(scope, change)}</a></th>
            <td data-label=t.what>{t.action(change.action)} {undone}</td>
            <td data-label=t.who><span>{names.link(scope, change.actor_id)} <span class="soft">" · " {door}</span></span></td>
            <td data-label=t.when><Ago lang=scope.lang at=change.at now /></td>
            <td class="acts"><div class="row end">{undo}</div></td>
        </tr>
    }
    .into_any()
}
