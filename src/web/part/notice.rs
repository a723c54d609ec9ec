//! Something to know: in the page, or floating for a moment.

use super::{Icon, Shape, Words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How good or bad the news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Take care.
    Warning,
    /// It did not work, or cannot be undone.
    Danger,
}

impl Tone {
    /// The class that colours a part.
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

    /// Bad news interrupts a screen reader, good news waits.
    const fn role(self) -> &'static str {
        match self {
            Self::Info | Self::Success => "status",
            Self::Warning | Self::Danger => "alert",
        }
    }
}

/// A box in the page: what happened, and as its children what to do.
#[component]
pub fn Notice(
    /// How good or bad the news is.
    #[prop(optional)]
    tone: Tone,
    /// What happened.
    #[prop(optional, into)]
    title: Words,
    /// A line with the number under which the log has it, already written out.
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

/// "Deleted · undo": a line that floats above the page's end for a while, longer under a mouse or with the focus in it. Without a
/// script it stands where a notice does, and stays. The children are its acts.
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
