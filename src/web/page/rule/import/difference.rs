//! The changes of an import, by kind and page by page.

use super::{RuleScope, diff, padded};
use crate::{
    core::rule::{
        Rule, TriggerKind,
        content::ContentNames,
        draft::Draft,
        transfer::{Changed, LineFlaw, Mode, Note, Plan, Row, error_text},
    },
    text::number,
    web::{
        component::{Card, Head, NavLink, Notice, Pager, Tab, Table, Tabs},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// Rules per page.
const SIZE: usize = 50;
/// The most notes that are listed.
const MOST_NOTES: usize = 50;

/// Which part of the difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DifferenceQuery {
    pub mode: Mode,
    /// `None`: the first part that is not empty.
    part: Option<Part>,
    /// From 1.
    page: usize,
}

/// A part of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Flaws,
    Added,
    Changed,
    Removed,
}

impl Part {
    const ALL: [Self; 4] = [Self::Flaws, Self::Added, Self::Changed, Self::Removed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Flaws => "flaws",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }

    fn name(self, t: &'static Transfer) -> &'static str {
        match self {
            Self::Flaws => t.flaws,
            Self::Added => t.added,
            Self::Changed => t.changed,
            Self::Removed => t.removed,
        }
    }

    fn count(self, plan: &Plan) -> usize {
        match self {
            Self::Flaws => plan.flaws.len(),
            Self::Added => plan.added.len(),
            Self::Changed => plan.changed.len(),
            Self::Removed => plan.removed.len(),
        }
    }
}

impl DifferenceQuery {
    /// The first part in this mode.
    pub fn of(mode: Mode) -> Self {
        Self { mode, part: None, page: 1 }
    }

    /// Parses the query's parameters; invalid ones are ignored.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let part = get("part");
        Self {
            mode: Mode::of(&get("mode")),
            part: Part::ALL.into_iter().find(|p| p.as_str() == part),
            page: usize::try_from(number::page(&get("page"))).unwrap_or(usize::MAX),
        }
    }

    /// The address at `place` with these parameters, without the page number.
    pub fn address(self, place: &str) -> String {
        let part = self.part.map(|part| format!("&part={}", part.as_str())).unwrap_or_default();
        format!("{place}?mode={}{part}", self.mode.as_str())
    }
}

/// The whole difference.
pub fn difference(scope: RuleScope, plan: &Plan, query: &DifferenceQuery, place: &str) -> AnyView {
    let t = Transfer::of(scope.lang);
    let first = Part::ALL.into_iter().find(|part| part.count(plan) > 0).unwrap_or(Part::Added);
    let part = query.part.unwrap_or(first);
    let pages = part.count(plan).div_ceil(SIZE);
    let page = query.page.min(pages.max(1));
    let tabs = Part::ALL
        .map(|of| tab(scope, plan, DifferenceQuery { part: Some(of), ..*query }, (of, of == part), place))
        .to_vec();
    let skipped = (page - 1) * SIZE;
    let shown = match part {
        Part::Flaws => flaws(scope, plan.flaws.iter().skip(skipped).take(SIZE)),
        Part::Added => added(scope, plan.added.iter().skip(skipped).take(SIZE)),
        Part::Changed => changed(scope, plan.changed.iter().skip(skipped).take(SIZE)),
        Part::Removed => removed(scope, plan.removed.iter().skip(skipped).take(SIZE)),
    };
    let base = format!("{}&page=", DifferenceQuery { part: Some(part), ..*query }.address(place));
    let as_u64 = |n: usize| u64::try_from(n).unwrap_or_default();
    let unchanged = (plan.unchanged > 0).then(|| format!("{} {}", t.unchanged, plan.unchanged));
    view! {
        {notes(scope, &plan.notes)}
        <Tabs label=t.parts tabs />
        {shown}
        <Pager lang=scope.lang page=as_u64(page) pages=as_u64(pages) base total=unchanged />
    }
    .into_any()
}

fn tab(scope: RuleScope, plan: &Plan, query: DifferenceQuery, (part, is_current): (Part, bool), place: &str) -> Tab {
    let text = part.name(Transfer::of(scope.lang)).to_owned();
    let link = NavLink { href: query.address(place), text, is_current };
    Tab { link, count: u64::try_from(part.count(plan)).ok() }
}

fn notes(scope: RuleScope, notes: &[Note]) -> Option<AnyView> {
    let lines = notes
        .iter()
        .take(MOST_NOTES)
        .map(|note| view! { <li>{error_text::note(scope.lang, note)}</li> })
        .collect_view();
    (!notes.is_empty()).then(|| {
        view! { <Notice title=Transfer::of(scope.lang).notes><ul class="plain-list">{lines}</ul></Notice> }.into_any()
    })
}

fn none(text: &'static str) -> AnyView {
    view! { <section class="card"><div class="empty"><p>{text}</p></div></section> }.into_any()
}

fn table(heads: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let heads = heads.iter().map(|head| Head::Text(head)).collect();
    view! { <Card flush=true><Table heads>{rows}</Table></Card> }.into_any()
}

fn flaws<'a>(scope: RuleScope, flaws: impl Iterator<Item = &'a LineFlaw>) -> AnyView {
    let t = Transfer::of(scope.lang);
    let row = |flaw: &LineFlaw| {
        let line = if flaw.line == 0 { String::new() } else { fill(t.line_n, &[("n", &flaw.line.to_string())]) };
        view! { <tr><th scope="row" class="nowrap">{line}</th><td data-label=t.problem>{error_text::fault(scope.lang, &flaw.fault)}</td></tr> }
            .into_any()
    };
    let rows: Vec<AnyView> = flaws.map(row).collect();
    if rows.is_empty() { none(t.none_flaws) } else { table(&[t.line, t.problem], rows) }
}

fn added<'a>(scope: RuleScope, rows: impl Iterator<Item = &'a Row>) -> AnyView {
    let t = Transfer::of(scope.lang);
    let row = |row: &Row| {
        let line = fill(t.line_n, &[("n", &row.line.to_string())]);
        view! {
            <tr>
                <th scope="row" class="nowrap">{line}</th>
                <td data-label=t.keywords>{keywords(scope, &row.draft)}</td>
                <td data-label=t.reply>{reply(scope, &row.draft)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.map(row).collect();
    if rows.is_empty() { none(t.none_added) } else { table(&[t.line, t.keywords, t.reply], rows) }
}

fn removed<'a>(scope: RuleScope, rules: impl Iterator<Item = &'a Rule>) -> AnyView {
    let t = Transfer::of(scope.lang);
    let row = |rule: &Rule| {
        let draft = Draft::from(rule);
        view! {
            <tr>
                <th scope="row"><a class="num" href=scope.owner.rule(rule.number)>{padded(rule.number)}</a></th>
                <td data-label=t.keywords>{keywords(scope, &draft)}</td>
                <td data-label=t.reply>{reply(scope, &draft)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rules.map(row).collect();
    if rows.is_empty() { none(t.none_removed) } else { table(&[t.number, t.keywords, t.reply], rows) }
}

/// Each rule with its differences, before and after.
fn changed<'a>(scope: RuleScope, rules: impl Iterator<Item = &'a Changed>) -> AnyView {
    let t = Transfer::of(scope.lang);
    let card = |changed: &Changed| {
        let found = diff::differences(scope, Some(&Draft::from(&changed.before)), Some(&changed.after));
        let title = fill(scope.texts().rule_called, &[("n", &padded(changed.before.number))]);
        let line = fill(t.line_n, &[("n", &changed.line.to_string())]);
        view! { <Card title=title note=line flush=true>{diff::table(scope, found, [t.before, t.after])}</Card> }
            .into_any()
    };
    let cards: Vec<AnyView> = rules.map(card).collect();
    if cards.is_empty() { none(t.none_changed) } else { view! { <div class="stack">{cards}</div> }.into_any() }
}

fn keywords(scope: RuleScope, draft: &Draft) -> AnyView {
    let t = scope.texts();
    if draft.keywords.is_empty() {
        return t.cause(draft.cause).into_any();
    }
    let words = draft.keywords.iter().map(|keyword| {
        let text = if draft.cause == TriggerKind::Kind { t.kind(&keyword.text) } else { keyword.text.clone() };
        view! { <span class="keyword">{text} " " <small>{t.matching(keyword.matching)}</small></span> }
    });
    view! { <span class="keywords">{words.collect_view()}</span> }.into_any()
}

/// The first content, and the number of contents.
fn reply(scope: RuleScope, draft: &Draft) -> AnyView {
    let first = draft.contents.first().map(|content| match content.caption() {
        "" => format!("[{}]", ContentNames::of(scope.lang).name(content)),
        caption => caption.to_owned(),
    });
    let more = draft.contents.len().saturating_sub(1);
    let more = (more > 0).then(|| view! { " " <span class="badge">{format!("+{more}")}</span> });
    view! { <span class="rule-text">{first}</span> {more} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(query: &'static str) -> DifferenceQuery {
        DifferenceQuery::read(|name| {
            let found = url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == name);
            found.map(|(_, v)| v.into_owned()).unwrap_or_default()
        })
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let parsed = query("mode=replace&part=changed&page=2");
        assert_eq!((parsed.mode, parsed.part, parsed.page), (Mode::Replace, Some(Part::Changed), 2));
        assert_eq!(parsed.address("/x"), "/x?mode=replace&part=changed");
        for nonsense in ["page=-1", "page=0&part=;drop", "mode=all&page=x"] {
            assert_eq!(query(nonsense), DifferenceQuery::of(Mode::Merge), "{nonsense}");
        }
        // Too far, as any page after the last.
        assert!(query("page=99999999999999999999999").page > 1_000_000);
    }
}
