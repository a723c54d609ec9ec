//! Why a message was answered as it was: for what is tried on the bench, and for messages that came in.

use super::{Desk, padded};
use crate::{
    core::{
        message::trace::{Fate, Trace, Tried},
        reply::ACCOUNT,
    },
    web::{
        part::{Badge, Card, Fact, Facts, Kind, LinkButton, Notice, Tone},
        text::{fill, replies::bench::Bench},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// What is told.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub trace: &'a Trace,
    /// Rules that match but are off; where nobody looked for them, none.
    pub disabled: &'a [Tried],
    /// What was written; empty where it was no text, or is forgotten.
    pub said: &'a str,
    /// A rule may be made of it here.
    pub is_shown: bool,
}

/// The whole of it in a card.
pub fn card(desk: Desk, told: Told<'_>) -> AnyView {
    let t = Bench::of(desk.lang);
    let trace = told.trace;
    let title = if trace.answered_by == "none" { t.why_none } else { t.why };
    let (by, compared) = (answered_by(desk, told), compared(desk, trace));
    let shadow = shadow(desk, told);
    let tried = tried(desk, told);
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

/// Who answered, and by which keyword.
fn answered_by(desk: Desk, told: Told<'_>) -> AnyView {
    let t = Bench::of(desk.lang);
    let trace = told.trace;
    match (trace.answered_by.as_str(), winner(trace)) {
        ("own_rule" | "account_rule", Some(tried)) => {
            let by = by_keyword(desk, tried);
            view! { {rule_link(desk, tried)} {by.map(|by| format!("{}{by}", desk.lang.colon()))} }.into_any()
        }
        ("command", _) => fill(t.by_command, &[("word", &trace.folded)]).into_any(),
        ("signin", _) => t.by_signin.into_any(),
        ("default", Some(tried)) => view! { {t.by_default} " · " {rule_link(desk, tried)} }.into_any(),
        ("default", None) => t.by_default.into_any(),
        ("follow", Some(tried)) => view! { {t.by_follow} " · " {rule_link(desk, tried)} }.into_any(),
        ("follow", None) => t.by_follow.into_any(),
        (_, Some(tried)) => rule_link(desk, tried),
        _ => t.by_none.into_any(),
    }
}

fn by_keyword(desk: Desk, tried: &Tried) -> Option<String> {
    let way = desk.texts().matching(tried.matching?);
    Some(fill(Bench::of(desk.lang).by_keyword, &[("keyword", &tried.keyword), ("way", way)]))
}

fn winner(trace: &Trace) -> Option<&Tried> {
    trace.tried.iter().find(|tried| tried.fate == Fate::Won)
}

/// The text as it is compared; an event has none.
fn compared(desk: Desk, trace: &Trace) -> Option<AnyView> {
    let t = Bench::of(desk.lang);
    let is_bare = trace.folded.is_empty() && trace.answered_by == "follow";
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

/// A rule that no message ever reaches is worth a warning.
fn shadow(desk: Desk, told: Told<'_>) -> Option<AnyView> {
    let t = Bench::of(desk.lang);
    let trace = told.trace;
    let is_shadowed = trace.tried.iter().any(|tried| tried.fate == Fate::Command);
    let text = fill(t.shadowed, &[("word", &trace.folded)]);
    is_shadowed.then(|| view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any())
}

/// Every rule that matched, and why it answered or did not.
fn tried(desk: Desk, told: Told<'_>) -> AnyView {
    let t = Bench::of(desk.lang);
    let trace = told.trace;
    // On the account's desk the person's own switched-off rules are nobody's business, and the other way round.
    let disabled = || told.disabled.iter().filter(|tried| tried.owner_id == desk.owner_id);
    if trace.tried.is_empty() && disabled().next().is_none() {
        let is_text =
            told.is_shown && !told.said.is_empty() && matches!(trace.answered_by.as_str(), "none" | "default");
        let make = is_text.then(|| {
            let href = new_rule(desk, told.said);
            view! { <LinkButton href text=t.make kind=Kind::Plain small=true /> }
        });
        return view! { <div class="row spread"><p class="soft">{t.tried_none}</p>{make}</div> }.into_any();
    }
    let won = winner(trace).map(|tried| padded(tried.number)).unwrap_or_default();
    let rows = trace.tried.iter().chain(disabled()).map(|tried| row(desk, tried, &won)).collect_view();
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

fn row(desk: Desk, tried: &Tried, won: &str) -> AnyView {
    let t = Bench::of(desk.lang);
    let tone = if tried.fate == Fate::Won { Tone::Success } else { Tone::Info };
    let fate = fill(t.fate(tried.fate), &[("n", won)]);
    let fate = if tried.fate == Fate::Won { view! { <Badge text=fate tone /> }.into_any() } else { fate.into_any() };
    let (keyword, way) = match tried.matching {
        Some(matching) => (tried.keyword.clone().into_any(), desk.texts().matching(matching)),
        None => (view! { <span class="soft">{t.every}</span> }.into_any(), ""),
    };
    view! {
        <tr>
            <th scope="row">{rule_link(desk, tried)}</th>
            <td data-label=t.keyword>{keyword}</td>
            <td data-label=t.way>{way}</td>
            <td data-label=t.priority class="num">{tried.priority}</td>
            <td data-label=t.fate>{fate}</td>
        </tr>
    }
    .into_any()
}

/// A rule by its name here, with the way to it for whoever may see it.
pub fn rule_link(desk: Desk, tried: &Tried) -> AnyView {
    let t = Bench::of(desk.lang);
    let (template, scope) = match tried.owner_id {
        ACCOUNT => (t.by_account, desk.is_admin.then_some(super::Scope::Account)),
        owner if owner == desk.user_id => (t.by_mine, Some(super::Scope::Own)),
        _ => (t.by_own, None),
    };
    let text = fill(template, &[("n", &padded(tried.number))]);
    match scope {
        Some(scope) => view! { <a href=scope.rule(tried.number)>{text}</a> }.into_any(),
        None => text.into_any(),
    }
}

/// The address of a new rule with this keyword.
pub fn new_rule(desk: Desk, keyword: &str) -> String {
    let keyword: String = byte_serialize(keyword.as_bytes()).collect();
    format!("{}?keyword={keyword}", desk.scope.below("new"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::reply::Matching, text::Lang, web::page::reply::Scope};

    const DESK: Desk = Desk { scope: Scope::Own, owner_id: 7, user_id: 7, is_admin: false, lang: Lang::Zh };

    fn tried(owner_id: i64, number: i64, fate: Fate) -> Tried {
        let matching = Some(Matching::Contains);
        Tried { owner_id, rule_id: number, number, keyword: "<b>价".to_owned(), matching, priority: 0, fate }
    }

    fn html(answered_by: &str, tried: Vec<Tried>) -> String {
        let trace = Trace { folded: "价格".to_owned(), answered_by: answered_by.to_owned(), tried };
        card(DESK, Told { trace: &trace, disabled: &[], said: "价格", is_shown: true }).to_html()
    }

    #[test]
    fn every_rule_that_matched_says_what_became_of_it() {
        let html =
            html("own_rule", vec![tried(7, 3, Fate::Won), tried(7, 12, Fate::Age), tried(ACCOUNT, 1, Fate::Own)]);
        assert!(html.contains("href=\"/replies/3\"") && html.contains("由它回答"), "{html}");
        assert!(html.contains("规则 03 添加得更早") && html.contains("本人的规则先回答"), "{html}");
        // Whoever is no admin is told of the account's rule, and not led to it.
        assert!(html.contains("公众号规则 01") && !html.contains("/admin/"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn a_message_without_a_rule_offers_to_make_one_and_a_command_warns() {
        assert!(html("none", Vec::new()).contains("/replies/new?keyword=%E4%BB%B7%E6%A0%BC"));
        assert!(!html("signin", Vec::new()).contains("/replies/new"));
        assert!(html("command", vec![tried(7, 3, Fate::Command)]).contains("是聊天命令"));
    }
}
