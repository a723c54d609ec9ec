//! Notices in the page, and toasts.

use super::{Icon, Shape, Words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Tone {
    /// Information.
    #[default]
    Info,
    /// Success.
    Success,
    /// A warning.
    Warning,
    /// A failure, or an action that cannot be undone.
    Danger,
}

impl Tone {
    /// The CSS class of the colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Info => Shape::Info,
            Self::Success => Shape::Good,
            Self::Warning => Shape::Warning,
            Self::Danger => Shape::Bad,
        }
    }

    /// Screen readers announce bad news immediately, good news later.
    const fn role(self) -> &'static str {
        match self {
            Self::Info | Self::Success => "status",
            Self::Warning | Self::Danger => "alert",
        }
    }
}

/// A notice in the page: what happened, and as its children what to do.
#[component]
pub fn Notice(
    /// The kind.
    #[prop(optional)]
    tone: Tone,
    /// What happened.
    #[prop(optional, into)]
    title: Words,
    /// The line with the request id in the log, already formatted.
    #[prop(optional, into)]
    request_id: Words,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=format!("notice {}", tone.class()) role=tone.role()>
            <Icon shape=tone.shape() />
            <div>
                {title.get().map(|title| view! { <p><strong>{title}</strong></p> })}
                {children.map(|children| children())}
                {request_id.get().map(|id| view! { <p class="notice-id">{id}</p> })}
            </div>
        </div>
    }
}

/// "Deleted · undo": a line that floats above the page's end for a while, longer while hovered or focused. Without a script it is
/// shown as a notice, and stays. The children are its buttons.
#[component]
pub fn Toast(
    /// What happened.
    #[prop(into)]
    text: String,
    /// A form with an undo button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="toasts" data-toast>
            <div class="toast">
                <Icon shape=Shape::Check />
                <span role="status">{text}</span>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
