//! How a page is made: who looks is found out, its own part is made, or something else is shown instead.

use super::{Here, Visitor, failed::failed, frame::frame, path::with_next};
use crate::{core::CoreError, web::action::Flash};
use leptos::prelude::*;

/// A page's own part.
pub struct Leaf {
    pub title: String,
    /// `narrow`, `medium`, or nothing for the whole width.
    pub width: &'static str,
    pub body: AnyView,
}

impl Leaf {
    /// For a visitor with a thumb: one column.
    pub fn narrow(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "narrow", body: body.into_any() }
    }

    /// A column that is read.
    pub fn medium(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "medium", body: body.into_any() }
    }

    /// The whole width.
    pub fn wide(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), width: "", body: body.into_any() }
    }
}

/// Why a page is not shown.
pub enum Halt {
    /// Another one is.
    Go(String),
    /// Another one is, and says this.
    Tell(String, Box<Flash>),
    /// It cannot be.
    Failed(CoreError),
}

impl From<CoreError> for Halt {
    fn from(error: CoreError) -> Self {
        Self::Failed(error)
    }
}

/// A whole page, made once everything on it is known.
pub fn page<Made>(make: impl FnOnce(Visitor) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<Leaf, Halt>> + Send + 'static,
{
    let here = Here::now();
    view! { <Suspense>{Suspend::new(async move { settle(here, make).await })}</Suspense> }
}

async fn settle<Made>(here: Here, make: impl FnOnce(Visitor) -> Made + Send + 'static) -> AnyView
where
    Made: Future<Output = Result<Leaf, Halt>> + Send + 'static,
{
    let visitor = match Visitor::of(here.clone()).await {
        Ok(visitor) => visitor,
        Err(error) => return failed(&Visitor::stranger(here), &error),
    };
    match make(visitor.clone()).await {
        Ok(leaf) => frame(&visitor, leaf),
        Err(Halt::Go(path)) => {
            here.go(&path);
            ().into_any()
        }
        Err(Halt::Tell(path, flash)) => {
            here.leave(&flash);
            here.go(&path);
            ().into_any()
        }
        Err(Halt::Failed(CoreError::NotSignedIn)) => {
            here.go(&with_next("/login", &here.prefs.here));
            ().into_any()
        }
        Err(Halt::Failed(error)) => failed(&visitor, &error),
    }
}
