//! `/me/credits`: the ledger of credits.

use super::sub_page::sub_page;
use crate::{
    core::credit as credits,
    store::credit::CreditRow,
    text::Lang,
    web::{
        component::{Card, Empty, Head, Shape, Table},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, page},
        text::{Common, fill, me::Me, stored::Stored},
    },
};
use leptos::prelude::*;

const DAY_MS: i64 = 86_400_000;
const BEIJING_MS: i64 = 8 * 3_600_000;

#[component]
pub fn CreditsPage() -> impl IntoView {
    page(own)
}

async fn own(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Me::of(lang));
    let ledger = credits::ledger(&request.ctx, user.id).await?;
    let list = if ledger.is_empty() {
        view! { <Card><Empty title=t.ledger_empty text=t.ledger_none shape=Shape::Star /></Card> }.into_any()
    } else {
        let rows = ledger.into_iter().map(|entry| row(lang, &entry, now)).collect_view();
        view! { <ul class="cells ledger">{rows}</ul> }.into_any()
    };
    let body = view! {
        <p class="ledger-sum"><span class="soft">{c.credits}</span> <b class="num">{user.credits}</b></p>
        {list}
    };
    Ok(sub_page(lang, t.ledger, body))
}

fn row(lang: Lang, entry: &CreditRow, now: i64) -> impl IntoView + use<> {
    let t = Me::of(lang);
    let balance = fill(t.balance_after, &[("n", &entry.balance_after.to_string())]);
    let class = if entry.delta > 0 { "ledger-change plus" } else { "ledger-change" };
    view! {
        <li>
            <div class="cell tall">
                <span class="cell-label">{Stored::of(lang).credit(&entry.kind, &entry.reason)} <small><Ago lang at=entry.created_at now /></small></span>
                <span class="cell-value">
                    <b class=class>{format!("{:+}", entry.delta)}</b>
                    <small>{balance}</small>
                </span>
            </div>
        </li>
    }
}

/// The sum of today's changes, in Beijing time; `None` without any. The ledger holds the latest entries only.
pub fn today(ledger: &[CreditRow], now: i64) -> Option<i64> {
    let day = |ms: i64| (ms + BEIJING_MS).div_euclid(DAY_MS);
    let mut of_today = ledger.iter().filter(|entry| day(entry.created_at) == day(now)).peekable();
    of_today.peek()?;
    Some(of_today.map(|entry| entry.delta).sum())
}

/// The latest changes of any user, for an admin.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_begins_at_midnight_in_beijing() {
        let entry = |created_at, delta| CreditRow {
            id: 1,
            user_id: 1,
            delta,
            balance_after: 0,
            kind: "grant".to_owned(),
            reason: String::new(),
            created_at,
        };
        let midnight = 100 * DAY_MS - BEIJING_MS;
        let ledger = [entry(midnight + 5, 20), entry(midnight, -5), entry(midnight - 1, 100)];
        assert_eq!(today(&ledger, midnight + DAY_MS - 1), Some(15));
        assert_eq!(today(&ledger, midnight - 1), Some(100));
        assert_eq!(today(&ledger, midnight + DAY_MS), None);
    }
}
