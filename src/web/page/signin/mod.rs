//! `/signin`: the page that waits for a phone, whichever of the three doors it comes through.

mod collect;
mod door;
mod end;

pub use collect::done;

use super::{Halt, Here, Leaf, Visitor, page, register::steps};
use crate::{
    core::signin::{Purpose, Secrets, Status, View, begin},
    web::{
        action::Flash,
        part::{Notice, PageHead, Stepper, Tone},
        text::{fill, signin::Signin},
    },
};
use leptos::{nonce::use_nonce, prelude::*};

#[component]
pub fn SigninPage() -> impl IntoView {
    page(signin)
}

async fn signin(visitor: Visitor) -> Result<Leaf, Halt> {
    let here = &visitor.here;
    let lang = here.lang();
    let t = Signin::of(lang);
    let (secrets, view) = open(&visitor).await?;
    match view.status {
        Status::Success => return Err(Halt::Go("/signin/done".to_owned())),
        Status::Waiting | Status::Scanned => {}
        Status::Expired | Status::Refused | Status::Error => return Ok(end::page(&visitor, &view, &secrets)),
    }
    let title = title(t, view.purpose);
    let body = view! {
        {asked(here, &view).then(|| view! { <Notice tone=Tone::Info><p>{t.not_yet}</p></Notice> })}
        {is_register(&view).then(|| view! { <Stepper lang steps=steps(lang) current=2 /> })}
        <PageHead title=title />
        <div class="stack wide" data-signin="" data-state=view.status.as_str() data-poll=secrets.poll().to_owned()>
            {door::all(&visitor, &view, &secrets)}
        </div>
        {script()}
    };
    Ok(Leaf::narrow(title, body))
}

/// The session that this browser began, where its page has something to show.
async fn open(visitor: &Visitor) -> Result<(Secrets, View), Halt> {
    let here = &visitor.here;
    let home = if visitor.user.is_some() { "/me" } else { "/login" };
    let over = || {
        let notice = Box::new(Flash::notice(Tone::Warning, Signin::of(here.lang()).over));
        Halt::Tell(home.to_owned(), notice)
    };
    let secrets = here.secrets().ok_or_else(over)?;
    let view = begin::view(&here.ctx, &secrets).await?.filter(|view| !view.is_collected).ok_or_else(over)?;
    if view.purpose == Purpose::Reset {
        return Err(Halt::Go("/forgot".to_owned()));
    }
    Ok((secrets, view))
}

/// An error about a code, with how many tries are left.
pub fn with_guesses(here: &Here, view: &View, error: &str) -> String {
    if view.guesses_left == here.ctx.settings.settings.limits.guesses_per_session {
        return error.to_owned();
    }
    fill(Signin::of(here.lang()).guesses_left, &[("error", error), ("n", &view.guesses_left.to_string())])
}

fn title(t: &'static Signin, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Register => t.title_register,
        Purpose::Login | Purpose::Reset => t.title_login,
        Purpose::Bind => t.title_bind,
    }
}

/// Somebody says that they have done it, and nothing has come yet.
fn asked(here: &Here, view: &View) -> bool {
    here.has("asked") && view.status == Status::Waiting
}

fn is_register(view: &View) -> bool {
    view.purpose == Purpose::Register
}

/// Follows the session's state, and renews what has expired.
fn script() -> impl IntoView {
    view! { <script src="/signin.js" nonce=use_nonce() defer="true"></script> }
}
