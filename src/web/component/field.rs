//! A text field or text area with its label, hint and error.

use super::{Icon, Shape, Words};
use crate::text::Lang;
use crate::web::{escape::inside_textarea, text::Common};
use leptos::prelude::*;

/// An input with its label. An error is shown at the field and takes the focus; of several, the browser focuses the
/// first.
#[component]
#[expect(clippy::fn_params_excessive_bools, reason = "each is an attribute, named where it is set")]
pub fn Field(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name in the form, and the id.
    #[prop(into)]
    name: String,
    /// The input's `type`.
    #[prop(default = "text")]
    kind: &'static str,
    /// The initial value. Never a password.
    #[prop(optional, into)]
    value: Words,
    /// The error.
    #[prop(optional, into)]
    error: Words,
    /// The hint.
    #[prop(optional, into)]
    hint: Words,
    /// A mark at the label's end: "选填".
    #[prop(optional, into)]
    mark: Words,
    /// An example.
    #[prop(optional, into)]
    placeholder: Words,
    /// What a password manager may fill in; set it on every field of a sign-in form.
    #[prop(optional, into)]
    autocomplete: Words,
    /// Which keyboard a phone shows.
    #[prop(optional, into)]
    inputmode: Words,
    /// A pattern that the browser also checks.
    #[prop(optional, into)]
    pattern: Words,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// The longest value, in UTF-16 units as browsers count.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Shows how much of `maxlength` is used.
    #[prop(optional)]
    count: bool,
    /// Takes the focus when the page loads.
    #[prop(optional)]
    autofocus: bool,
    /// A code, in large digits.
    #[prop(optional)]
    digits: bool,
    /// For a password: a switch in this language that shows it, hidden until the page's script works.
    #[prop(optional)]
    reveal: Option<Lang>,
) -> impl IntoView {
    let wrong = error.is_some();
    let wire = Wire::new(&name, &hint, &error);
    let used = value.clone().get().map_or(0, |text| text.encode_utf16().count());
    let counter = maxlength.filter(|_| count).map(|max| counter(&name, used, max));
    let id = name.clone();
    let input = view! {
        <input
            class=if digits { "input digits-input" } else { "input" }
            id=id.clone()
            name=name
            type=kind
            value=value.get()
            placeholder=placeholder.get()
            autocomplete=autocomplete.get()
            inputmode=inputmode.get()
            pattern=pattern.get()
            required=required
            maxlength=maxlength
            autofocus=autofocus || wrong
            aria-invalid=wrong.then_some("true")
            aria-describedby=wire.described_by.clone()
        />
    };
    view! {
        <div class="field">
            <div class="field-top">
                <label for=id>{label}</label>
                {mark.get().map(|mark| view! { <span class="field-mark">{mark}</span> })} {counter}
            </div>
            {match reveal { Some(lang) => revealable(input, lang).into_any(), None => input.into_any() }}
            {wire.below(hint, error)}
        </div>
    }
}

/// A text area. Its counter counts bytes, as the limits of WeChat's replies do.
#[component]
pub fn Area(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name in the form, and the id.
    #[prop(into)]
    name: String,
    /// The initial value.
    #[prop(optional, into)]
    value: Words,
    /// The error.
    #[prop(optional, into)]
    error: Words,
    /// The hint.
    #[prop(optional, into)]
    hint: Words,
    /// An example.
    #[prop(optional, into)]
    placeholder: Words,
    /// Height in lines.
    #[prop(default = 4)]
    rows: u32,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// The limit in bytes of UTF-8, shown as a meter.
    #[prop(optional)]
    max_bytes: Option<u32>,
    /// Takes the focus when the page loads.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let wrong = error.is_some();
    let wire = Wire::new(&name, &hint, &error);
    let text = value.or("");
    let counter = max_bytes.map(|max| counter(&name, text.len(), max));
    view! {
        <div class="field">
            <div class="field-top">
                <label for=name.clone()>{label}</label>
                {counter}
            </div>
            <textarea
                class="input"
                id=name.clone()
                name=name
                rows=rows
                placeholder=placeholder.get()
                required=required
                autofocus=autofocus || wrong
                aria-invalid=wrong.then_some("true")
                aria-describedby=wire.described_by.clone()
            >
                {inside_textarea(&text)}
            </textarea>
            {wire.below(hint, error)}
        </div>
    }
}

/// The lines below a control, and the ids for its `aria-describedby`.
pub(super) struct Wire {
    hint_id: String,
    error_id: String,
    /// The ids of the lines; `None` without lines.
    pub(super) described_by: Option<String>,
}

impl Wire {
    pub(super) fn new(name: &str, hint: &Words, error: &Words) -> Self {
        let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
        let mut ids = Vec::new();
        // Screen readers read the error first.
        if error.is_some() {
            ids.push(error_id.as_str());
        }
        if hint.is_some() {
            ids.push(hint_id.as_str());
        }
        let described_by = (!ids.is_empty()).then(|| ids.join(" "));
        Self { hint_id, error_id, described_by }
    }

    pub(super) fn below(self, hint: Words, error: Words) -> impl IntoView {
        let Self { hint_id, error_id, .. } = self;
        (
            error.get().map(|error| {
                view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{error}</span></p> }
            }),
            hint.get().map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> }),
        )
    }
}

/// A password with the switch that shows it. The switch has no name with the word "password": the field's label must stay unique.
fn revealable(input: impl IntoView, lang: Lang) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <div class="with-end">
            {input}
            <button type="button" data-reveal=t.hide hidden>{t.show}</button>
        </div>
    }
}

/// "12 / 2048": rendered by the server, updated by the page's script.
fn counter(name: &str, used: usize, max: u32) -> impl IntoView + use<> {
    view! {
        <span class="count" data-count=name.to_owned() data-max=max>
            {used}
            " / "
            {max}
        </span>
    }
}
