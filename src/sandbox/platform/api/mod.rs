//! The platform's HTTP interfaces, as far as the product calls them.
//!
//! A refusal is JSON with an `errcode` under HTTP status 200. What is not here answers 40066, so that a call of the product
//! that the stand-in does not know is noticed. Facts: docs/WECHAT.md, 4.

mod account;
mod call;
mod custom;
mod media;
mod mini;
mod qr_code;
mod token;
mod user;
mod web;

use super::{desk::Desk, fault, knob::Injection};
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

/// The largest call: a video in its form.
const BODY_MAX_BYTES: usize = 12 * 1024 * 1024;

/// The server's only route: everything is decided by [`answer`].
pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new().fallback(take).layer(DefaultBodyLimit::max(BODY_MAX_BYTES)).with_state(desk)
}

async fn take(State(desk): State<Arc<Desk>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    match desk.knobs.on_call(uri.path()) {
        Some(Injection::Errcode(code)) => {
            return render(Reply::Json(json!({ "errcode": code, "errmsg": format!("injected rid: {}", rid(&desk)) })));
        }
        Some(Injection::Status(status)) => {
            return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        Some(Injection::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Injection::Hang) => std::future::pending().await,
        None => {}
    }
    let call = Call::new(&method, &uri, headers, body);
    let reply = answer(&desk, uri.path(), &call).await;
    render(reply.unwrap_or_else(|fault| Reply::Json(fault.json(&rid(&desk)))))
}

/// Every interface there is.
async fn answer(desk: &Desk, path: &str, call: &Call) -> Result<Reply, fault::Fault> {
    match path {
        "/cgi-bin/stable_token" => token::stable(desk, call).await,
        "/cgi-bin/token" => token::classic(desk, call).await,
        "/cgi-bin/getcallbackip" => account::callback_ips(desk, call),
        "/cgi-bin/get_current_autoreply_info" => account::autoreply(desk, call).await,
        "/cgi-bin/qrcode/create" => qr_code::create(desk, call).await,
        "/cgi-bin/showqrcode" => qr_code::show(desk, call).await,
        "/cgi-bin/user/info" => user::info(desk, call),
        "/cgi-bin/message/custom/send" => custom::send(desk, call).await,
        "/cgi-bin/message/custom/typing" => custom::typing(desk, call),
        "/cgi-bin/media/upload" => media::upload(desk, call).await,
        "/cgi-bin/media/get" => media::get(desk, call).await,
        "/sns/jscode2session" => mini::session(desk, call).await,
        "/sns/oauth2/access_token" => web::access_token(desk, call).await,
        "/sns/userinfo" => web::userinfo(desk, call),
        path => match path.strip_prefix("/video/") {
            Some(media_id) => media::video(desk, media_id).await,
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

/// The id of a request, as the platform puts it into its messages.
fn rid(desk: &Desk) -> String {
    let digits = super::credentials::digits(desk.chance.as_ref(), 8);
    let (one, other) = digits.split_at(8);
    format!("{one}-{other}")
}
