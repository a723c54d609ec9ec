//! The progress of a short process.

use super::{Icon, Shape};
use crate::text::Lang;
use crate::web::text::{Common, fill};
use leptos::prelude::*;

/// The steps of a process, completed ones ticked off.
#[component]
pub fn Stepper(
    /// The language.
    lang: Lang,
    /// The name of each step.
    steps: Vec<String>,
    /// The current step, from 1. Above the last: all are completed.
    current: usize,
) -> impl IntoView {
    let t = Common::of(lang);
    let count = steps.len();
    let items = steps.into_iter().zip(1..).map(|(name, number)| step(t, name, number, current)).collect_view();
    let (at, all) = (current.min(count).to_string(), count.to_string());
    view! { <ol class="stepper" aria-label=fill(t.step, &[("step", &at), ("steps", &all)])>{items}</ol> }
}

fn step(t: &'static Common, name: String, number: usize, current: usize) -> impl IntoView {
    let is_done = number < current;
    let dot = if is_done { view! { <Icon shape=Shape::Check /> }.into_any() } else { number.into_any() };
    view! {
        <li class=is_done.then_some("done") aria-current=(number == current).then_some("step")>
            <span class="stepper-dot" aria-hidden="true">{dot}</span>
            <span>{name} {is_done.then(|| view! { <span class="sr-only">" "{t.step_done}</span> })}</span>
        </li>
    }
}
