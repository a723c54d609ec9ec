//! Rules that nearly answered, each with the change that is missing.

use super::{Explained, RuleScope, is_edited, name, winner};
use crate::{
    core::{
        message::near::{Missing, Near},
        rule::{ACCOUNT, Keyword, MatchType},
    },
    web::{
        component::{Kind, Submit},
        page::rule::{RuleOwner, list::chip},
        text::{fill, fill_spaced, replies::bench::Bench},
    },
};
use leptos::prelude::*;

/// The near misses of this owner's rules. With `back`, each has a button that makes the change.
pub fn near(scope: RuleScope, explained: &Explained<'_>, back: Option<&str>) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    // The pages of the account do not show users' own rules.
    let found: Vec<&Near> = explained
        .preview
        .near
        .iter()
        .filter(|near| {
            near.owner_id == ACCOUNT && scope.is_admin || near.owner_id == scope.user_id && !scope.is_accounts()
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let items = found.into_iter().map(|near| item(scope, explained, near, back)).collect_view();
    let title = match back {
        Some(_) => view! { <h3>{t.near}</h3> }.into_any(),
        None => view! { <h4>{t.near}</h4> }.into_any(),
    };
    Some(view! { {title} <ul class="near">{items}</ul> }.into_any())
}

fn item(scope: RuleScope, explained: &Explained<'_>, near: &Near, back: Option<&str>) -> AnyView {
    let t = Bench::of(scope.lang);
    let chip = near.matching.map(|matching| chip(scope, &Keyword { text: near.keyword.clone(), matching }, false));
    let contains = scope.texts().matching(MatchType::Contains);
    let missing = match near.missing {
        Missing::Contains(_) => fill(t.near_contains, &[("way", contains), ("keyword", &near.keyword)]),
        Missing::Enabled => t.near_enabled.to_owned(),
    };
    let won = winner(explained).map(|tried| name(scope, explained, tried.owner_id, tried.number));
    let then = match won {
        _ if near.would_answer => t.near_answers.to_owned(),
        Some(rule) => fill_spaced(t.near_still, &[("rule", &rule)]),
        None => t.near_still_none.to_owned(),
    };
    let owner = if near.owner_id == ACCOUNT { RuleOwner::Account } else { RuleOwner::User };
    let act = match near.missing {
        Missing::Contains(_) => fill(t.near_change, &[("way", contains)]),
        Missing::Enabled => t.near_enable.to_owned(),
    };
    let button = back.map(|back| {
        let missing = if near.missing == Missing::Enabled { "enable" } else { "contains" };
        view! {
            <form method="post" action="/do/rules-near">
                <input type="hidden" name="owner" value=owner.owner() />
                <input type="hidden" name="back" value=back.to_owned() />
                <input type="hidden" name="number" value=near.number.to_string() />
                <input type="hidden" name="keyword" value=near.keyword.clone() />
                <Submit text=act kind=Kind::Plain small=true name="act" value=missing />
            </form>
        }
    });
    let is_edited = is_edited(scope, explained, near.owner_id, near.number);
    let name = name(scope, explained, near.owner_id, near.number);
    let name = match address(scope, near.owner_id, near.number).filter(|_| !is_edited) {
        Some(href) => view! { <a href=href target=back.is_none().then_some("_blank")>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="tried-by">{name} {chip}</span>
            {button}
            <small>{missing} {then}</small>
        </li>
    }
    .into_any()
}

/// The address of a rule, if the viewer may see it.
pub fn address(scope: RuleScope, owner_id: i64, number: i64) -> Option<String> {
    match owner_id {
        ACCOUNT => scope.is_admin.then(|| RuleOwner::Account.rule(number)),
        owner if owner == scope.user_id => Some(RuleOwner::User.rule(number)),
        _ => None,
    }
}
