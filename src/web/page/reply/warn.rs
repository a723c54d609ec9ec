//! What an editor should know about keywords that may be saved all the same: what answers before them.

use super::{Desk, padded};
use crate::{
    core::reply::warning::{Warning, Why},
    web::{
        part::{Icon, Notice, Shape, Tone},
        text::{fill, replies::warning::Warnings},
    },
};
use leptos::prelude::*;

/// A warning in words, and the rule that it is about.
fn said(desk: Desk, warning: &Warning) -> (String, Option<i64>) {
    let t = Warnings::of(desk.lang);
    let (template, number) = match warning.why {
        Why::NeverReached { number, .. } => (t.never, Some(number)),
        Why::SameKeyword { number } => (t.same, Some(number)),
        Why::Command => (t.command, None),
    };
    let n = number.map(padded).unwrap_or_default();
    (fill(template, &[("keyword", &warning.keyword), ("n", &n)]), number)
}

/// One line a warning, for a row of the list.
pub fn lines(desk: Desk, warnings: &[Warning]) -> Option<AnyView> {
    if warnings.is_empty() {
        return None;
    }
    let lines = warnings.iter().map(|warning| {
        view! { <p class="warned"><Icon shape=Shape::Warning /><span>{said(desk, warning).0}</span></p> }
    });
    Some(lines.collect_view().into_any())
}

/// A box with all of them, and ways to the rules they are about.
pub fn notice(desk: Desk, warnings: &[Warning]) -> Option<AnyView> {
    if warnings.is_empty() {
        return None;
    }
    let t = Warnings::of(desk.lang);
    let lines = warnings.iter().map(|warning| {
        let (text, number) = said(desk, warning);
        let see = number.map(|number| {
            let text = fill(t.see, &[("n", &padded(number))]);
            view! { " " <a href=desk.scope.rule(number) target="_blank">{text}</a> }
        });
        view! { <p>{text} {see}</p> }
    });
    let lines = lines.collect_view();
    Some(view! { <Notice tone=Tone::Warning title=t.title>{lines}</Notice> }.into_any())
}
