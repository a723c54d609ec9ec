//! The buttons, one by one.

use super::at::{At, back_to};
use crate::{
    sandbox::platform::{AccountKind, Act, Refusal},
    text::fill,
    web::part::Tone,
};
use axum::response::Response;
use std::time::Duration;
use url::form_urlencoded;

/// The page comes no later than this; an answer that takes longer shows up by itself, or with the next look.
const PATIENCE: Duration = Duration::from_secs(4);

pub async fn add_person(at: At) -> Response {
    match at.phone.platform.add_person(&at.sent.nickname).await {
        Ok(openid) => back_to(&openid),
        Err(refusal) => at.refuse(refusal),
    }
}

pub async fn follow(at: At) -> Response {
    act(at, Act::Follow).await
}

pub async fn unfollow(at: At) -> Response {
    act(at, Act::Unfollow).await
}

pub async fn say(at: At) -> Response {
    let said = Act::text(at.sent.text.clone());
    act(at, said).await
}

/// What a phone can send besides words.
pub async fn send(at: At) -> Response {
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

/// An item of the account's menu.
pub async fn click(at: At) -> Response {
    let key = at.sent.key.clone();
    act(at, Act::Click { key }).await
}

/// A link in an answer that sends words.
pub async fn tap(at: At) -> Response {
    let field = |name: &str| {
        let mut pairs = form_urlencoded::parse(at.sent.tap.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let tapped = Act::Text { content: field("content"), menu_id: Some(field("id")) };
    act(at, tapped).await
}

/// A QR code. Somebody who does not follow is asked first, unless they have agreed already.
pub async fn scan(at: At) -> Response {
    let code = at.sent.code.clone();
    let scan = if at.sent.follow.is_empty() { Act::Scan { code } } else { Act::FollowAndScan { code } };
    act(at, scan).await
}

/// A login code of one of the owner's other apps, as their clients get one from WeChat.
pub async fn make_code(at: At) -> Response {
    let (platform, person) = (&at.phone.platform, &at.sent.person);
    let (made, text) = match at.sent.kind.as_str() {
        "web" => (platform.new_web_code(person).await, at.texts().code_web_made),
        _ => (platform.new_js_code(person).await, at.texts().code_mini_made),
    };
    match made {
        Ok(code) => at.tell(Tone::Success, fill(text, &[("code", &code)])),
        Err(refusal) => at.refuse(refusal),
    }
}

/// Another kind of account, to see the other ways to sign in.
pub async fn switch_account(at: At) -> Response {
    let (kind, text) = match at.sent.kind.as_str() {
        "personal" => (AccountKind::PersonalSubscription, at.texts().is_personal),
        _ => (AccountKind::VerifiedService, at.texts().is_verified),
    };
    at.phone.platform.set_kind(kind).await;
    // What the platform refused before is no longer true.
    at.state.ctx.doors.reopen();
    at.state.ctx.post.reopen();
    at.tell(Tone::Success, text)
}

async fn act(at: At, act: Act) -> Response {
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
