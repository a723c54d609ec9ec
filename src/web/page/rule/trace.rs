//! Why a message was answered as it was: in the test bench and in the message log.

use super::{RuleScope, padded};
use crate::{
    core::{
        message::{
            AnsweredBy,
            trace::{Fate, Trace, Tried},
        },
        rule::{ACCOUNT, content::KINDS},
    },
    web::{
        component::{Badge, Card, Fact, Facts, Kind, LinkButton, Notice, Tone},
        text::{fill, replies::bench::Bench},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// The data of a trace card.
#[derive(Clone, Copy)]
pub struct TraceView<'a> {
    pub trace: &'a Trace,
    /// Matching rules that are off; empty if they were not searched.
    pub disabled: &'a [Tried],
    /// The message's text; empty if it was not text, or is no longer stored.
    pub message: &'a str,
    /// A rule may be created from it here.
    pub is_shown: bool,
}

/// The whole trace as a card.
pub fn card(scope: RuleScope, view: TraceView<'_>) -> AnyView {
    let t = Bench::of(scope.lang);
    let trace = view.trace;
    let title = if trace.answered_by == AnsweredBy::None { t.why_none } else { t.why };
    let (by, compared) = (answered_by(scope, view), compared(scope, trace));
    let shadow = shadow(scope, view);
    let tried = tried(scope, view);
    view! {
        <Card title=title>
            {shadow}
            <Facts>
                <Fact name=t.answered_by>{by}</Fact>
                {compared}
            </Facts>
            {tried}
        </Card>
    }
    .into_any()
}

/// What answered, and by which keyword.
fn answered_by(scope: RuleScope, view: TraceView<'_>) -> AnyView {
    let t = Bench::of(scope.lang);
    let trace = view.trace;
    match (trace.answered_by, winner(trace)) {
        (AnsweredBy::OwnRule | AnsweredBy::AccountRule, Some(tried)) => {
            let by = by_keyword(scope, view, tried);
            view! { {rule_link(scope, tried)} {by.map(|by| format!("{}{by}", scope.lang.colon()))} }.into_any()
        }
        (AnsweredBy::Command, _) => fill(t.by_command, &[("word", &trace.folded)]).into_any(),
        (AnsweredBy::Signin, _) => t.by_signin.into_any(),
        (AnsweredBy::Default, Some(tried)) => view! { {t.by_default} " · " {rule_link(scope, tried)} }.into_any(),
        (AnsweredBy::Default, None) => t.by_default.into_any(),
        (AnsweredBy::Follow, Some(tried)) => view! { {t.by_follow} " · " {rule_link(scope, tried)} }.into_any(),
        (AnsweredBy::Follow, None) => t.by_follow.into_any(),
        (_, Some(tried)) => rule_link(scope, tried),
        _ => t.by_none.into_any(),
    }
}

fn by_keyword(scope: RuleScope, view: TraceView<'_>, tried: &Tried) -> Option<String> {
    let way = scope.texts().matching(tried.matching?);
    if let Some(kind) = kind_name(scope, view, tried) {
        return Some(kind.to_owned());
    }
    Some(fill(Bench::of(scope.lang).by_keyword, &[("keyword", &tried.keyword), ("way", way)]))
}

/// The name of the kind of message, if a rule answers kinds: only messages without text have such rules.
fn kind_name(scope: RuleScope, view: TraceView<'_>, tried: &Tried) -> Option<&'static str> {
    let is_kind = view.message.is_empty() && KINDS.contains(&tried.keyword.as_str());
    is_kind.then(|| scope.texts().kind(&tried.keyword))
}

fn winner(trace: &Trace) -> Option<&Tried> {
    trace.tried.iter().find(|tried| tried.fate == Fate::Won)
}

/// The text in the form that is compared; events have none.
fn compared(scope: RuleScope, trace: &Trace) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    let is_bare = trace.folded.is_empty() && trace.answered_by == AnsweredBy::Follow;
    let folded = if trace.folded.is_empty() { t.nothing_left.to_owned() } else { trace.folded.clone() };
    (!is_bare).then(|| {
        view! {
            <Fact name=t.compared>
                <code class="compared">{folded}</code>
                <small class="soft">{t.compared_note}</small>
            </Fact>
        }
        .into_any()
    })
}

/// Warns about a rule that no message can reach.
fn shadow(scope: RuleScope, view: TraceView<'_>) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    let trace = view.trace;
    let is_shadowed = trace.tried.iter().any(|tried| tried.fate == Fate::Command);
    let text = fill(t.shadowed, &[("word", &trace.folded)]);
    is_shadowed.then(|| view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any())
}

/// Every matching rule, and why it answered or did not.
fn tried(scope: RuleScope, view: TraceView<'_>) -> AnyView {
    let t = Bench::of(scope.lang);
    let trace = view.trace;
    // The account's page must not show a user's own disabled rules, and vice versa.
    let disabled = || view.disabled.iter().filter(|tried| tried.owner_id == scope.owner_id);
    if trace.tried.is_empty() && disabled().next().is_none() {
        let is_text = view.is_shown && !view.message.is_empty() && trace.answered_by.is_unanswered();
        let make = is_text.then(|| {
            let href = new_rule(scope, view.message);
            view! { <LinkButton href text=t.make kind=Kind::Plain small=true /> }
        });
        return view! { <div class="row spread"><p class="soft">{t.tried_none}</p>{make}</div> }.into_any();
    }
    let won = winner(trace).map(|tried| padded(tried.number)).unwrap_or_default();
    let rows = trace.tried.iter().chain(disabled()).map(|tried| row(scope, view, tried, &won)).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table cards tried">
                <caption class="sr-only">{t.tried}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t.rule}</th>
                        <th scope="col">{t.keyword}</th>
                        <th scope="col">{t.way}</th>
                        <th scope="col" class="num">{t.priority}</th>
                        <th scope="col">{t.fate}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(scope: RuleScope, view: TraceView<'_>, tried: &Tried, won: &str) -> AnyView {
    let t = Bench::of(scope.lang);
    let tone = if tried.fate == Fate::Won { Tone::Success } else { Tone::Info };
    let fate = fill(t.fate(tried.fate), &[("n", won)]);
    let fate = if tried.fate == Fate::Won { view! { <Badge text=fate tone /> }.into_any() } else { fate.into_any() };
    let (keyword, way) = match tried.matching {
        Some(_) if kind_name(scope, view, tried).is_some() => (kind_name(scope, view, tried).into_any(), ""),
        Some(matching) => (tried.keyword.clone().into_any(), scope.texts().matching(matching)),
        None => (view! { <span class="soft">{t.every}</span> }.into_any(), ""),
    };
    view! {
        <tr>
            <th scope="row">{rule_link(scope, tried)}</th>
            <td data-label=t.keyword>{keyword}</td>
            <td data-label=t.way>{way}</td>
            <td data-label=t.priority class="num">{tried.priority}</td>
            <td data-label=t.fate>{fate}</td>
        </tr>
    }
    .into_any()
}

/// A rule's name, linked if the viewer may see the rule.
pub fn rule_link(scope: RuleScope, tried: &Tried) -> AnyView {
    let t = Bench::of(scope.lang);
    let (template, owner) = match tried.owner_id {
        ACCOUNT => (t.by_account, scope.is_admin.then_some(super::RuleOwner::Account)),
        owner if owner == scope.user_id => (t.by_mine, Some(super::RuleOwner::User)),
        _ => (t.by_own, None),
    };
    let text = fill(template, &[("n", &padded(tried.number))]);
    match owner {
        Some(owner) => view! { <a href=owner.rule(tried.number)>{text}</a> }.into_any(),
        None => text.into_any(),
    }
}

/// The address of a new rule with this keyword.
pub fn new_rule(scope: RuleScope, keyword: &str) -> String {
    let keyword: String = byte_serialize(keyword.as_bytes()).collect();
    format!("{}?keyword={keyword}", scope.owner.below("new"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::rule::MatchType, text::Lang, web::page::rule::RuleOwner};

    const SCOPE: RuleScope =
        RuleScope { owner: RuleOwner::User, owner_id: 7, user_id: 7, is_admin: false, lang: Lang::Zh };

    fn tried(owner_id: i64, number: i64, fate: Fate) -> Tried {
        let matching = Some(MatchType::Contains);
        Tried { owner_id, rule_id: number, number, keyword: "<b>价".to_owned(), matching, priority: 0, fate }
    }

    fn html(answered_by: AnsweredBy, tried: Vec<Tried>) -> String {
        let trace = Trace { folded: "价格".to_owned(), answered_by, tried };
        card(SCOPE, TraceView { trace: &trace, disabled: &[], message: "价格", is_shown: true }).to_html()
    }

    #[test]
    fn every_rule_that_matched_says_what_became_of_it() {
        let html = html(
            AnsweredBy::OwnRule,
            vec![tried(7, 3, Fate::Won), tried(7, 12, Fate::Age), tried(ACCOUNT, 1, Fate::Own)],
        );
        assert!(html.contains("href=\"/replies/3\"") && html.contains("由它回答"), "{html}");
        assert!(html.contains("规则 03 添加得更早") && html.contains("本人的规则先回答"), "{html}");
        // A user who is not an admin sees the account's rule without a link to it.
        assert!(html.contains("公众号规则 01") && !html.contains("/admin/"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn a_message_without_a_rule_offers_to_make_one_and_a_command_warns() {
        assert!(html(AnsweredBy::None, Vec::new()).contains("/replies/new?keyword=%E4%BB%B7%E6%A0%BC"));
        assert!(!html(AnsweredBy::Signin, Vec::new()).contains("/replies/new"));
        assert!(html(AnsweredBy::Command, vec![tried(7, 3, Fate::Command)]).contains("是聊天命令"));
    }
}
