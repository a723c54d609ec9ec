//! A QR code and its state.

use super::{Icon, Shape};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// The state of the code's session. A script that follows the state sets only the attribute `data-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QrState {
    /// Not scanned yet.
    #[default]
    Waiting,
    /// Scanned, to be confirmed on the phone.
    Scanned,
    /// Confirmed.
    Success,
    /// Expired.
    Expired,
    /// Refused on the phone.
    Refused,
    /// Failed.
    Error,
}

impl QrState {
    /// The value of `data-state`, and of `data-when` on elements that are shown in that state only.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scanned => "scanned",
            Self::Success => "success",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Error => "error",
        }
    }
}

/// The code, covered once it is unusable, and its state as text. Children are shown below: how to scan it, and the form that
/// requests a new one with `data-when="expired refused error"`.
#[component]
pub fn QrPanel(
    /// The language.
    lang: Lang,
    /// The picture's URL.
    #[prop(into)]
    src: String,
    /// What the code is for.
    #[prop(into)]
    alt: String,
    /// Its state when the page is rendered.
    #[prop(optional)]
    state: QrState,
    /// Further content of the panel.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <div class="qr" data-state=state.code()>
            <div class="qr-frame">
                <img src=src alt=alt width="240" height="240" />
                <div class="qr-veil" data-when="scanned success expired refused error">
                    <span data-when="scanned"><Icon shape=Shape::Phone /></span>
                    <span data-when="success" class="good"><Icon shape=Shape::Good /></span>
                    <span data-when="expired"><Icon shape=Shape::Clock /></span>
                    <span data-when="refused error" class="bad"><Icon shape=Shape::Bad /></span>
                </div>
            </div>
            <div class="qr-status" role="status">
                <p data-when="waiting"><span class="qr-wait"></span>{t.qr_waiting}</p>
                <p data-when="scanned">{t.qr_scanned}</p>
                <p data-when="success">{t.qr_success}</p>
                <p data-when="expired">{t.qr_expired}</p>
                <p data-when="refused">{t.qr_refused}</p>
                <p data-when="error">{t.qr_error}</p>
            </div>
            {children.map(|children| children())}
        </div>
    }
}
