//! The platform's HTTP APIs that the program calls.
//!
//! An error is JSON with an `errcode` and HTTP status 200. An unknown path answers 40066, so that a call that the fake
//! platform does not implement is noticed. Facts: docs/WECHAT.md, 4.

mod account;
mod call;
mod custom;
mod media;
mod mini;
mod qr_code;
mod right;
mod token;
mod user;
mod web;

use super::{fault, fault_injection::Injection, state::PlatformState};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use call::{Call, Reply};
use serde_json::json;
use std::sync::Arc;

/// The largest call: a video in a form.
const BODY_MAX_BYTES: usize = 12 * 1024 * 1024;

/// The server's only route: [`answer`] dispatches every call.
pub(super) fn router(state: Arc<PlatformState>) -> Router {
    Router::new().fallback(take).layer(DefaultBodyLimit::max(BODY_MAX_BYTES)).with_state(state)
}

async fn take(
    State(state): State<Arc<PlatformState>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match state.faults.on_call(uri.path()) {
        Some(Injection::Errcode(code)) => {
            return render(Reply::Json(json!({ "errcode": code, "errmsg": format!("injected rid: {}", rid(&state)) })));
        }
        Some(Injection::Status(status)) => {
            return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        Some(Injection::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Injection::Hang) => std::future::pending().await,
        None => {}
    }
    let call = Call::new(&method, &uri, headers, body);
    let reply = answer(&state, uri.path(), &call).await;
    render(reply.unwrap_or_else(|fault| Reply::Json(fault.json(&rid(&state)))))
}

/// Dispatches a call by its path.
async fn answer(state: &PlatformState, path: &str, call: &Call) -> Result<Reply, fault::Fault> {
    match path {
        "/cgi-bin/stable_token" => token::stable(state, call).await,
        "/cgi-bin/token" => token::classic(state, call).await,
        "/cgi-bin/getcallbackip" => account::callback_ips(state, call),
        "/cgi-bin/get_current_autoreply_info" => account::autoreply(state, call).await,
        "/cgi-bin/openapi/quota/get" => right::quota(state, call),
        "/cgi-bin/callback/check" => right::callback_check(state, call),
        "/cgi-bin/get_current_selfmenu_info" => right::current_menu(state, call),
        "/cgi-bin/menu/get" => right::own_menu(state, call),
        "/cgi-bin/material/get_materialcount" => right::material_count(state, call),
        "/cgi-bin/template/get_all_private_template" => right::templates(state, call),
        "/cgi-bin/qrcode/create" => qr_code::create(state, call).await,
        "/cgi-bin/showqrcode" => qr_code::show(state, call).await,
        "/cgi-bin/user/info" => user::info(state, call),
        "/cgi-bin/message/custom/send" => custom::send(state, call).await,
        "/cgi-bin/message/custom/typing" => custom::typing(state, call),
        "/cgi-bin/media/upload" => media::upload(state, call).await,
        "/cgi-bin/media/get" => media::get(state, call).await,
        "/sns/jscode2session" => mini::session(state, call).await,
        "/sns/oauth2/access_token" => web::access_token(state, call).await,
        "/sns/userinfo" => web::userinfo(state, call),
        path => match path.strip_prefix("/video/") {
            Some(media_id) => media::video(state, media_id).await,
            None => Err(fault::ADDRESS),
        },
    }
}

fn render(reply: Reply) -> Response {
    match reply {
        Reply::Json(value) => {
            ([(header::CONTENT_TYPE, "application/json; encoding=utf-8")], value.to_string()).into_response()
        }
        Reply::TextJson(value) => ([(header::CONTENT_TYPE, "text/plain")], value.to_string()).into_response(),
        Reply::Picture(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        Reply::File(kind, bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Reply::NotFound => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A request id, as the platform puts it into its messages.
fn rid(state: &PlatformState) -> String {
    let digits = super::credentials::digits(state.rng.as_ref(), 8);
    let (one, other) = digits.split_at(8);
    format!("{one}-{other}")
}
