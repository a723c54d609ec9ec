//! The fields of a rule, for adding and for editing.

use super::Scope;
use crate::{
    core::reply::{Cause, Matching, Rule},
    web::{
        island::ReplyPreview,
        page::Visitor,
        part::{Area, Pick},
        text::{fill, replies::Replies},
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use leptos::prelude::*;

/// Kind of rule, keywords, reply and its preview: what was typed, else what the rule says.
pub fn fields(visitor: &Visitor, scope: Scope, rule: Option<&Rule>) -> AnyView {
    let t = Replies::of(visitor.here.lang());
    let filled = visitor.form("rule");
    let keywords = filled.value_or("keywords", &rule.map(keywords_of).unwrap_or_default());
    let text = filled.value_or("text", rule.map_or("", |r| r.text.as_str()));
    let cause = filled.value_or("cause", rule.map_or(Cause::Keyword, |r| r.cause).as_str());
    let matching = filled.value_or("matching", rule.map_or(Matching::Exact, matching_of).as_str());
    let is_account = scope == Scope::Account;
    let kinds = is_account.then(|| {
        let options =
            [(Cause::Keyword, t.cause_keyword), (Cause::Default, t.cause_default), (Cause::Follow, t.cause_follow)];
        let options = options.map(|(cause, name)| (cause.as_str().to_owned(), name.to_owned())).to_vec();
        view! { <Pick label=t.cause name="cause" options value=cause error=filled.error("cause") /> }
    });
    let max_bytes = u32::try_from(TEXT_MAX_BYTES).unwrap_or(u32::MAX);
    let preview = preview(visitor, &text);
    view! {
        <input type="hidden" name="owner" value=scope.owner() />
        {kinds}
        <Area
            label=t.keywords
            name="keywords"
            value=keywords
            error=filled.error("keywords")
            hint=if is_account { t.keywords_hint_account } else { t.keywords_hint }
            rows=2
            required=!is_account
        />
        <Pick label=t.matching name="matching" options=ways(t) value=matching />
        <Area
            label=t.text
            name="text"
            value=text
            error=filled.error("text")
            hint=fill(t.text_hint, &[("vars", "{{nickname}} {{user_id}} {{time}} {{keyword}}")])
            placeholder=t.text_example
            rows=5
            required=true
            max_bytes
        />
        {preview}
    }
    .into_any()
}

/// One a line, as they were typed.
pub fn keywords_of(rule: &Rule) -> String {
    rule.keywords.iter().map(|keyword| keyword.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The keywords of one rule are all compared in one way.
pub fn matching_of(rule: &Rule) -> Matching {
    rule.keywords.first().map_or(Matching::Exact, |keyword| keyword.matching)
}

fn ways(t: &'static Replies) -> Vec<(String, String)> {
    let name = |matching| match matching {
        Matching::Exact => t.exact,
        Matching::Prefix => t.prefix,
        Matching::Contains => t.contains,
        Matching::Regex => t.regex,
    };
    Matching::ALL.map(|matching| (matching.as_str().to_owned(), name(matching).to_owned())).to_vec()
}

/// How the reply will look in the chat, while it is typed.
fn preview(visitor: &Visitor, text: &str) -> impl IntoView + use<> {
    let t = Replies::of(visitor.here.lang());
    let (name, id) = visitor.user.as_ref().map(|u| (u.nickname.clone(), u.id.to_string())).unwrap_or_default();
    let values = vec![("nickname".to_owned(), name), ("user_id".to_owned(), id)];
    view! {
        <ReplyPreview
            field="text".to_owned()
            label=t.preview.to_owned()
            example=t.text_example.to_owned()
            text=text.to_owned()
            values
        />
    }
}
