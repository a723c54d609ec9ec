//! Warnings about keywords that do not prevent saving: another rule or a command answers first.

use super::{RuleScope, padded};
use crate::{
    core::rule::warning::{Warning, Why},
    web::{
        component::{Icon, Notice, Shape, Tone},
        text::{fill, replies::warning::Warnings},
    },
};
use leptos::prelude::*;

/// A warning's text, and the rule it concerns.
fn describe(scope: RuleScope, warning: &Warning) -> (String, Option<i64>) {
    let t = Warnings::of(scope.lang);
    let (template, number) = match warning.why {
        Why::NeverReached { number, .. } => (t.never, Some(number)),
        Why::SameKeyword { number } => (t.same, Some(number)),
        Why::Command => (t.command, None),
    };
    let n = number.map(padded).unwrap_or_default();
    (fill(template, &[("keyword", &warning.keyword), ("n", &n)]), number)
}

/// The first warning in a few words, for a row of the list; all of them are its title.
pub fn short(scope: RuleScope, warnings: &[Warning]) -> Option<AnyView> {
    let t = Warnings::of(scope.lang);
    let text = match warnings.first()?.why {
        Why::NeverReached { number, .. } => fill(t.never_short, &[("n", &padded(number))]),
        Why::SameKeyword { number } => fill(t.same_short, &[("n", &padded(number))]),
        Why::Command => t.command_short.to_owned(),
    };
    let all: Vec<String> = warnings.iter().map(|warning| describe(scope, warning).0).collect();
    Some(view! { <span class="says-warn" title=all.join("\n")><Icon shape=Shape::Warning /><span class="cut">{text}</span></span> }.into_any())
}

/// A notice with all warnings, linked to the rules they concern.
pub fn notice(scope: RuleScope, warnings: &[Warning]) -> Option<AnyView> {
    if warnings.is_empty() {
        return None;
    }
    let t = Warnings::of(scope.lang);
    let lines = warnings.iter().map(|warning| {
        let (text, number) = describe(scope, warning);
        let see = number.map(|number| {
            let text = fill(t.see, &[("n", &padded(number))]);
            view! { " " <a href=scope.owner.rule(number) target="_blank">{text}</a> }
        });
        view! { <p>{text} {see}</p> }
    });
    let lines = lines.collect_view();
    Some(view! { <Notice tone=Tone::Warning title=t.title>{lines}</Notice> }.into_any())
}
