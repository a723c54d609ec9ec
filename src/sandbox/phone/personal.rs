//! The buttons of the phone's own WeChat, and the files of its chat.

use super::request::{PhoneRequest, back_on};
use crate::{
    core::rule::media::Format,
    sandbox::{
        Phone,
        ilink::{Fault, FileKind, NumberAsked, Refusal, Scope},
        page::{owner_id, sample},
        text::personal::Personal as Texts,
    },
    web::component::Tone,
};
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;

const PAGE: &str = "/sandbox/personal";

/// The calls that a button makes fail.
const TIMES: usize = 3;

/// Scans a QR code.
pub async fn scan(at: PhoneRequest) -> Response {
    let number = if at.sent.kind == "number" { NumberAsked::Yes } else { NumberAsked::No };
    done(&at, |phone, owner| phone.platform.ilink().scan(owner, &at.sent.code, number, false))
}

/// Agrees to connect.
pub async fn confirm(at: PhoneRequest) -> Response {
    done(&at, |phone, owner| phone.platform.ilink().confirm(owner))
}

/// Refuses to connect.
pub async fn cancel(at: PhoneRequest) -> Response {
    done(&at, |phone, owner| phone.platform.ilink().cancel(owner))
}

pub async fn say(at: PhoneRequest) -> Response {
    done(&at, |phone, owner| phone.platform.ilink().say(owner, &at.sent.text))
}

/// Sends a sample that is not text.
pub async fn send(at: PhoneRequest) -> Response {
    let t = Texts::of(at.lang);
    let (kind, text) = match at.sent.kind.as_str() {
        "image" => (FileKind::Image, ""),
        "voice" => (FileKind::Voice, t.spoken),
        "video" => (FileKind::Video, ""),
        _ => (FileKind::File, "sample.txt"),
    };
    done(&at, |phone, owner| phone.platform.ilink().send_file(owner, kind, text, &sample(kind)))
}

/// Makes the platform fail.
pub async fn fault(at: PhoneRequest) -> Response {
    let (platform, owner) = (at.phone.platform.ilink(), owner_id(&at.sent.person));
    match at.sent.kind.as_str() {
        "expire" => platform.expire_token(&owner),
        "silent" => platform.inject(Scope::All, Fault::Hang, usize::MAX),
        "throttle" => platform.inject(Scope::Send, Fault::Ret(-2), TIMES),
        "frequency" => platform.inject(Scope::Send, Fault::Ret(-12), TIMES),
        "drop" => platform.inject(Scope::Send, Fault::Dropped, 1),
        "status" => platform.inject(Scope::Updates, Fault::Status(500), TIMES),
        "html" => platform.inject(Scope::Updates, Fault::Html, TIMES),
        "large" => platform.inject(Scope::Updates, Fault::Large, 1),
        "control" => platform.inject(Scope::Updates, Fault::Control, 1),
        "foreign" => platform.inject(Scope::Login, Fault::ForeignHost, 1),
        _ => platform.clear_faults(),
    }
    at.tell_on(PAGE, Tone::Success, Texts::of(at.lang).fault_set)
}

/// A file of the chat: pictures are shown, other files are downloaded.
pub async fn media(Extension(phone): Extension<Arc<Phone>>, Path(file): Path<String>) -> Response {
    let Some(bytes) = phone.platform.ilink().file(&file) else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(format) = Format::of(&bytes) {
        return ([(header::CONTENT_TYPE, format.media_type())], bytes).into_response();
    }
    let head = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")];
    (head, bytes).into_response()
}

/// Does what a button says for the person who holds the phone, and goes back to the page.
fn done(at: &PhoneRequest, act: impl FnOnce(&Phone, &str) -> Result<(), Refusal>) -> Response {
    let (t, person) = (Texts::of(at.lang), &at.sent.person);
    if at.phone.platform.person(person).is_none() {
        return at.tell_on(PAGE, Tone::Warning, t.no_person);
    }
    let why = match act(&at.phone, &owner_id(person)) {
        Ok(()) => return back_on(PAGE, person),
        Err(Refusal::NoCode) => t.no_code,
        Err(Refusal::NothingScanned) => t.no_scan,
        Err(Refusal::NoBot) => t.no_bot,
        Err(Refusal::Empty) => t.no_empty,
        Err(Refusal::TooLong) => t.no_too_long,
    };
    at.tell_on(PAGE, Tone::Warning, why)
}
