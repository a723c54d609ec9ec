//! The content of a page, or the error instead of it.

use crate::{core::CoreError, web::action::Flash};
use leptos::prelude::*;

/// The content of a page.
pub struct PageContent {
    pub title: String,
    /// `narrow`, `medium`, or empty for the full width.
    pub width: &'static str,
    pub body: AnyView,
    /// How the page stands in the console; `None`: it is no page of the console.
    pub console: Option<ConsolePage>,
}

/// A page of the console: of rules, or of the administration.
pub struct ConsolePage {
    /// The entry of the navigation that the page belongs to.
    pub place: String,
    /// The heading with its buttons; `None`: the body has its own.
    pub head: Option<AnyView>,
    /// The body fills the sheet and its parts scroll by themselves; else the sheet scrolls as a whole.
    pub is_filled: bool,
    /// The target of the skip link, and its text; `None`: the sheet.
    pub skip: Option<(&'static str, &'static str)>,
    /// The steps of the checklist that are settled, and all; `None`: it has no entry in the navigation.
    pub start: Option<(usize, usize)>,
}

impl PageContent {
    /// One narrow column, for forms.
    pub fn narrow(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self::of(title, "narrow", body)
    }

    /// One column of reading width.
    pub fn medium(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self::of(title, "medium", body)
    }

    /// The full width.
    pub fn wide(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self::of(title, "", body)
    }

    /// One column of this width: a class.
    pub fn of(title: impl Into<String>, width: &'static str, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width, body: body.into_any(), console: None }
    }
}

/// Why a page is not shown.
pub enum PageError {
    /// Redirect to another page.
    Redirect(String),
    /// Redirect to another page with a flash.
    RedirectWithNotice(String, Box<Flash>),
    /// Show an error.
    Failed(CoreError),
}

impl From<CoreError> for PageError {
    fn from(error: CoreError) -> Self {
        Self::Failed(error)
    }
}
