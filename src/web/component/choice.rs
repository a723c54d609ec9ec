//! Controls to choose: a select, a segmented control, a check box.

use super::{Words, field::Wire};
use leptos::prelude::*;

/// A select.
#[component]
pub fn Pick(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name in the form, and the id.
    #[prop(into)]
    name: String,
    /// Value and text of each option.
    options: Vec<(String, String)>,
    /// The selected value.
    #[prop(optional, into)]
    value: Words,
    /// The error.
    #[prop(optional, into)]
    error: Words,
    /// The hint.
    #[prop(optional, into)]
    hint: Words,
) -> impl IntoView {
    let wrong = error.is_some();
    let wire = Wire::new(&name, &hint, &error);
    let chosen = value.get();
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let selected = chosen.as_deref() == Some(value.as_str());
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <div class="field-top">
                <label for=name.clone()>{label}</label>
            </div>
            <select
                class="input"
                id=name.clone()
                name=name
                autofocus=wrong
                aria-invalid=wrong.then_some("true")
                aria-describedby=wire.described_by.clone()
            >
                {options}
            </select>
            {wire.below(hint, error)}
        </div>
    }
}

/// A segmented control: radio buttons that look like one bar.
#[component]
pub fn Segment(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// Value and text of each option.
    options: Vec<(String, String)>,
    /// The selected value.
    #[prop(optional, into)]
    value: Words,
    /// The label is for screen readers only.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let chosen = value.get();
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let checked = chosen.as_deref() == Some(value.as_str());
            view! {
                <label>
                    <input type="radio" name=name.clone() value=value checked=checked />
                    <span>{text}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class=if bare { "sr-only" } else { "field-legend" }>{label}</legend>
            <div class="seg">{options}</div>
        </fieldset>
    }
}

/// A check box, or a switch.
#[component]
pub fn Check(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name in the form, and the id.
    #[prop(into)]
    name: String,
    /// The value that is sent if it is checked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    /// Checked initially.
    #[prop(optional)]
    checked: bool,
    /// Looks like a switch.
    #[prop(optional)]
    switch: bool,
    /// Places the box at the line's end, as in cells.
    #[prop(optional)]
    end: bool,
    /// A small line below.
    #[prop(optional, into)]
    note: Words,
) -> impl IntoView {
    view! {
        <label class=if end { "check end" } else { "check" }>
            <input
                type="checkbox"
                class=switch.then_some("switch")
                role=switch.then_some("switch")
                name=name.clone()
                id=name
                value=value
                checked=checked
            />
            <span>{label} {note.get().map(|note| view! { <small>{note}</small> })}</span>
        </label>
    }
}
