//! What an import would change, part by part and page by page.

use super::{Desk, diff, padded};
use crate::{
    core::reply::{
        Cause, Rule,
        draft::Draft,
        transfer::{Changed, LineFlaw, Mode, Note, Plan, Row, words},
    },
    web::{
        part::{Card, Head, NavLink, Notice, Pager, Tab, Table, Tabs},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// Rules on one page.
const SIZE: usize = 50;
/// Notes that are listed.
const MOST_NOTES: usize = 50;

/// What of the difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub mode: Mode,
    /// None: the first part that has something.
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

impl Ask {
    /// The difference in this mode, from its beginning.
    pub fn of(mode: Mode) -> Self {
        Self { mode, part: None, page: 1 }
    }

    /// Reads an address's parameters; what cannot be read is not said.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let part = get("part");
        Self {
            mode: Mode::of(&get("mode")),
            part: Part::ALL.into_iter().find(|p| p.as_str() == part),
            page: get("page").parse().unwrap_or(1).max(1),
        }
    }

    /// The address at `place` that asks for this, without the page's number.
    pub fn address(self, place: &str) -> String {
        let part = self.part.map(|part| format!("&part={}", part.as_str())).unwrap_or_default();
        format!("{place}?mode={}{part}", self.mode.as_str())
    }
}

/// The whole of it.
pub fn difference(desk: Desk, plan: &Plan, ask: &Ask, place: &str) -> AnyView {
    let t = Transfer::of(desk.lang);
    let first = Part::ALL.into_iter().find(|part| part.count(plan) > 0).unwrap_or(Part::Added);
    let part = ask.part.unwrap_or(first);
    let pages = part.count(plan).div_ceil(SIZE);
    let page = ask.page.min(pages.max(1));
    let tabs = Part::ALL.map(|of| tab(desk, plan, Ask { part: Some(of), ..*ask }, (of, of == part), place)).to_vec();
    let skipped = (page - 1) * SIZE;
    let shown = match part {
        Part::Flaws => flaws(desk, plan.flaws.iter().skip(skipped).take(SIZE)),
        Part::Added => added(desk, plan.added.iter().skip(skipped).take(SIZE)),
        Part::Changed => changed(desk, plan.changed.iter().skip(skipped).take(SIZE)),
        Part::Removed => removed(desk, plan.removed.iter().skip(skipped).take(SIZE)),
    };
    let base = format!("{}&page=", Ask { part: Some(part), ..*ask }.address(place));
    let as_u64 = |n: usize| u64::try_from(n).unwrap_or_default();
    let unchanged = (plan.unchanged > 0).then(|| format!("{} {}", t.unchanged, plan.unchanged));
    view! {
        {notes(desk, &plan.notes)}
        <Tabs label=t.parts tabs />
        {shown}
        <Pager lang=desk.lang page=as_u64(page) pages=as_u64(pages) base total=unchanged />
    }
    .into_any()
}

fn tab(desk: Desk, plan: &Plan, ask: Ask, (part, is_current): (Part, bool), place: &str) -> Tab {
    let text = part.name(Transfer::of(desk.lang)).to_owned();
    let link = NavLink { href: ask.address(place), text, is_current };
    Tab { link, count: u64::try_from(part.count(plan)).ok() }
}

fn notes(desk: Desk, notes: &[Note]) -> Option<AnyView> {
    let lines =
        notes.iter().take(MOST_NOTES).map(|note| view! { <li>{words::note(desk.lang, note)}</li> }).collect_view();
    (!notes.is_empty()).then(|| {
        view! { <Notice title=Transfer::of(desk.lang).notes><ul class="plain-list">{lines}</ul></Notice> }.into_any()
    })
}

fn none(text: &'static str) -> AnyView {
    view! { <section class="card"><div class="empty"><p>{text}</p></div></section> }.into_any()
}

fn table(heads: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let heads = heads.iter().map(|head| Head::Text(head)).collect();
    view! { <Card flush=true><Table heads>{rows}</Table></Card> }.into_any()
}

fn flaws<'a>(desk: Desk, flaws: impl Iterator<Item = &'a LineFlaw>) -> AnyView {
    let t = Transfer::of(desk.lang);
    let row = |flaw: &LineFlaw| {
        let line = if flaw.line == 0 { String::new() } else { fill(t.line_n, &[("n", &flaw.line.to_string())]) };
        view! { <tr><th scope="row" class="nowrap">{line}</th><td data-label=t.problem>{words::fault(desk.lang, &flaw.fault)}</td></tr> }
            .into_any()
    };
    let rows: Vec<AnyView> = flaws.map(row).collect();
    if rows.is_empty() { none(t.none_flaws) } else { table(&[t.line, t.problem], rows) }
}

fn added<'a>(desk: Desk, rows: impl Iterator<Item = &'a Row>) -> AnyView {
    let t = Transfer::of(desk.lang);
    let row = |row: &Row| {
        let line = fill(t.line_n, &[("n", &row.line.to_string())]);
        view! {
            <tr>
                <th scope="row" class="nowrap">{line}</th>
                <td data-label=t.keywords>{keywords(desk, &row.draft)}</td>
                <td data-label=t.reply>{reply(desk, &row.draft)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.map(row).collect();
    if rows.is_empty() { none(t.none_added) } else { table(&[t.line, t.keywords, t.reply], rows) }
}

fn removed<'a>(desk: Desk, rules: impl Iterator<Item = &'a Rule>) -> AnyView {
    let t = Transfer::of(desk.lang);
    let row = |rule: &Rule| {
        let draft = Draft::from(rule);
        view! {
            <tr>
                <th scope="row"><a class="num" href=desk.scope.rule(rule.number)>{padded(rule.number)}</a></th>
                <td data-label=t.keywords>{keywords(desk, &draft)}</td>
                <td data-label=t.reply>{reply(desk, &draft)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rules.map(row).collect();
    if rows.is_empty() { none(t.none_removed) } else { table(&[t.number, t.keywords, t.reply], rows) }
}

/// Each rule with what differs, before and after.
fn changed<'a>(desk: Desk, rules: impl Iterator<Item = &'a Changed>) -> AnyView {
    let t = Transfer::of(desk.lang);
    let card = |changed: &Changed| {
        let found = diff::differences(desk, Some(&Draft::from(&changed.before)), Some(&changed.after));
        let title = fill(desk.texts().rule_called, &[("n", &padded(changed.before.number))]);
        let line = fill(t.line_n, &[("n", &changed.line.to_string())]);
        view! { <Card title=title note=line flush=true>{diff::table(desk, found, [t.before, t.after])}</Card> }
            .into_any()
    };
    let cards: Vec<AnyView> = rules.map(card).collect();
    if cards.is_empty() { none(t.none_changed) } else { view! { <div class="stack">{cards}</div> }.into_any() }
}

fn keywords(desk: Desk, draft: &Draft) -> AnyView {
    let t = desk.texts();
    if draft.keywords.is_empty() {
        return t.cause(draft.cause).into_any();
    }
    let words = draft.keywords.iter().map(|keyword| {
        let text = if draft.cause == Cause::Kind { t.kind(&keyword.text) } else { keyword.text.clone() };
        view! { <span class="keyword">{text} " " <small>{t.matching(keyword.matching)}</small></span> }
    });
    view! { <span class="keywords">{words.collect_view()}</span> }.into_any()
}

/// The first content, and how many there are.
fn reply(desk: Desk, draft: &Draft) -> AnyView {
    let first = draft.contents.first().map(|content| match content.caption() {
        "" => format!("[{}]", desk.texts().content(content)),
        caption => caption.to_owned(),
    });
    let more = draft.contents.len().saturating_sub(1);
    let more = (more > 0).then(|| view! { " " <span class="badge">{format!("+{more}")}</span> });
    view! { <span class="rule-text">{first}</span> {more} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &'static str) -> Ask {
        Ask::read(|name| {
            let found = url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == name);
            found.map(|(_, v)| v.into_owned()).unwrap_or_default()
        })
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let asked = ask("mode=replace&part=changed&page=2");
        assert_eq!((asked.mode, asked.part, asked.page), (Mode::Replace, Some(Part::Changed), 2));
        assert_eq!(asked.address("/x"), "/x?mode=replace&part=changed");
        for nonsense in ["page=-1", "page=0&part=;drop", "mode=all&page=99999999999999999999999"] {
            assert_eq!(ask(nonsense), Ask::of(Mode::Merge), "{nonsense}");
        }
    }
}
