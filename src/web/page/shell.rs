//! Renders a page: identifies the visitor, then shows the page's content, a redirect or an error.

use super::{
    PageContent, PageError, PageRequest, Visitor,
    error::failed,
    frame::frame,
    path::with_next,
    visitor_frame::{VisitorContent, visitor_frame},
};
use crate::{core::CoreError, web::form::ReturnedForm};
use leptos::prelude::*;

/// The content of a page, which knows its frame.
pub trait Framed: Send + 'static {
    /// The document's body.
    fn framed(self, visitor: &Visitor) -> AnyView;
}

impl Framed for PageContent {
    fn framed(self, visitor: &Visitor) -> AnyView {
        frame(visitor, self)
    }
}

impl Framed for VisitorContent {
    fn framed(self, visitor: &Visitor) -> AnyView {
        visitor_frame(visitor, self)
    }
}

/// A whole page, rendered once all its data is loaded.
pub fn page<Made, Content>(make: impl FnOnce(Visitor) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<Content, PageError>> + Send + 'static,
    Content: Framed,
{
    let request = PageRequest::now();
    view! { <Suspense>{Suspend::new(async move { render(request, make).await })}</Suspense> }
}

async fn render<Made, Content>(request: PageRequest, make: impl FnOnce(Visitor) -> Made + Send + 'static) -> AnyView
where
    Made: Future<Output = Result<Content, PageError>> + Send + 'static,
    Content: Framed,
{
    let visitor = match Visitor::of(request.clone()).await {
        Ok(visitor) => visitor,
        Err(error) => return failed(&Visitor::anonymous(request), &error),
    };
    if let Some(ReturnedForm::Failed(error)) = request.returned() {
        return failed(&visitor, error);
    }
    match make(visitor.clone()).await {
        Ok(content) => content.framed(&visitor),
        Err(PageError::Redirect(path)) => {
            request.redirect(&path);
            ().into_any()
        }
        Err(PageError::RedirectWithNotice(path, flash)) => {
            request.set_flash(&flash);
            request.redirect(&path);
            ().into_any()
        }
        Err(PageError::Failed(CoreError::NotSignedIn)) => {
            request.redirect(&with_next("/login", &request.prefs.address));
            ().into_any()
        }
        Err(PageError::Failed(error)) => failed(&visitor, &error),
    }
}
