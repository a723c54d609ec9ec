//! The changes of an import: one list, those with problems first, by kind and page by page.

use super::{
    RuleScope,
    line::{self, Line},
};
use crate::{
    core::rule::transfer::{Mode, Note, Plan, error_text},
    text::number,
    web::{
        component::{Card, Head, NavLink, Notice, Pager, Tab, Table, Tabs},
        text::replies::transfer::Transfer,
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
    part: Part,
    /// From 1.
    page: usize,
}

/// A part of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Flaws,
    Added,
    Changed,
    Removed,
}

impl Part {
    const EACH: [Self; 5] = [Self::All, Self::Flaws, Self::Added, Self::Changed, Self::Removed];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Flaws => "flaws",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }

    fn name(self, t: &'static Transfer) -> &'static str {
        match self {
            Self::All => t.all,
            Self::Flaws => t.flaws,
            Self::Added => t.added,
            Self::Changed => t.changed,
            Self::Removed => t.removed,
        }
    }

    fn lines(self, plan: &Plan) -> Vec<Line<'_>> {
        match self {
            Self::All => [Self::Flaws, Self::Changed, Self::Added, Self::Removed]
                .into_iter()
                .flat_map(|part| part.lines(plan))
                .collect(),
            Self::Flaws => plan.flaws.iter().map(Line::Flaw).collect(),
            Self::Added => plan.added.iter().map(Line::Added).collect(),
            Self::Changed => plan.changed.iter().map(Line::Changed).collect(),
            Self::Removed => plan.removed.iter().map(Line::Removed).collect(),
        }
    }

    fn none(self, t: &'static Transfer) -> &'static str {
        match self {
            Self::All => t.none,
            Self::Flaws => t.none_flaws,
            Self::Added => t.none_added,
            Self::Changed => t.none_changed,
            Self::Removed => t.none_removed,
        }
    }
}

impl DifferenceQuery {
    /// The first part in this mode.
    pub fn of(mode: Mode) -> Self {
        Self { mode, part: Part::All, page: 1 }
    }

    /// Parses the query's parameters; invalid ones are ignored.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let part = get("part");
        Self {
            mode: Mode::of(&get("mode")),
            part: Part::EACH.into_iter().find(|p| p.as_str() == part).unwrap_or(Part::All),
            page: usize::try_from(number::page(&get("page"))).unwrap_or(usize::MAX),
        }
    }

    /// The address at `place` with these parameters, without the page number.
    pub fn address(self, place: &str) -> String {
        let part = match self.part {
            Part::All => String::new(),
            part => format!("&part={}", part.as_str()),
        };
        format!("{place}?mode={}{part}", self.mode.as_str())
    }
}

/// The whole difference. `is_platform`: it comes from the platform, so that it has no lines.
pub fn difference(
    scope: RuleScope,
    plan: &Plan,
    query: DifferenceQuery,
    (place, is_platform): (&str, bool),
) -> AnyView {
    let t = Transfer::of(scope.lang);
    let lines = query.part.lines(plan);
    let pages = lines.len().div_ceil(SIZE);
    let page = query.page.min(pages.max(1));
    let tabs = Part::EACH.map(|part| tab(scope, plan, query, part, place)).to_vec();
    let shown: Vec<AnyView> =
        lines.iter().skip((page - 1) * SIZE).take(SIZE).map(|of| line::row(scope, *of, is_platform)).collect();
    let shown = if shown.is_empty() { none(query.part.none(t)) } else { table(t, shown) };
    let base = format!("{}&page=", query.address(place));
    let as_u64 = |n: usize| u64::try_from(n).unwrap_or_default();
    view! {
        {notes(scope, &plan.notes)}
        <Tabs label=t.parts tabs />
        {shown}
        <Pager lang=scope.lang page=as_u64(page) pages=as_u64(pages) base />
    }
    .into_any()
}

fn tab(scope: RuleScope, plan: &Plan, query: DifferenceQuery, part: Part, place: &str) -> Tab {
    let text = part.name(Transfer::of(scope.lang)).to_owned();
    let link = NavLink { href: DifferenceQuery { part, ..query }.address(place), text, is_current: part == query.part };
    Tab { link, count: u64::try_from(part.lines(plan).len()).ok() }
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

fn table(t: &'static Transfer, rows: Vec<AnyView>) -> AnyView {
    let heads = vec![Head::Text(t.effect), Head::Text(t.line), Head::Text(t.keywords), Head::Text(t.reply)];
    view! { <Card flush=true><Table heads class="imported">{rows}</Table></Card> }.into_any()
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
        assert_eq!((parsed.mode, parsed.part, parsed.page), (Mode::Replace, Part::Changed, 2));
        assert_eq!(parsed.address("/x"), "/x?mode=replace&part=changed");
        for nonsense in ["page=-1", "page=0&part=;drop", "mode=all&page=x"] {
            assert_eq!(query(nonsense), DifferenceQuery::of(Mode::Merge), "{nonsense}");
        }
        // Too far, as any page after the last.
        assert!(query("page=99999999999999999999999").page > 1_000_000);
    }
}
