//! Things to press.

use super::Words;
use leptos::prelude::*;

/// How much weight a button has. One `Primary` on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Something else that may be done.
    Plain,
    /// A small act in a row.
    Quiet,
    /// Does what cannot be undone.
    Danger,
    /// Leads to something dangerous.
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

/// The button that sends its form.
#[component]
pub fn Submit(
    /// The act, named.
    #[prop(into)]
    text: String,
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// For rows and tools.
    #[prop(optional)]
    small: bool,
    /// As wide as its form.
    #[prop(optional)]
    block: bool,
    /// The field that says which button it was.
    #[prop(optional, into)]
    name: Words,
    /// That field's value.
    #[prop(optional, into)]
    value: Words,
    /// Another address than the form's.
    #[prop(optional, into)]
    formaction: Words,
    /// What a screen reader says where the text alone is ambiguous ("删除规则 03").
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

/// A link that looks like a button: it leads somewhere and changes nothing.
#[component]
pub fn LinkButton(
    /// Where to.
    #[prop(into)]
    href: String,
    /// The place or act, named.
    #[prop(into)]
    text: String,
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// For rows and tools.
    #[prop(optional)]
    small: bool,
    /// As wide as what it stands in.
    #[prop(optional)]
    block: bool,
) -> impl IntoView {
    view! { <a class=kind.classes(small, block) href=href>{text}</a> }
}
