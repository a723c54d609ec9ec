//! What every page has around it, and what is shown instead of a page.

use super::{Here, Visitor, path::with_next};
use crate::{
    core::CoreError,
    http::{cookie::Jar, state::AppState},
    web::{
        action::Flash,
        part::{Account, Footer, LinkButton, NavLink, Notice, TopBar},
        text::{Common, fill},
    },
};
use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page's own part.
pub struct Leaf {
    pub title: String,
    /// `narrow`, `medium`, or nothing for the whole width.
    pub width: &'static str,
    pub body: AnyView,
}

impl Leaf {
    /// For a visitor with a thumb: one column.
    pub fn narrow(title: impl Into<String>, body: impl IntoView + 'static) -> Result<Self, Halt> {
        Ok(Self { title: title.into(), width: "narrow", body: body.into_any() })
    }

    /// A column that is read.
    pub fn medium(title: impl Into<String>, body: impl IntoView + 'static) -> Result<Self, Halt> {
        Ok(Self { title: title.into(), width: "medium", body: body.into_any() })
    }

    /// The whole width.
    pub fn wide(title: impl Into<String>, body: impl IntoView + 'static) -> Result<Self, Halt> {
        Ok(Self { title: title.into(), width: "", body: body.into_any() })
    }
}

/// Why a page is not shown.
pub enum Halt {
    /// Another one is.
    Go(String),
    /// Another one is, and says this.
    Tell(String, Flash),
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

/// The page that says why there is none.
pub fn failed(visitor: &Visitor, error: &CoreError) -> AnyView {
    let here = &visitor.here;
    let t = Common::of(here.lang());
    let (status, title, todo) = match error {
        CoreError::NotFound => (StatusCode::NOT_FOUND, t.error_not_found, t.error_not_found_do),
        CoreError::Forbidden => (StatusCode::FORBIDDEN, t.error_forbidden, t.error_forbidden_do),
        CoreError::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, t.error_too_many, t.error_too_many_do),
        CoreError::Unavailable | CoreError::Busy => {
            (StatusCode::SERVICE_UNAVAILABLE, t.error_server, t.error_server_do)
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, t.error_server, t.error_server_do),
    };
    if status.is_server_error() {
        tracing::error!(%error, path = here.path(), "a page could not be made");
    }
    here.set_status(status);
    let id = fill(t.request_id, &[("id", &here.client.request_id)]);
    let body = view! {
        <section class="card gone">
            <div class="card-body">
                <p class="gone-code num" aria-hidden="true">{status.as_str().to_owned()}</p>
                <h1>{title}</h1>
                <p class="soft">{todo}</p>
                <LinkButton href="/" text=t.home block=true />
                <p class="small-text soft">{id}</p>
            </div>
        </section>
    };
    frame(visitor, Leaf { title: title.to_owned(), width: "narrow", body: body.into_any() })
}

fn frame(visitor: &Visitor, leaf: Leaf) -> AnyView {
    let here = &visitor.here;
    let (lang, prefs) = (here.lang(), here.prefs.clone());
    let t = Common::of(lang);
    let Leaf { title, width, body } = leaf;
    if here.cookie(Jar::Flash).is_some() {
        here.set_cookie(Jar::Flash, "", 0);
    }
    let account = visitor.user.as_ref().map(|user| Account {
        name: user.nickname.clone(),
        links: vec![NavLink::new("/me", t.me, here.path()), NavLink::new("/replies", t.replies, here.path())],
        sign_out: "/do/sign-out".to_owned(),
    });
    let mut nav = Vec::new();
    if account.is_some() {
        nav.push(NavLink::new("/me", t.me, here.path()));
        nav.push(NavLink::new("/replies", t.replies, here.path()));
    }
    let has_sandbox = expect_context::<AppState>().sandbox.is_some();
    if has_sandbox {
        nav.push(NavLink::new("/sandbox", t.sandbox, here.path()));
    }
    let sign_in = if here.path() == "/" { "/login" } else { "" };
    view! {
        <Title text=format!("{title} · {}", t.brand) />
        <TopBar prefs nav account sign_in />
        <main id="main" tabindex="-1">
            <div class=format!("page {width}").trim_end().to_owned()>
                {told(visitor)}
                {body}
            </div>
        </main>
        <Footer lang />
    }
    .into_any()
}

/// What the last act has to say.
fn told(visitor: &Visitor) -> Option<impl IntoView + use<>> {
    let Flash { notice, request_id, .. } = visitor.flash.clone();
    let (tone, text) = notice?;
    let id = request_id.map(|id| fill(Common::of(visitor.here.lang()).request_id, &[("id", &id)]));
    Some(view! { <Notice tone request_id=id><p>{text}</p></Notice> })
}
