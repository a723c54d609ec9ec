//! `/sandbox`: the selection of a user, their phone, the codes to scan, and the account.

mod account;
mod bubble;
mod chat;
mod key;
mod people;
mod personal;
mod piece;
mod scan;

pub use bubble::PICTURE;
pub use personal::{PersonalPage, owner_id, sample};

use self::{chat::MenuItem, scan::OpenCode};
use super::{
    Phone,
    access::Admission,
    platform::{PersonView, Refusal},
    text::Sandbox,
};
use crate::text::Lang;
use crate::{
    core::CoreError,
    web::{
        component::PageHead,
        page::{PageContent, PageError, Visitor, page, script},
    },
};
use axum::http::request::Parts;
use leptos::prelude::*;
use std::sync::Arc;

/// The phone; empty if there is a real account.
#[component]
pub fn SandboxPage() -> impl IntoView {
    page(sandbox)
}

/// The data that the sections of the page show.
struct Shown {
    lang: Lang,
    t: &'static Sandbox,
    phone: Arc<Phone>,
    people: Vec<PersonView>,
    /// The user who holds the phone.
    person: PersonView,
    /// The codes that wait for their scan.
    codes: Vec<OpenCode>,
    /// The account's menu.
    menu: Vec<MenuItem>,
    /// The code that is scanned once this user follows; usually empty.
    asking: String,
    now_ms: i64,
}

impl Shown {
    fn is_follower(&self) -> bool {
        self.person.follow.is_some()
    }
}

async fn sandbox(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let extensions = expect_context::<Parts>().extensions;
    let phone = extensions.get::<Arc<Phone>>().cloned().ok_or(CoreError::NotFound)?;
    // The path may have a spelling that the access layer does not recognize: only its recorded decision counts here.
    let admission = extensions.get().copied().unwrap_or(Admission::Refused);
    match admission {
        Admission::Refused => return Err(CoreError::NotFound.into()),
        Admission::KeyNeeded => return Ok(key::ask(request)),
        Admission::Local | Admission::Keyed => {}
    }
    // Read first: a change during rendering then triggers a later update.
    let revision = *phone.platform.revisions().borrow();
    let (lang, people, wanted) = (request.lang(), phone.platform.people(), request.query("person"));
    // There is always a user: the sandbox starts with one, and users are never deleted.
    let person = people.iter().find(|p| p.openid == wanted).or_else(|| people.last()).cloned();
    let person = person.ok_or(CoreError::NotFound)?;
    let t = Sandbox::of(lang);
    let codes = scan::open_codes(&request.ctx, t, phone.platform.codes()).await?;
    let menu = chat::menu_items(&request.ctx).await?;
    let (asking, now_ms) = (request.query("scan"), request.ctx.now());
    let shown = Shown { lang, t, phone, people, person, codes, menu, asking, now_ms };
    let body = view! {
        <PageHead title=t.title note=t.intro />
        <div class="sandbox" data-revision=revision>
            {people::people(&shown)}
            {chat::chat(&shown)}
            {scan::scan(&shown)}
            {account::account(&shown)}
            {(admission == Admission::Local).then(|| key::share(&shown))}
        </div>
        <form id="sandbox-tap" method="post" action="/sandbox/tap" hidden>
            <input type="hidden" name="person" value=shown.person.openid.clone() />
        </form>
        {script("/sandbox.js")}
    };
    Ok(PageContent::wide(t.title, body))
}

/// The text for a refused action.
pub(super) fn refused(lang: Lang, refusal: Refusal) -> &'static str {
    let t = Sandbox::of(lang);
    match refusal {
        Refusal::UnknownPerson => t.unknown_person,
        Refusal::MustFollow => t.no_must_follow,
        Refusal::FollowsAlready => t.no_follows_already,
        Refusal::Empty => t.no_empty,
        Refusal::TooLong => t.no_too_long,
        Refusal::Crowded => t.no_crowded,
        Refusal::ForeignCode => t.no_foreign_code,
        Refusal::CodeExpired => t.no_code_expired,
    }
}
