//! Rows of name, value and action, like a phone's settings.

use super::{Icon, Kind, Shape, Submit, Words};
use leptos::prelude::*;

/// The colour of a row's icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tint {
    #[default]
    Plain,
    Brand,
    Info,
    Warning,
    Danger,
}

impl Tint {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "cell-icon",
            Self::Brand => "cell-icon brand",
            Self::Info => "cell-icon info",
            Self::Warning => "cell-icon warning",
            Self::Danger => "cell-icon danger",
        }
    }
}

/// A group of [`Cell`]s.
#[component]
pub fn Cells(
    /// The heading above it.
    #[prop(optional, into)]
    title: Words,
    /// A line below it.
    #[prop(optional, into)]
    note: Words,
    /// The rows have icons, or the space of one.
    #[prop(optional)]
    iconed: bool,
    /// The cells.
    children: Children,
) -> impl IntoView {
    let class = if iconed { "cells iconed" } else { "cells" };
    view! {
        <section class="cells-group">
            {title.get().map(|title| view! { <h2>{title}</h2> })} <ul class=class>{children()}</ul>
            {note.get().map(|note| view! { <p class="cells-note">{note}</p> })}
        </section>
    }
}

/// One row. With `href` the whole row is a link; children are shown at its end as actions.
#[component]
pub fn Cell(
    /// The name.
    #[prop(into)]
    label: String,
    /// A small line below the name.
    #[prop(optional, into)]
    note: Words,
    /// The value.
    #[prop(optional, into)]
    value: Words,
    /// The target of the row's link.
    #[prop(optional, into)]
    href: Words,
    /// The icon at the start of the row.
    #[prop(optional)]
    icon: Option<Shape>,
    /// The icon's colour.
    #[prop(optional)]
    tint: Tint,
    /// Instead of an icon, its space: the row belongs to the one above it.
    #[prop(optional)]
    indent: bool,
    /// A button or switch; not together with `href`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let words = view! {
        {icon.map(|shape| view! { <Icon shape class=tint.class() /> })}
        {indent.then(|| view! { <span class="cell-icon"></span> })}
        <span class="cell-label">{label} {note.get().map(|note| view! { <small>{note}</small> })}</span>
        {value.get().map(|value| view! { <span class="cell-value">{value}</span> })}
    };
    let row = match href.get() {
        Some(href) => view! { <a class="cell" href=href>{words} <Icon shape=Shape::Right class="go" /></a> }.into_any(),
        None => view! {
            <div class="cell">
                {words} {children.map(|children| view! { <div class="cell-action">{children()}</div> })}
            </div>
        }
        .into_any(),
    };
    view! { <li>{row}</li> }
}

/// A row with a switch, in a form of its own. A script submits the form at every change; without a script its button does.
#[component]
pub fn SwitchCell(
    /// The name.
    #[prop(into)]
    label: String,
    /// A small line below the name.
    #[prop(optional, into)]
    note: Words,
    /// The id of the switch.
    id: &'static str,
    /// The action that receives `on=1`, or no `on`.
    #[prop(into)]
    action: String,
    /// True if it is on.
    checked: bool,
    /// The text of the button.
    #[prop(into)]
    save: String,
    /// The icon at the start of the row.
    #[prop(optional)]
    icon: Option<Shape>,
    /// The icon's colour.
    #[prop(optional)]
    tint: Tint,
) -> impl IntoView {
    // `autocomplete`: otherwise browsers restore an older position when the user goes back.
    view! {
        <li>
            <form class="cell-form" method="post" action=action data-instant>
                <label class="cell tall">
                    {icon.map(|shape| view! { <Icon shape class=tint.class() /> })}
                    <span class="cell-label">{label} {note.get().map(|note| view! { <small>{note}</small> })}</span>
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        id=id
                        name="on"
                        value="1"
                        checked=checked
                        autocomplete="off"
                    />
                </label>
                <Submit text=save kind=Kind::Plain small=true />
            </form>
        </li>
    }
}
