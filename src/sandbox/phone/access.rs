//! The access layer of the sandbox: carries out the decisions of [`access`](crate::sandbox::access).

use super::request::PhoneRequest;
use crate::{
    http::{client::Client, cookie::Jar, state::AppState},
    sandbox::{
        Phone,
        access::{Admission, KeyRefusal},
    },
    web::{component::Tone, page::qr_png},
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;
use url::form_urlencoded;

/// The address of the key form.
const KEY_PATH: &str = "/sandbox/key";
/// The cookie's lifetime. It also becomes invalid when the program ends.
const COOKIE_SECS: i64 = 7 * 24 * 3600;

/// Records the access of each request, and answers requests to `/sandbox` and below that have no access.
pub async fn admit(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if !state.has_sandbox() {
        // An account has taken its place.
        request.extensions_mut().remove::<Arc<Phone>>();
    }
    let admission = admission(&state, &request);
    request.extensions_mut().insert(admission);
    let path = request.uri().path();
    if path != "/sandbox" && !path.starts_with("/sandbox/") {
        return next.run(request).await;
    }
    if phone_of(&request).is_none() {
        return plain(StatusCode::NOT_FOUND, "沙箱已经停用。\nThe sandbox has ended.\n");
    }
    match admission {
        Admission::Refused => {
            tracing::warn!("a request for the sandbox under a foreign name or through a proxy was refused");
            let text =
                "沙箱只能用本机或局域网地址直接打开。\nThe sandbox can be opened directly by a private address only.\n";
            plain(StatusCode::MISDIRECTED_REQUEST, text)
        }
        _ if path == "/sandbox" && request.method() == Method::GET && key_of(&request).is_some() => {
            by_link(&state, request, next).await
        }
        Admission::KeyNeeded if path != "/sandbox" && path != KEY_PATH => {
            plain(StatusCode::FORBIDDEN, "请先在 /sandbox 输入沙箱密钥。\nEnter the sandbox key at /sandbox first.\n")
        }
        _ => next.run(request).await,
    }
}

fn admission(state: &AppState, request: &Request) -> Admission {
    let client = request.extensions().get::<Client>();
    let (Some(phone), Some(client)) = (phone_of(request), client) else { return Admission::Refused };
    let cookie = Jar::Sandbox.read(request.headers(), false);
    phone.access.decide((request.headers(), request.uri()), client.address, cookie, &state.ctx().settings.public_url)
}

/// The link in the QR code: redirects a browser with the right key to the address without it; others get the key form.
async fn by_link(state: &AppState, request: Request, next: Next) -> Response {
    let key = key_of(&request).unwrap_or_default();
    let pass = match (phone_of(&request), request.extensions().get::<Client>()) {
        (Some(phone), Some(client)) => phone.access.enter(&key, client.address, state.ctx().now()).ok(),
        _ => None,
    };
    match pass {
        Some(pass) => opened(pass),
        None => next.run(request).await,
    }
}

fn phone_of(request: &Request) -> Option<&Arc<Phone>> {
    request.extensions().get()
}

fn key_of(request: &Request) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key").map(|(_, value)| value.into_owned())
}

/// Redirects to the phone and sets the cookie.
fn opened(pass: &str) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/sandbox")]).into_response();
    if let Some(cookie) = Jar::Sandbox.write(pass, COOKIE_SECS, false) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /sandbox/key`
pub async fn enter_key(Extension(client): Extension<Client>, at: PhoneRequest) -> Response {
    match at.phone.access.enter(at.sent.key.trim(), client.address, at.state.ctx().now()) {
        Ok(pass) => opened(pass),
        Err(KeyRefusal::Wrong) => at.redirect_with_notice(Tone::Danger, at.texts().key_wrong),
        Err(KeyRefusal::TooMany) => at.redirect_with_notice(Tone::Danger, at.texts().key_too_many),
    }
}

/// `GET /sandbox/key.png`: the link for another device, shown on this machine only.
pub async fn key_picture(
    Extension(phone): Extension<Arc<Phone>>,
    Extension(admission): Extension<Admission>,
) -> Response {
    qr_png(phone.access.link().filter(|_| admission == Admission::Local)).await
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
