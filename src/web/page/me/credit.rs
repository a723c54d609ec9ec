//! The ledger of credits.

use crate::{
    store::credit::CreditRow,
    web::{
        component::{Card, Head, Table},
        page::{Ago, PageRequest},
        text::{Common, me::Me, stored::Stored},
    },
};
use leptos::prelude::*;

/// The latest changes.
pub fn card(request: &PageRequest, ledger: Vec<CreditRow>) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Me::of(lang));
    if ledger.is_empty() {
        return view! { <Card title=t.ledger><p class="soft">{t.ledger_none}</p></Card> }.into_any();
    }
    let rows = ledger
        .into_iter()
        .map(|entry| {
            view! {
                <tr>
                    <th scope="row">{Stored::of(lang).credit(&entry.kind, &entry.reason)}</th>
                    <td data-label=c.time><Ago lang at=entry.created_at now /></td>
                    <td data-label=t.change class="num">{format!("{:+}", entry.delta)}</td>
                    <td data-label=t.balance class="num">{entry.balance_after}</td>
                </tr>
            }
        })
        .collect_view();
    let heads = vec![Head::Text(t.reason), Head::Text(c.time), Head::Number(t.change), Head::Number(t.balance)];
    view! {
        <Card title=t.ledger flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
    .into_any()
}
