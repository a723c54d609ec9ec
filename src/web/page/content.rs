//! The content of a page, or the error instead of it.

use crate::{core::CoreError, web::action::Flash};
use leptos::prelude::*;

/// The content of a page.
pub struct PageContent {
    pub title: String,
    /// `narrow`, `medium`, or empty for the full width.
    pub width: &'static str,
    pub body: AnyView,
}

impl PageContent {
    /// One narrow column, for forms.
    pub fn narrow(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "narrow", body: body.into_any() }
    }

    /// One column of reading width.
    pub fn medium(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "medium", body: body.into_any() }
    }

    /// The full width.
    pub fn wide(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "", body: body.into_any() }
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
