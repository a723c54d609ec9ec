//! Buttons.

use super::Words;
use leptos::prelude::*;

/// A button's visual weight. One `Primary` on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// The page's main action.
    #[default]
    Primary,
    /// A secondary action.
    Plain,
    /// An action in a table row.
    Quiet,
    /// A destructive action.
    Danger,
    /// A link to a destructive action.
    PlainDanger,
    /// The same, in a row.
    QuietDanger,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Plain => "plain",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
            Self::PlainDanger => "plain danger",
            Self::QuietDanger => "quiet danger",
        }
    }

    fn classes(self, small: bool, block: bool) -> String {
        let small = if small { " small" } else { "" };
        let block = if block { " block" } else { "" };
        format!("button {}{small}{block}", self.class())
    }
}

/// The submit button of a form.
#[component]
pub fn Submit(
    /// The text.
    #[prop(into)]
    text: String,
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// Small, for rows and toolbars.
    #[prop(optional)]
    small: bool,
    /// As wide as its form.
    #[prop(optional)]
    block: bool,
    /// The name of the form field that identifies the button.
    #[prop(optional, into)]
    name: Words,
    /// The value of that field.
    #[prop(optional, into)]
    value: Words,
    /// An action other than the form's.
    #[prop(optional, into)]
    formaction: Words,
    /// The label for screen readers where the text alone is ambiguous ("删除规则 03").
    #[prop(optional, into)]
    label: Words,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=kind.classes(small, block)
            name=name.get()
            value=value.get()
            formaction=formaction.get()
            aria-label=label.get()
        >
            {text}
        </button>
    }
}

/// A link that looks like a button: it navigates and changes nothing.
#[component]
pub fn LinkButton(
    /// The target.
    #[prop(into)]
    href: String,
    /// The text.
    #[prop(into)]
    text: String,
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// Small, for rows and toolbars.
    #[prop(optional)]
    small: bool,
    /// As wide as its container.
    #[prop(optional)]
    block: bool,
) -> impl IntoView {
    view! { <a class=kind.classes(small, block) href=href>{text}</a> }
}
