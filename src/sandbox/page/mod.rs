//! `/sandbox`: whose phone, the phone, what there is to scan, and the account.

mod account;
mod bubble;
mod chat;
mod people;
mod piece;
mod scan;

pub use bubble::PICTURE;

use super::{
    Phone,
    platform::{PersonView, Refusal},
    text::Sandbox,
};
use crate::text::Lang;
use crate::{
    core::CoreError,
    http::state::AppState,
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::PageHead,
    },
};
use leptos::{nonce::use_nonce, prelude::*};
use std::sync::Arc;

/// The phone; nothing where there is a real account.
#[component]
pub fn SandboxPage() -> impl IntoView {
    page(sandbox)
}

/// What the parts of the page show.
struct Shown {
    lang: Lang,
    t: &'static Sandbox,
    phone: Arc<Phone>,
    people: Vec<PersonView>,
    /// Whose phone it is.
    person: Option<PersonView>,
    /// The code that waits until this person follows; mostly empty.
    asking: String,
    now_ms: i64,
}

impl Shown {
    /// The openid in the forms; empty for nobody.
    fn openid(&self) -> String {
        self.person.as_ref().map(|p| p.openid.clone()).unwrap_or_default()
    }

    fn is_follower(&self) -> bool {
        self.person.as_ref().is_some_and(|p| p.follow.is_some())
    }
}

async fn sandbox(visitor: Visitor) -> Result<Leaf, Halt> {
    let here = &visitor.here;
    let phone = expect_context::<AppState>().sandbox.ok_or(CoreError::NotFound)?;
    // Asked for first: what changes while the page is made is told of afterwards.
    let revision = *phone.platform.revisions().borrow();
    let (lang, people, wanted) = (here.lang(), phone.platform.people(), here.query("person"));
    let person = people.iter().find(|p| p.openid == wanted).or_else(|| people.last()).cloned();
    let t = Sandbox::of(lang);
    let shown = Shown { lang, t, phone, people, person, asking: here.query("scan"), now_ms: here.ctx.now() };
    let body = view! {
        <PageHead title=t.title note=t.lead />
        <div class="sandbox" data-revision=revision>
            {people::people(&shown)}
            {chat::chat(&shown)}
            {scan::scan(&shown)}
            {account::account(&shown)}
        </div>
        <form id="sandbox-tap" method="post" action="/sandbox/tap" hidden>
            <input type="hidden" name="person" value=shown.openid() />
        </form>
        <script src="/sandbox.js" nonce=use_nonce() defer="true"></script>
    };
    Ok(Leaf::wide(t.title, body))
}

/// Why something was not done, in words.
pub(super) fn refused(lang: Lang, refusal: Refusal) -> &'static str {
    let t = Sandbox::of(lang);
    match refusal {
        Refusal::Nobody => t.no_nobody,
        Refusal::MustFollow => t.no_must_follow,
        Refusal::FollowsAlready => t.no_follows_already,
        Refusal::Empty => t.no_empty,
        Refusal::TooLong => t.no_too_long,
        Refusal::Crowded => t.no_crowded,
        Refusal::ForeignCode => t.no_foreign_code,
        Refusal::CodeExpired => t.no_code_expired,
    }
}
