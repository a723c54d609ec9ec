//! Parses a button's form, and redirects back to the page.

use crate::text::Lang;
use crate::{
    http::{client::Client, cookie::Jar, state::AppState},
    sandbox::{Phone, page::refused, platform::Refusal, text::Sandbox as Texts},
    web::{
        action::{Flash, flash},
        component::Tone,
    },
};
use axum::{
    Form,
    extract::{FromRequest, Request, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use url::form_urlencoded::byte_serialize;

/// The fields of all forms; each form has some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// The openid of the user who holds the phone.
    pub person: String,
    pub nickname: String,
    pub text: String,
    pub kind: String,
    pub key: String,
    /// Id and content of a tapped link, as a query.
    pub tap: String,
    /// The scanned or pasted content of a code.
    pub code: String,
    /// Not empty: the user agrees to follow before the scan.
    pub follow: String,
}

/// A button that was pressed.
pub struct PhoneRequest {
    pub state: AppState,
    pub phone: Arc<Phone>,
    pub lang: Lang,
    pub address: String,
    pub sent: Sent,
}

impl FromRequest<AppState> for PhoneRequest {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let phone =
            request.extensions().get::<Arc<Phone>>().cloned().ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
        let lang = lang_of(request.headers());
        let address = request.extensions().get::<Client>().map(|c| c.address.to_string()).unwrap_or_default();
        let Form(sent) = Form::from_request(request, state).await.map_err(FormRejection::into_response)?;
        Ok(Self { state: state.clone(), phone, lang, address, sent })
    }
}

impl PhoneRequest {
    /// The page's texts.
    pub fn texts(&self) -> &'static Texts {
        Texts::of(self.lang)
    }

    /// Redirects back and asks whether to follow first.
    pub fn ask_to_follow(&self) -> Response {
        see(&format!("/sandbox?person={}&scan={}#scan", encoded(&self.sent.person), encoded(&self.sent.code)))
    }

    /// Redirects back with a notice above the page.
    pub fn redirect_with_notice(&self, tone: Tone, text: impl Into<String>) -> Response {
        self.redirect_with_notice_on("/sandbox", tone, text)
    }

    /// The same for another page of the phone.
    pub fn redirect_with_notice_on(&self, page: &str, tone: Tone, text: impl Into<String>) -> Response {
        let mut response = see(&format!("{page}?person={}", encoded(&self.sent.person)));
        let flash = Flash::notice(tone, text).seal(&self.state.ctx());
        if let Some(cookie) = Jar::Flash.write(&flash, flash::MAX_AGE_SECS, self.state.ctx().settings.is_https) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Redirects back with the reason of a refusal.
    pub fn refuse(&self, refusal: Refusal) -> Response {
        self.redirect_with_notice(Tone::Warning, refused(self.lang, refusal))
    }
}

/// Redirects back to this user's phone.
pub fn back_to(person: &str) -> Response {
    back_on("/sandbox", person)
}

/// The same for another page of the phone.
pub fn back_on(page: &str, person: &str) -> Response {
    see(&format!("{page}?person={}#phone", encoded(person)))
}

fn see(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn lang_of(headers: &HeaderMap) -> Lang {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    Lang::of_request(None, text(header::COOKIE), text(header::ACCEPT_LANGUAGE))
}
