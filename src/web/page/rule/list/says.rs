//! What triggers a rule, and what it answers, each in one line.

use super::{super::content_shape, RuleScope};
use crate::{
    core::rule::{
        AnswerMode, Content, Keyword, MatchType, Rule, TriggerKind,
        content::{ContentNames, Part},
        media::{KEPT, Kind},
    },
    web::{
        component::{Icon, Shape},
        text::replies::{edit::Edit, list::List},
    },
};
use leptos::prelude::*;

/// The most keywords in a row.
const MOST_SHOWN: usize = 3;
/// The most characters of an answer in a row: more than the widest column has room for.
const TEXT_MAX_CHARS: usize = 160;

/// The triggers of a rule: its event, and the first keywords with their match types. `is_warned` marks keywords.
pub fn triggers(scope: RuleScope, rule: &Rule, is_warned: impl Fn(&Keyword) -> bool) -> AnyView {
    let (t, r) = (List::of(scope.lang), scope.texts());
    let name = (!rule.name.is_empty()).then(|| view! { <b class="kw-name">{rule.name.clone()}</b> });
    let event = (rule.cause != TriggerKind::Keyword).then(|| {
        view! { <span class="kw event"><Icon shape=event_shape(rule.cause) />{r.cause_short(rule.cause)}</span> }
    });
    let more = rule.keywords.len().saturating_sub(MOST_SHOWN);
    let words = rule.keywords.iter().take(MOST_SHOWN).map(|keyword| match rule.cause {
        TriggerKind::Kind => view! { <span class="kw plain">{r.kind(&keyword.text)}</span> }.into_any(),
        _ => chip(scope, keyword, is_warned(keyword)),
    });
    let every =
        (rule.keywords.is_empty() && rule.cause.has_keywords()).then(|| view! { <span class="soft">{t.every}</span> });
    view! {
        <span class="kws">
            <span class="kws-in">{name} {event} {words.collect_view()} {every}</span>
            {(more > 0).then(|| view! { <span class="more">{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}

/// A keyword with its match type at the end.
pub fn chip(scope: RuleScope, keyword: &Keyword, is_warned: bool) -> AnyView {
    let way = List::of(scope.lang).way_short(keyword.matching);
    let full = scope.texts().matching(keyword.matching);
    let class = match (is_warned, keyword.matching) {
        (true, _) => "kw warn",
        (_, MatchType::Regex) => "kw re",
        _ => "kw",
    };
    view! { <span class=class>{keyword.text.clone()}<abbr title=full>{way}</abbr></span> }.into_any()
}

fn event_shape(cause: TriggerKind) -> Shape {
    match cause {
        TriggerKind::Keyword => Shape::Reply,
        TriggerKind::Follow => Shape::Person,
        TriggerKind::Default => Shape::Chat,
        TriggerKind::Menu => Shape::Phone,
        TriggerKind::Scan => Shape::Scan,
        TriggerKind::Kind => Shape::Picture,
    }
}

/// The answer: a picture or the kind of the first content, its text with the names of variables, and how many contents follow.
pub fn answer(scope: RuleScope, rule: &Rule) -> AnyView {
    let t = List::of(scope.lang);
    let others = rule.contents.len().saturating_sub(1);
    let random =
        (others > 0 && rule.answer == AnswerMode::Random).then(|| view! { <span class="badge">{t.random}</span> });
    let first = rule.contents.iter().find(|content| !matches!(content, Content::Text { .. }));
    view! {
        {first.map(|content| kind(scope, content))}
        {random}
        <span class="cut">{with_names(scope, rule.text())}</span>
        {(others > 0).then(|| view! { <span class="more">{format!("+{others}")}</span> })}
    }
    .into_any()
}

/// A small picture of a stored picture, else the kind.
fn kind(scope: RuleScope, content: &Content) -> AnyView {
    let is_picture = matches!(content, Content::Image { .. }) && content.file_kind() == Some(Kind::Image);
    let name = ContentNames::of(scope.lang).name(content);
    match content.part(Part::Media).strip_prefix(KEPT).filter(|_| is_picture) {
        Some(key) => view! { <img class="thumb" src=format!("/media/{key}") alt=name loading="lazy" /> }.into_any(),
        None => view! { <span class="badge"><Icon shape=content_shape(content) />{name}</span> }.into_any(),
    }
}

/// The beginning of a text in one line, with the names of its variables in the place of `{{…}}`.
fn with_names(scope: RuleScope, text: &str) -> Vec<AnyView> {
    let text: String = text.chars().take(TEXT_MAX_CHARS).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let (mut parts, mut rest) = (Vec::new(), text.as_str());
    while let Some((before, (inside, after))) =
        rest.split_once("{{").and_then(|(before, from)| Some((before, from.split_once("}}")?)))
    {
        let name = Edit::of(scope.lang).variable(inside.trim());
        // An empty text would be rendered as a space.
        if !before.is_empty() {
            parts.push(before.to_owned().into_any());
        }
        parts.push(match name {
            Some(name) => view! { <span class="var">{name}</span> }.into_any(),
            None => format!("{{{{{inside}}}}}").into_any(),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned().into_any());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{text::Lang, web::page::rule::RuleOwner};

    #[test]
    fn variables_are_shown_by_their_names_and_other_braces_as_typed() {
        let scope = RuleScope { owner: RuleOwner::User, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };
        let html = |text: &str| with_names(scope, text).collect_view().to_html().replace("<!>", "");
        assert_eq!(html("{{ nickname }}你好"), "<span class=\"var\">昵称</span>你好");
        assert_eq!(html("a {{x}} {{2}}\n{{"), "a {{x}} <span class=\"var\">第 2 组</span> {{");
        assert!(html(&"长".repeat(500)).chars().count() <= TEXT_MAX_CHARS);
    }
}
