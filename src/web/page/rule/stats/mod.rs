//! Statistics: how often rules answered in the last days, for all rules of an owner or for one.

mod figures;
mod picture;
mod ranked;
mod summary;
mod top;
mod week;

pub use summary::summary;

use super::{RuleScope, Section, padded};
use crate::{
    core::rule::{
        Rule, search,
        stats::{self, Day},
    },
    text::number,
    web::{
        component::Card,
        page::{PageContent, PageError, Visitor, page},
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

/// The available ranges, in days.
const RANGES: [i64; 3] = [7, 30, 90];
/// The longest of them, which is always loaded.
const LONGEST: i64 = 90;

#[component]
pub fn StatsPage() -> impl IntoView {
    page(numbers)
}

/// The query of the page; invalid parameters are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ask {
    days: i64,
    /// From 1.
    page: usize,
    /// Only this rule.
    rule: Option<i64>,
}

impl Ask {
    fn read(get: impl Fn(&str) -> String) -> Self {
        let days = get("days").parse().ok().filter(|days| RANGES.contains(days));
        Self {
            days: days.unwrap_or(RANGES[0]),
            page: usize::try_from(number::page(&get("page"))).unwrap_or(usize::MAX),
            rule: get("rule").parse().ok(),
        }
    }

    /// The address for this range and this rule, or all rules.
    fn address(scope: RuleScope, days: i64, rule: Option<i64>) -> String {
        let rule = rule.map(|number| format!("&rule={number}")).unwrap_or_default();
        format!("{}?days={days}{rule}", scope.owner.below("numbers"))
    }

    /// The part of the loaded days that is shown.
    fn shown<T>(self, days: &[T]) -> &[T] {
        days.get(days.len().saturating_sub(usize::try_from(self.days).unwrap_or_default())..).unwrap_or(days)
    }
}

async fn numbers(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let ask = Ask::read(|name| visitor.request.query(name));
    let rules = search::find_many(&visitor.request.ctx, scope.owner_id, ask.rule.as_slice()).await?;
    match rules.first() {
        Some(rule) => of_rule(&visitor, scope, ask, rule).await,
        None => of_all(&visitor, scope, Ask { rule: None, ..ask }).await,
    }
}

async fn of_all(visitor: &Visitor, scope: RuleScope, ask: Ask) -> Result<PageContent, PageError> {
    let t = Numbers::of(scope.lang);
    let ctx = &visitor.request.ctx;
    let stats = stats::stats(ctx, scope.owner_id, LONGEST).await?;
    let days = ask.shown(&stats.days);
    let week = week::card(scope, ask, &stats::week(ctx, scope.owner_id, ask.days).await?);
    // Messages that a user's own rules do not answer are counted for the account.
    let charts = if scope.is_accounts() {
        let (messages, share) = (picture::of_days(scope, days), picture::of_share(scope, days));
        view! { <Card title=t.chart>{messages}</Card> <Card title=t.chart_share>{share}</Card> }.into_any()
    } else {
        let hits = picture::of_hits(scope, days);
        view! { <Card title=t.chart_rule>{hits}</Card> }.into_any()
    };
    let figures = figures::figures(scope, ask, &stats.days);
    let top = top::card(ctx, scope, ask, &stats.rules).await?;
    let ranked = ranked::ranked(ctx, scope, ask, &stats.rules).await?;
    let body = view! {
        {figures}
        <div class="charts">{charts} {top} {week}</div>
        {ranked}
    };
    let note = if scope.is_accounts() { t.note_account } else { t.note_own };
    Ok(scope.page(Section::Stats, t.title, note, range(scope, ask), body.into_any()))
}

async fn of_rule(visitor: &Visitor, scope: RuleScope, ask: Ask, rule: &Rule) -> Result<PageContent, PageError> {
    let t = Numbers::of(scope.lang);
    let hits = stats::hits_of(&visitor.request.ctx, &[rule.id], LONGEST).await?.remove(&rule.id).unwrap_or_default();
    let picture = picture::of_rule(scope, ask, &hits, stats::day_of(visitor.request.ctx.now()));
    let keywords = ranked::keywords(scope, rule);
    let body = view! {
        <div class="row spread">
            <a href=scope.owner.rule(rule.number)>{keywords}</a>
            <a href=Ask::address(scope, ask.days, None)>{t.all_rules}</a>
        </div>
        <Card title=t.chart_rule>{picture}</Card>
    };
    let title = fill(t.title_rule, &[("n", &padded(rule.number))]);
    Ok(scope.page(Section::Stats, title, "", range(scope, ask), body.into_any()))
}

/// The choice of the range.
fn range(scope: RuleScope, ask: Ask) -> AnyView {
    let t = Numbers::of(scope.lang);
    let link = |days: i64| {
        let text = fill(t.last_days, &[("n", &days.to_string())]);
        let current = (days == ask.days).then_some("page");
        view! { <a href=Ask::address(scope, days, ask.rule) aria-current=current>{text}</a> }
    };
    view! { <nav class="seg" aria-label=t.range>{RANGES.map(link)}</nav> }.into_any()
}

fn sums(days: &[Day]) -> (i64, i64) {
    (days.iter().map(|day| day.hits).sum(), days.iter().map(|day| day.misses).sum())
}

/// Hits as a percentage of all messages: never 0% or 100% unless exact.
fn share(hits: i64, misses: i64) -> String {
    let all = hits + misses;
    match hits {
        _ if all == 0 => "—".to_owned(),
        0 => "0%".to_owned(),
        hits if hits == all => "100%".to_owned(),
        hits => format!("{}%", (hits.saturating_mul(100) / all).clamp(1, 99)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_that_makes_no_sense_is_not_said() {
        let ask = |query: &'static str| {
            Ask::read(|name| {
                let found = url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == name);
                found.map(|(_, v)| v.into_owned()).unwrap_or_default()
            })
        };
        for nonsense in ["days=8&page=-1", "days=;drop&page=0", "page=x&rule=x", "days=-7"] {
            assert_eq!(ask(nonsense), ask(""), "{nonsense}");
        }
        assert_eq!(ask("days=30&rule=3").rule, Some(3));
        // Too far, as any page after the last.
        assert!(ask("page=99999999999999999999999").page > 1_000_000);
        assert_eq!(ask("").shown(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(ask("days=30").shown(&[1, 2]), [1, 2]);
    }

    #[test]
    fn a_share_is_all_or_nothing_only_where_it_is() {
        assert_eq!([share(0, 0), share(0, 9), share(9, 0)], ["—", "0%", "100%"]);
        assert_eq!([share(1, 999), share(999, 1), share(1, 2)], ["1%", "99%", "33%"]);
    }
}
