//! How often rules answered: all of an owner's, or one, over the last days.

mod picture;
mod ranked;
mod summary;

pub use summary::summary;

use super::{Desk, Room, padded};
use crate::{
    core::reply::{
        Rule,
        count::{self, Day},
        search,
    },
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::{Card, Figure},
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

/// The ranges that there are.
const RANGES: [i64; 2] = [7, 30];
/// What is always read: the longest of them.
const LONGEST: i64 = 30;

#[component]
pub fn NumbersPage() -> impl IntoView {
    page(numbers)
}

/// What the address asks for; what it says that cannot be read is not said.
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
            page: get("page").parse().unwrap_or(1).max(1),
            rule: get("rule").parse().ok(),
        }
    }

    /// The address that asks for these days of this rule, or of all.
    fn address(desk: Desk, days: i64, rule: Option<i64>) -> String {
        let rule = rule.map(|number| format!("&rule={number}")).unwrap_or_default();
        format!("{}?days={days}{rule}", desk.scope.below("numbers"))
    }

    /// How many of the days that were read are shown.
    fn shown<T>(self, days: &[T]) -> &[T] {
        days.get(days.len().saturating_sub(usize::try_from(self.days).unwrap_or_default())..).unwrap_or(days)
    }
}

async fn numbers(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let ask = Ask::read(|name| visitor.here.query(name));
    let rules = search::find_many(&visitor.here.ctx, desk.owner_id, ask.rule.as_slice()).await?;
    match rules.first() {
        Some(rule) => of_rule(&visitor, desk, ask, rule).await,
        None => of_all(&visitor, desk, Ask { rule: None, ..ask }).await,
    }
}

async fn of_all(visitor: &Visitor, desk: Desk, ask: Ask) -> Result<Leaf, Halt> {
    let t = Numbers::of(desk.lang);
    let ctx = &visitor.here.ctx;
    let stats = count::stats(ctx, desk.owner_id, LONGEST).await?;
    let days = ask.shown(&stats.days);
    // What a person's own rules do not answer is the account's to answer, and counted there.
    let (title, figures, picture) = if desk.is_accounts() {
        (t.chart, figures(desk, ask, days), picture::of_days(desk, days))
    } else {
        (t.chart_rule, hits(desk, &stats.days), picture::of_hits(desk, days))
    };
    let ranked = ranked::ranked(ctx, desk, ask, &stats.rules).await?;
    let body = view! {
        {figures}
        <Card title=title>{picture}</Card>
        {ranked}
    };
    let note = if desk.is_accounts() { t.note_account } else { t.note_own };
    Ok(desk.leaf(Room::Numbers, t.title, note, range(desk, ask), body.into_any()))
}

async fn of_rule(visitor: &Visitor, desk: Desk, ask: Ask, rule: &Rule) -> Result<Leaf, Halt> {
    let t = Numbers::of(desk.lang);
    let hits = count::hits_of(&visitor.here.ctx, &[rule.id], LONGEST).await?.remove(&rule.id).unwrap_or_default();
    let picture = picture::of_rule(desk, ask, &hits, count::day_of(visitor.here.ctx.now()));
    let keywords = ranked::keywords(desk, rule);
    let body = view! {
        <div class="row spread">
            <a href=desk.scope.rule(rule.number)>{keywords}</a>
            <a href=Ask::address(desk, ask.days, None)>{t.all_rules}</a>
        </div>
        <Card title=t.chart_rule>{picture}</Card>
    };
    let title = fill(t.title_rule, &[("n", &padded(rule.number))]);
    Ok(desk.leaf(Room::Numbers, title, "", range(desk, ask), body.into_any()))
}

/// Which days.
fn range(desk: Desk, ask: Ask) -> AnyView {
    let t = Numbers::of(desk.lang);
    let link = |days: i64| {
        let text = fill(t.days, &[("n", &days.to_string())]);
        let current = (days == ask.days).then_some("page");
        view! { <a href=Ask::address(desk, days, ask.rule) aria-current=current>{text}</a> }
    };
    view! { <nav class="seg" aria-label=t.range>{RANGES.map(link)}</nav> }.into_any()
}

/// The hits of each range; `days` are those of the longest.
fn hits(desk: Desk, days: &[Day]) -> AnyView {
    let t = Numbers::of(desk.lang);
    let figure = |range: i64| {
        let value = sums(Ask { days: range, page: 1, rule: None }.shown(days)).0.to_string();
        view! { <Figure name=t.hits value note=fill(t.last_days, &[("n", &range.to_string())]) /> }
    };
    view! { <div class="figures">{RANGES.map(figure)}</div> }.into_any()
}

fn figures(desk: Desk, ask: Ask, days: &[Day]) -> AnyView {
    let t = Numbers::of(desk.lang);
    let (hits, misses) = sums(days);
    let note = fill(t.last_days, &[("n", &ask.days.to_string())]);
    view! {
        <div class="figures">
            <Figure name=t.messages value=(hits + misses).to_string() note=note />
            <Figure name=t.hits value=hits.to_string() />
            <div class="card figure">
                <p class="figure-name">{t.misses}</p>
                <p class="figure-value">{misses}</p>
                <p class="figure-note"><a href=desk.scope.below("unanswered")>{t.to_misses}</a></p>
            </div>
            <Figure name=t.share value=share(hits, misses) />
        </div>
    }
    .into_any()
}

fn sums(days: &[Day]) -> (i64, i64) {
    (days.iter().map(|day| day.hits).sum(), days.iter().map(|day| day.misses).sum())
}

/// Hits of all messages, in whole percent: never "all" or "none" where that is not so.
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
        for nonsense in ["days=8&page=-1", "days=;drop&page=0", "page=99999999999999999999999&rule=x", "days=-7"] {
            assert_eq!(ask(nonsense), ask(""), "{nonsense}");
        }
        assert_eq!(ask("days=30&rule=3").rule, Some(3));
        assert_eq!(ask("").shown(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(ask("days=30").shown(&[1, 2]), [1, 2]);
    }

    #[test]
    fn a_share_is_all_or_nothing_only_where_it_is() {
        assert_eq!([share(0, 0), share(0, 9), share(9, 0)], ["—", "0%", "100%"]);
        assert_eq!([share(1, 999), share(999, 1), share(1, 2)], ["1%", "99%", "33%"]);
    }
}
