//! The order of answering, and where a message stopped.

use super::{Explained, RuleScope};
use crate::{
    core::{
        message::{AnsweredBy, preview::Input, trace::Fate},
        rule::ACCOUNT,
    },
    web::text::{fill, replies::bench::Bench},
};
use leptos::prelude::*;

/// A step of the order of answering.
struct Rung {
    name: &'static str,
    /// It answers for this reason.
    by: AnsweredBy,
    /// What became of it if a later step answered.
    passed: String,
}

/// The steps of answering a text, the one that answers marked; `None` for events, which have one step.
pub fn ladder(scope: RuleScope, explained: &Explained<'_>, class: &'static str) -> Option<AnyView> {
    let Input::Text(_) = explained.input else { return None };
    let by = explained.preview.answered_by;
    let rungs = rungs(scope, explained);
    let hit = rungs.iter().position(|rung| rung.by == by).unwrap_or(rungs.len());
    let t = Bench::of(scope.lang);
    let items = rungs.into_iter().enumerate().map(|(at, rung)| {
        let (class, state) = match at.cmp(&hit) {
            std::cmp::Ordering::Less => (None, rung.passed),
            std::cmp::Ordering::Equal => (Some("hit"), answered(scope, explained)),
            std::cmp::Ordering::Greater => (Some("after"), t.rung_after.to_owned()),
        };
        view! { <li class=class aria-current=(at == hit).then_some("step")><span>{rung.name}</span><span class="state">{state}</span></li> }
    });
    Some(view! { <ol class=class aria-label=t.order>{items.collect_view()}</ol> }.into_any())
}

fn rungs(scope: RuleScope, explained: &Explained<'_>) -> Vec<Rung> {
    let t = Bench::of(scope.lang);
    let tried = &explained.preview.trace.tried;
    let rung = |name, by, passed: &str| Rung { name, by, passed: passed.to_owned() };
    let is_off = tried.iter().any(|tried| tried.fate == Fate::Off);
    let has_own = !scope.is_accounts() || tried.iter().any(|tried| tried.owner_id != ACCOUNT);
    let own = has_own.then(|| rung(t.rung_own, AnsweredBy::OwnRule, if is_off { t.fate_off } else { t.rung_no_match }));
    let mut rungs = vec![
        rung(t.rung_command, AnsweredBy::Command, t.rung_no_command),
        rung(t.rung_signin, AnsweredBy::Signin, t.rung_no_signin),
    ];
    rungs.extend(own);
    rungs.push(rung(t.rung_account, AnsweredBy::AccountRule, t.rung_no_match));
    rungs.push(rung(t.rung_default, AnsweredBy::Default, t.rung_no_default));
    rungs
}

/// How many rules match, where a rule answers.
fn answered(scope: RuleScope, explained: &Explained<'_>) -> String {
    let t = Bench::of(scope.lang);
    let owner = explained.preview.trace.tried.iter().find(|tried| tried.fate == Fate::Won).map(|tried| tried.owner_id);
    let of_owner = explained.preview.trace.tried.iter().filter(|tried| Some(tried.owner_id) == owner).count();
    match explained.preview.answered_by {
        AnsweredBy::OwnRule | AnsweredBy::AccountRule => fill(t.rung_matches, &[("n", &of_owner.to_string())]),
        _ => t.fate_won.to_owned(),
    }
}
