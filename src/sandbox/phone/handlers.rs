//! The handlers of the buttons.

use super::request::{PhoneRequest, back_to};
use crate::{
    sandbox::platform::{AccountKind, Act, Refusal},
    text::fill,
    web::component::Tone,
};
use axum::response::Response;
use std::time::Duration;
use url::form_urlencoded;

/// The page is answered after this time at the latest; a later reply of the account appears by an event or on reload.
const PATIENCE: Duration = Duration::from_secs(4);

pub async fn add_person(at: PhoneRequest) -> Response {
    match at.phone.platform.add_person(&at.sent.nickname).await {
        Ok(openid) => back_to(&openid),
        Err(refusal) => at.refuse(refusal),
    }
}

pub async fn follow(at: PhoneRequest) -> Response {
    act(at, Act::Follow).await
}

pub async fn unfollow(at: PhoneRequest) -> Response {
    act(at, Act::Unfollow).await
}

pub async fn say(at: PhoneRequest) -> Response {
    let content = Act::text(at.sent.text.clone());
    act(at, content).await
}

/// Sends a sample that is not text.
pub async fn send(at: PhoneRequest) -> Response {
    let sample = match at.sent.kind.as_str() {
        "image" => Act::Image,
        "voice" => Act::Voice,
        "video" => Act::Video,
        "location" => Act::Location,
        "link" => Act::Link,
        "sticker" => Act::Sticker,
        _ => return at.refuse(Refusal::Empty),
    };
    act(at, sample).await
}

/// Taps an item of the account's menu.
pub async fn click(at: PhoneRequest) -> Response {
    let key = at.sent.key.clone();
    act(at, Act::Click { key }).await
}

/// Taps a link in a reply that sends text.
pub async fn tap(at: PhoneRequest) -> Response {
    let field = |name: &str| {
        let mut pairs = form_urlencoded::parse(at.sent.tap.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let tapped = Act::Text { content: field("content"), menu_id: Some(field("id")) };
    act(at, tapped).await
}

/// Scans a QR code. A user who does not follow is asked first, unless they have agreed already.
pub async fn scan(at: PhoneRequest) -> Response {
    let code = at.sent.code.clone();
    let scan = if at.sent.follow.is_empty() { Act::Scan { code } } else { Act::FollowAndScan { code } };
    act(at, scan).await
}

/// Issues a login code of one of the owner's other apps, as WeChat would to its clients.
pub async fn make_code(at: PhoneRequest) -> Response {
    let (platform, person) = (&at.phone.platform, &at.sent.person);
    let (made, text) = match at.sent.kind.as_str() {
        "web" => (platform.new_web_code(person).await, at.texts().code_web_made),
        _ => (platform.new_js_code(person).await, at.texts().code_mini_made),
    };
    match made {
        Ok(code) => at.redirect_with_notice(Tone::Success, fill(text, &[("code", &code)])),
        Err(refusal) => at.refuse(refusal),
    }
}

/// Switches the kind of account, to show the other sign-in methods.
pub async fn switch_account(at: PhoneRequest) -> Response {
    let (kind, text) = match at.sent.kind.as_str() {
        "personal" => (AccountKind::PersonalSubscription, at.texts().is_personal),
        _ => (AccountKind::VerifiedService, at.texts().is_verified),
    };
    at.phone.platform.set_kind(kind).await;
    // Earlier refusals of the platform no longer apply.
    at.state.ctx().account.qr_availability.reopen();
    at.state.ctx().account.media_uploads.reopen();
    at.redirect_with_notice(Tone::Success, text)
}

async fn act(at: PhoneRequest, act: Act) -> Response {
    let person = &at.sent.person;
    match at.phone.platform.act_in_background(person, &act).await {
        Ok(answering) => {
            tokio::time::timeout(PATIENCE, answering).await.ok();
            back_to(person)
        }
        Err(Refusal::MustFollow) if matches!(act, Act::Scan { .. }) => at.ask_to_follow(),
        Err(refusal) => at.refuse(refusal),
    }
}
