//! The ledger of credits.

use crate::{
    core::credit::WELCOME,
    store::credit::CreditRow,
    web::{
        component::{Card, Head, Table},
        page::{Ago, PageRequest},
        text::{Common, me::Me},
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
                    <th scope="row">{reason(t, &entry)}</th>
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

fn reason(t: &'static Me, entry: &CreditRow) -> String {
    let kind = match entry.kind.as_str() {
        "spend" => t.kind_spend,
        "refund" => t.kind_refund,
        "adjust" => t.kind_adjust,
        _ => t.kind_grant,
    };
    match entry.reason.as_str() {
        WELCOME => t.reason_welcome.to_owned(),
        "" => kind.to_owned(),
        own => format!("{kind} · {own}"),
    }
}
