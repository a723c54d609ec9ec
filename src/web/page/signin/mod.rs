//! `/signin`: the page that waits for the phone, for all three sign-in methods.

mod door;
mod end;

use super::{PageContent, PageError, PageRequest, Visitor, page, register::steps};
use crate::{
    core::signin::{Purpose, Secrets, Status, View, begin},
    web::{
        action::Flash,
        component::{Notice, PageHead, Stepper, Tone},
        text::{fill, signin::Signin},
    },
};
use leptos::prelude::*;

#[component]
pub fn SigninPage() -> impl IntoView {
    page(signin)
}

async fn signin(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Signin::of(lang);
    let (secrets, view) = open(&visitor).await?;
    match view.status {
        Status::Success if request.has("go") => return Ok(end::agreed(&visitor, &view)),
        Status::Success => return Err(PageError::Redirect("/signin/done".to_owned())),
        Status::Waiting | Status::Scanned => {}
        Status::Expired | Status::Refused | Status::Error => return Ok(end::page(&visitor, &view, &secrets)),
    }
    let title = title(t, view.purpose);
    let body = view! {
        {claims_confirmed(request, &view).then(|| view! { <Notice tone=Tone::Info><p>{t.not_yet}</p></Notice> })}
        {is_register(&view).then(|| view! { <Stepper lang steps=steps(lang) current=2 /> })}
        <PageHead title=title />
        <div class="stack wide" data-signin="" data-state=view.status.as_str() data-poll=secrets.poll().to_owned()>
            {door::all(&visitor, &view, &secrets)}
        </div>
        {script()}
    };
    Ok(PageContent::narrow(title, body))
}

/// The sign-in session of this browser, if its page has something to show.
async fn open(visitor: &Visitor) -> Result<(Secrets, View), PageError> {
    let request = &visitor.request;
    let home = if visitor.user.is_some() { "/me" } else { "/login" };
    let over = || {
        let notice = Box::new(Flash::notice(Tone::Warning, Signin::of(request.lang()).over));
        PageError::RedirectWithNotice(home.to_owned(), notice)
    };
    let secrets = request.secrets().ok_or_else(over)?;
    let view = begin::view(&request.ctx, &secrets).await?.filter(|view| !view.is_collected).ok_or_else(over)?;
    if view.purpose == Purpose::Reset {
        return Err(PageError::Redirect("/forgot".to_owned()));
    }
    Ok((secrets, view))
}

/// An error about a code, with the number of tries left.
pub fn with_guesses(request: &PageRequest, view: &View, error: &str) -> String {
    if view.guesses_left == request.ctx.settings.settings.limits.guesses_per_session {
        return error.to_owned();
    }
    fill(Signin::of(request.lang()).guesses_left, &[("error", error), ("n", &view.guesses_left.to_string())])
}

fn title(t: &'static Signin, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Register => t.title_register,
        Purpose::Login | Purpose::Reset => t.title_login,
        Purpose::Bind => t.title_bind,
    }
}

/// The user says that they have confirmed, and nothing has arrived yet.
fn claims_confirmed(request: &PageRequest, view: &View) -> bool {
    request.has("asked") && view.status == Status::Waiting
}

fn is_register(view: &View) -> bool {
    view.purpose == Purpose::Register
}

/// Follows the session's state, and renews an expired session.
fn script() -> impl IntoView {
    super::script("/signin.js")
}
