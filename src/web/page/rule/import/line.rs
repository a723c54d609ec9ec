//! One line of an import's difference: what happens to which rule, with what changes marked.

use super::{RuleScope, diff, padded};
use crate::{
    core::rule::{
        Content, Rule, TriggerKind,
        content::ContentNames,
        draft::Draft,
        transfer::{Changed, LineFlaw, Row, error_text},
    },
    web::{
        component::{Badge, Tone, text_diff},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// One line of the difference.
#[derive(Clone, Copy)]
pub enum Line<'a> {
    Flaw(&'a LineFlaw),
    Added(&'a Row),
    Changed(&'a Changed),
    Removed(&'a Rule),
}

/// The row of a line. `is_platform`: the rules come from the platform and have positions instead of lines.
pub fn row(scope: RuleScope, line: Line<'_>, is_platform: bool) -> AnyView {
    let t = Transfer::of(scope.lang);
    let at = |n: usize| match n {
        0 => String::new(),
        n => fill(if is_platform { t.position_n } else { t.line_n }, &[("n", &n.to_string())]),
    };
    match line {
        Line::Flaw(flaw) => flawed(scope, flaw, at(flaw.line)),
        Line::Added(added) => {
            let name = view! { <Badge text=t.added tone=Tone::Success /> };
            let (keywords, reply) = (keywords(scope, &added.draft), reply(scope, &added.draft));
            cells(t, "", name.into_any(), at(added.line), keywords, reply)
        }
        Line::Changed(changed) => changes(scope, changed, at(changed.line)),
        Line::Removed(rule) => {
            let draft = Draft::from(rule);
            let name = view! { <Badge text=t.removed tone=Tone::Danger /> {number(scope, rule.number)} };
            let (keywords, reply) = (keywords(scope, &draft), reply(scope, &draft));
            cells(t, "is-removed", name.into_any(), String::new(), keywords, reply)
        }
    }
}

fn cells(
    t: &'static Transfer,
    class: &'static str,
    name: AnyView,
    line: String,
    keywords: AnyView,
    reply: AnyView,
) -> AnyView {
    view! {
        <tr class=(!class.is_empty()).then_some(class)>
            <th scope="row" class="nowrap">{name}</th>
            <td data-label=t.line class="nowrap soft">{line}</td>
            <td data-label=t.keywords>{keywords}</td>
            <td data-label=t.reply class="imported-reply">{reply}</td>
        </tr>
    }
    .into_any()
}

fn flawed(scope: RuleScope, flaw: &LineFlaw, line: String) -> AnyView {
    let t = Transfer::of(scope.lang);
    view! {
        <tr class="is-flawed">
            <th scope="row" class="nowrap"><Badge text=t.flaws tone=Tone::Danger /></th>
            <td data-label=t.line class="nowrap">{line}</td>
            <td colspan="2" data-label=t.problem>{error_text::fault(scope.lang, &flaw.fault)}</td>
        </tr>
    }
    .into_any()
}

fn changes(scope: RuleScope, changed: &Changed, line: String) -> AnyView {
    let t = Transfer::of(scope.lang);
    let (before, after) = (Draft::from(&changed.before), &changed.after);
    let name = view! { <Badge text=t.changed tone=Tone::Info /> {number(scope, changed.before.number)} };
    let keywords = if before.keywords == after.keywords && before.cause == after.cause {
        keywords(scope, after)
    } else {
        let (old, new) = diff::keywords(scope, Some(&before), Some(after));
        view! { <div class="imported-pair">{old} {new}</div> }.into_any()
    };
    let reply = if before.contents == after.contents {
        reply(scope, after)
    } else {
        let (old, new) = text_diff(&texts(scope, &before), &texts(scope, after));
        view! { <div class="imported-pair"><p>{old}</p><p>{new}</p></div> }.into_any()
    };
    let others = diff::changed_words(scope, &before, after).into_iter().map(|(field, old, new)| {
        view! { <p>{field} {scope.lang.colon()} <del>{old}</del> " → " <ins>{new}</ins></p> }
    });
    let reply = view! { {reply} {others.collect_view()} };
    cells(t, "", name.into_any(), line, keywords, reply.into_any())
}

fn number(scope: RuleScope, number: i64) -> AnyView {
    view! { " " <a class="num" href=scope.owner.rule(number)>{padded(number)}</a> }.into_any()
}

fn keywords(scope: RuleScope, draft: &Draft) -> AnyView {
    let t = scope.texts();
    if draft.keywords.is_empty() {
        return t.cause(draft.cause).into_any();
    }
    let words = draft.keywords.iter().map(|keyword| {
        let text =
            if draft.cause == TriggerKind::Kind { t.kind(&keyword.text).to_owned() } else { keyword.text.clone() };
        view! { <span class="keyword">{text} " " <small>{t.matching(keyword.matching)}</small></span> }
    });
    view! { <span class="keywords">{words.collect_view()}</span> }.into_any()
}

/// The first content, and the number of the others.
fn reply(scope: RuleScope, draft: &Draft) -> AnyView {
    let first = draft.contents.first().map(|content| match content.caption() {
        "" => format!("[{}]", ContentNames::of(scope.lang).name(content)),
        caption => caption.to_owned(),
    });
    let more = draft.contents.len().saturating_sub(1);
    let more = (more > 0).then(|| view! { " " <span class="badge">{format!("+{more}")}</span> });
    view! { <span class="rule-text">{first}</span> {more} }.into_any()
}

/// All contents as one text.
fn texts(scope: RuleScope, draft: &Draft) -> String {
    let one = |content: &Content| {
        let name = ContentNames::of(scope.lang).name(content);
        let parts = content.parts().into_iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty());
        let text = parts.collect::<Vec<_>>().join(" · ");
        if matches!(content, Content::Text { .. }) { text } else { format!("[{name}] {text}") }
    };
    draft.contents.iter().map(one).collect::<Vec<_>>().join("\n")
}
