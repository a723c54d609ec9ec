//! `/sandbox/personal`: the own WeChat of a user, with the bot that they connected.

mod chat;
mod scan;
mod side;

use crate::text::Lang;
use crate::{
    core::CoreError,
    sandbox::{
        Phone,
        access::Admission,
        ilink::{FileKind, OwnerView},
        platform::PersonView,
        text::personal::Personal,
    },
    web::{
        component::{Kind, LinkButton, PageHead},
        page::{PageContent, PageError, Visitor, page, script},
    },
};
use axum::http::request::Parts;
use image::{ImageFormat, RgbImage};
use leptos::prelude::*;
use std::{io::Cursor, sync::Arc};

/// The phone's own WeChat; empty if there is a real account.
#[component]
pub fn PersonalPage() -> impl IntoView {
    page(personal)
}

/// The data that the sections of the page show.
struct Shown {
    lang: Lang,
    t: &'static Personal,
    phone: Arc<Phone>,
    people: Vec<PersonView>,
    person: PersonView,
    owner: OwnerView,
    now_ms: i64,
}

/// The id that a user of the sandbox has for iLink.
pub fn owner_id(openid: &str) -> String {
    format!("{openid}@im.wechat")
}

/// A file to send: a picture that can be seen, or bytes that only have to arrive.
pub fn sample(kind: FileKind) -> Vec<u8> {
    match kind {
        FileKind::Image => picture(),
        FileKind::Voice => b"#!SILK_V3 sandbox".to_vec(),
        FileKind::Video => b"\0\0\0\x18ftypmp42 sandbox".to_vec(),
        FileKind::File => "沙箱里的文件\n".as_bytes().to_vec(),
    }
}

/// A colour gradient as PNG.
fn picture() -> Vec<u8> {
    let shade = |at: u32| u8::try_from(at.min(255)).unwrap_or(u8::MAX);
    let picture = RgbImage::from_fn(160, 120, |x, y| image::Rgb([7, 120 + shade(y), 60 + shade(x)]));
    let mut bytes = Cursor::new(Vec::new());
    // Writing into memory does not fail.
    picture.write_to(&mut bytes, ImageFormat::Png).ok();
    bytes.into_inner()
}

async fn personal(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let extensions = expect_context::<Parts>().extensions;
    let phone = extensions.get::<Arc<Phone>>().cloned().ok_or(CoreError::NotFound)?;
    // As on the other page: only the recorded decision of the access layer counts.
    if !extensions.get::<Admission>().is_some_and(|admission| admission.is_open()) {
        return Err(CoreError::NotFound.into());
    }
    let revision = *phone.platform.revisions().borrow();
    let (lang, people, wanted) = (request.lang(), phone.platform.people(), request.query("person"));
    let person = people.iter().find(|p| p.openid == wanted).or_else(|| people.last()).cloned();
    let person = person.ok_or(CoreError::NotFound)?;
    let owner = phone.platform.ilink().owner(&owner_id(&person.openid));
    let t = Personal::of(lang);
    let shown = Shown { lang, t, phone, people, person, owner, now_ms: request.ctx.now() };
    let back = format!("/sandbox?person={}", shown.person.openid);
    let body = view! {
        <PageHead title=t.title note=t.intro>
            <LinkButton href=back text=t.back kind=Kind::Plain />
        </PageHead>
        <div class="sandbox" data-revision=revision>
            {side::people(&shown)}
            {chat::chat(&shown)}
            {scan::scan(&shown)}
            {side::faults(&shown)}
        </div>
        {script("/sandbox.js")}
    };
    Ok(PageContent::wide(t.title, body))
}
