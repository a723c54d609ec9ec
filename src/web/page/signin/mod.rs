//! `/signin`: the page of a sign-in session of this browser: it waits for the phone, or says how the session ended.

mod code_form;
mod end;
mod gate;
mod received;
mod wechat;

pub use gate::{Gate, gate_class, script, with_guesses};

use super::{PageError, PageRequest, Visitor, VisitorContent, page, visitor_frame::corner_link};
use crate::{
    core::signin::{Purpose, Secrets, Status, View, begin},
    web::{
        action::Flash,
        component::{Fold, Says, Tone},
        text::signin::Signin,
    },
};
use code_form::{code_form, code_section};
use leptos::prelude::*;

#[component]
pub fn SigninPage() -> impl IntoView {
    page(signin)
}

async fn signin(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let (secrets, view) = open(&visitor).await?;
    let gate = Gate::of(&visitor, &view, &secrets);
    match view.status {
        Status::Success if visitor.request.has("go") => return Ok(end::agreed(&gate)),
        Status::Success => return Err(PageError::Redirect("/signin/done".to_owned())),
        Status::Waiting | Status::Scanned => {}
        Status::Expired | Status::Refused | Status::Error => return Ok(end::page(&gate)),
    }
    let body = if gate.has_wrong_code() {
        let first = view! { <section class="half panel">{code_form(&gate)}</section> }.into_any();
        let instead = wechat::digits_instead(&gate, gate.t.instead);
        waiting(&gate, first, view! { <section class="half panel">{instead}</section> }.into_any())
    } else {
        waiting(&gate, wechat::first_part(&gate), beside(&gate))
    };
    Ok(VisitorContent::new(gate.title(), corner(&gate), body))
}

/// The second part of the page: the other ways.
fn beside(gate: &Gate<'_>) -> AnyView {
    let is_scan = gate.reach() == gate::Reach::Scan && gate.view.purpose != Purpose::Login;
    let digits = is_scan.then(|| wechat::digits_instead(gate, gate.t.cannot_scan));
    view! { <section class="half panel ways">{digits} {code_section(gate)}</section> }.into_any()
}

/// A page that waits: what the account says, two parts side by side, and what replaces them once something was received.
pub fn waiting(gate: &Gate<'_>, first: AnyView, second: AnyView) -> AnyView {
    let t = gate.t;
    let state = gate.view.status.as_str();
    view! {
        <div class=gate_class(gate.device()) data-signin="" data-state=state data-poll=gate.secrets.poll().to_owned()>
            <Says lines=gate.lines() />
            <div class="whole" data-when="waiting"><div class="halves">{first} {second}</div></div>
            {received::received_part(gate)}
            {check(t)}
        </div>
        {script()}
    }
    .into_any()
}

/// The typed code on a page whose second part is the password.
pub fn code_fold(gate: &Gate<'_>) -> AnyView {
    let form = code_form(gate);
    view! { <div class="cells"><Fold name=gate.t.type_title>{form}</Fold></div> }.into_any()
}

/// The first way on the sign-in page.
pub fn first_part(gate: &Gate<'_>) -> AnyView {
    wechat::first_part(gate)
}

/// For browsers in which the page does not continue by itself: without a script, or while its connection is lost.
pub fn check(t: &'static Signin) -> impl IntoView {
    view! {
        <div class="check" data-part="check" data-check="">
            <a class="button plain block" href="/signin?asked">{t.check}</a>
            <noscript>
                <p class="small-text soft center">{t.reloads} " " <a href="/signin?still">{t.stay}</a></p>
            </noscript>
        </div>
    }
}

/// The chosen name with the way back to it.
fn corner(gate: &Gate<'_>) -> AnyView {
    match (&gate.view.username, gate.view.purpose) {
        (Some(name), Purpose::Register) => view! {
            <a class="top-link" href="/register"><b class="top-name">{name.clone()}</b><span class="top-go">{gate.t.change}</span></a>
        }
        .into_any(),
        (_, Purpose::Login) => corner_link("/login".to_owned(), gate.t.with_password),
        _ => ().into_any(),
    }
}

/// The sign-in session of this browser, if its page has something to show.
async fn open(visitor: &Visitor) -> Result<(Secrets, View), PageError> {
    let request = &visitor.request;
    let home = if visitor.user.is_some() { "/me" } else { "/login" };
    let over = || {
        let notice = Box::new(Flash::notice(Tone::Warning, Signin::of(request.lang()).over));
        PageError::RedirectWithNotice(home.to_owned(), notice)
    };
    let (secrets, view) = own_session(request).await?.ok_or_else(over)?;
    if view.purpose == Purpose::Reset {
        return Err(PageError::Redirect("/forgot".to_owned()));
    }
    Ok((secrets, view))
}

/// The sign-in session that this browser has begun and not collected.
pub async fn own_session(request: &PageRequest) -> Result<Option<(Secrets, View)>, PageError> {
    let Some(secrets) = request.secrets() else { return Ok(None) };
    let view = begin::view(&request.ctx, &secrets).await?.filter(|view| !view.is_collected);
    Ok(view.map(|view| (secrets, view)))
}
