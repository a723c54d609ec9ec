//! Several rules at once: one a line, checked before anything is saved, every wrong line named with its number.

mod line;

use super::{Desk, Room, padded};
use crate::{
    core::{
        CoreError,
        reply::{
            Cause, Matching,
            draft::Draft,
            edit::{self as rules, Plan},
            refusal::{Fault, Other, Refusal},
        },
    },
    web::{
        action::Flash,
        page::{Halt, Leaf, Visitor, page},
        part::{Area, Card, Kind, Notice, Pick, SaveBar, Submit, Tone},
        text::{
            fill, flaw,
            replies::{list::List, several::Several},
        },
    },
};
use leptos::prelude::*;
use line::{Line, Written};

/// Lines at once: more is what import is for.
const MOST_LINES: usize = 1_000;
/// Wrong lines that are named.
const MOST_NAMED: usize = 50;

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    lines: String,
    matching: Matching,
    wrong: Vec<Wrong>,
    /// The whole of it is wrong.
    error: Option<String>,
}

/// A line that cannot be added, and why.
struct Wrong {
    number: usize,
    text: String,
    why: String,
    /// The rule that has its keyword already.
    rule: Option<i64>,
}

#[component]
pub fn SeveralPage() -> impl IntoView {
    page(several)
}

async fn several(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let t = Several::of(desk.lang);
    let typed = settle(&visitor, desk).await?;
    Ok(desk.leaf(Room::Rules, t.title, t.note, ().into_any(), form(desk, typed)))
}

async fn settle(visitor: &Visitor, desk: Desk) -> Result<Typed, Halt> {
    let t = Several::of(desk.lang);
    let Some(posted) = visitor.here.posted() else { return Ok(Typed::default()) };
    let mut typed =
        Typed { lines: posted.text("lines"), matching: Matching::of(&posted.text("matching")), ..Typed::default() };
    let lines = line::read(&typed.lines);
    if lines.is_empty() || lines.len() > MOST_LINES {
        let most = fill(t.most, &[("n", &MOST_LINES.to_string())]);
        typed.error = Some(if lines.is_empty() { t.none.to_owned() } else { most });
        return Ok(typed);
    }
    let is_rest = posted.value("rest").is_some();
    typed.wrong = wrong(visitor, desk, &lines, typed.matching).await?;
    let good: Vec<&Line> = lines.iter().filter(|line| typed.wrong.iter().all(|w| w.number != line.number)).collect();
    if good.is_empty() || !(typed.wrong.is_empty() || is_rest) {
        return Ok(typed);
    }
    let drafts = good.iter().filter_map(|line| draft(line, typed.matching)).collect();
    let (ctx, editor) = (&visitor.here.ctx, desk.editor(&visitor.here));
    match rules::apply(ctx, &editor, Plan { add: drafts, ..Plan::default() }).await {
        Ok(done) => {
            let text = fill(List::of(desk.lang).added_many, &[("n", &done.numbers.len().to_string())]);
            let offer = desk.undoing(done.change_id, desk.scope.list());
            let flash = Flash { offer, ..Flash::notice(Tone::Success, text) };
            Err(Halt::Tell(desk.scope.list().to_owned(), Box::new(flash)))
        }
        // Somebody was quicker with one of the keywords, or there would be too many.
        Err(refusal) => match CoreError::from(refusal) {
            CoreError::Invalid(flaws) => {
                typed.error = flaws.first().map(|f| flaw::told(desk.lang, f));
                Ok(typed)
            }
            other => Err(other.into()),
        },
    }
}

fn draft(line: &Line, matching: Matching) -> Option<Draft> {
    let Written::Rule { keyword, text } = &line.written else { return None };
    Some(Draft::of_text(Cause::Keyword, keyword, matching, text))
}

/// Every line that cannot be added: unreadable, flawed, or a duplicate of a rule or of an earlier line.
async fn wrong(visitor: &Visitor, desk: Desk, lines: &[Line], matching: Matching) -> Result<Vec<Wrong>, CoreError> {
    let t = Several::of(desk.lang);
    let unreadable = |line: &Line| match line.written {
        Written::Rule { .. } => None,
        Written::NoSeparator => Some(t.no_separator),
        Written::NoKeyword => Some(t.no_keyword),
        Written::NoText => Some(t.no_text),
    };
    let mut wrong: Vec<Wrong> = lines
        .iter()
        .filter_map(|line| {
            Some(Wrong { number: line.number, text: line.whole.clone(), why: unreadable(line)?.to_owned(), rule: None })
        })
        .collect();
    let (mut readable, mut drafts): (Vec<&Line>, Vec<Draft>) =
        lines.iter().filter_map(|line| Some((line, draft(line, matching)?))).unzip();
    // Flaws are told before duplicates are looked for: so once more without the flawed ones.
    for _ in 0..2 {
        match rules::check(&visitor.here.ctx, desk.owner_id, &drafts).await {
            Ok(()) => break,
            Err(Refusal::Drafts(faults)) => {
                wrong.extend(faults.iter().filter_map(|fault| told(desk, &readable, fault)));
                let is_good = |index: &usize| faults.iter().all(|fault| fault.index != *index);
                readable = keep(readable, is_good);
                drafts = keep(drafts, is_good);
            }
            Err(Refusal::Core(error)) => return Err(error),
        }
    }
    wrong.sort_by_key(|wrong| wrong.number);
    Ok(wrong)
}

fn keep<T>(all: Vec<T>, is_kept: impl Fn(&usize) -> bool) -> Vec<T> {
    all.into_iter().enumerate().filter(|(index, _)| is_kept(index)).map(|(_, one)| one).collect()
}

/// Why a line is at fault; of several duplicates each is named.
fn told(desk: Desk, lines: &[&Line], fault: &Fault) -> Option<Wrong> {
    let t = Several::of(desk.lang);
    let line = lines.get(fault.index)?;
    let (mut why, mut rule) = (Vec::new(), None);
    for duplicate in &fault.duplicates {
        let (template, n) = match duplicate.with {
            Other::Rule(number) => {
                rule = Some(number);
                (t.taken_rule, padded(number))
            }
            Other::Draft(index) => (t.taken_line, lines.get(index)?.number.to_string()),
        };
        why.push(fill(template, &[("keyword", &duplicate.keyword), ("n", &n)]));
    }
    if why.is_empty() {
        why.extend(fault.flaws.iter().map(|f| flaw::told(desk.lang, f)));
    }
    Some(Wrong { number: line.number, text: line.whole.clone(), why: why.join(desk.lang.clause_mark()), rule })
}

fn form(desk: Desk, typed: Typed) -> AnyView {
    let t = Several::of(desk.lang);
    let options = Matching::ALL.map(|way| (way.as_str().to_owned(), desk.texts().matching(way).to_owned())).to_vec();
    let count = typed.wrong.len();
    let can_rest = count > 0 && count < line::read(&typed.lines).len();
    let is_changed = !typed.lines.is_empty();
    let named = (count > 0).then(|| named(desk, &typed.wrong));
    let rest = can_rest.then(|| {
        let text = fill(t.add_rest, &[("n", &count.to_string())]);
        view! { <Submit text name="rest" value="1" kind=Kind::Plain /> }
    });
    view! {
        <form method="post" action=desk.scope.below("several") autocomplete="off" data-guard data-changed=is_changed.then_some("")>
            <Card>
                {named}
                <Area
                    label=t.lines
                    name="lines"
                    value=typed.lines
                    error=typed.error
                    hint=t.lines_hint
                    placeholder=t.example
                    rows=12
                    autofocus=true
                />
                <Pick label=t.way name="matching" options value=typed.matching.as_str() />
            </Card>
            <SaveBar lang=desk.lang back=desk.scope.list() save=t.add always=true>{rest}</SaveBar>
        </form>
    }
    .into_any()
}

/// The wrong lines, each with its number, what it says, and why.
fn named(desk: Desk, wrong: &[Wrong]) -> AnyView {
    let t = Several::of(desk.lang);
    let title = fill(t.wrong, &[("n", &wrong.len().to_string())]);
    let items = wrong.iter().take(MOST_NAMED).map(|wrong| {
        let see = wrong.rule.map(|number| {
            let text = fill(desk.texts().rule_called, &[("n", &padded(number))]);
            view! { " " <a href=desk.scope.rule(number)>{text}</a> }
        });
        view! {
            <li>
                <strong>{fill(t.line, &[("n", &wrong.number.to_string())])}</strong>
                " " <code>{wrong.text.clone()}</code> " " {wrong.why.clone()} {see}
            </li>
        }
    });
    let items = items.collect_view();
    let more = (wrong.len() > MOST_NAMED).then(|| view! { <li>"…"</li> });
    view! {
        <Notice tone=Tone::Danger title>
            <ul class="wrong-lines">{items} {more}</ul>
        </Notice>
    }
    .into_any()
}
