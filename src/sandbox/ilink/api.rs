//! The calls: their routes, the token, and injected faults.

use super::call::{BAD_REQUEST, Call, Refused, STALE};
use super::fault::{Fault, Scope};
use super::state::State;
use super::{cdn, login, send, update};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Query, State as Shared},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The largest call of the API.
const BODY_MAX_BYTES: usize = 256 * 1024;
/// The size of a large answer.
const LARGE_BYTES: usize = 5 * 1024 * 1024;

pub(super) fn router(state: Arc<State>) -> Router {
    let api = Router::new()
        .route("/ilink/bot/get_bot_qrcode", post(qr_code))
        .route("/ilink/bot/get_qrcode_status", get(qr_status))
        .route("/ilink/bot/{call}", post(bot))
        .route("/ilink/bot/msg/{call}", post(bot))
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES));
    api.merge(cdn::router()).with_state(state)
}

async fn qr_code(
    Shared(state): Shared<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        let body: Value = serde_json::from_slice(&body).map_err(|_| BAD_REQUEST)?;
        if query.get("bot_type").is_none_or(|kind| kind != "3") || !has_head(&headers) {
            return Err(BAD_REQUEST);
        }
        login::create(&state, &body)
    };
    respond(state.faults.take(Scope::All), answer).await
}

async fn qr_status(
    Shared(state): Shared<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let fault = state.faults.take(Scope::Login);
    let answer = async {
        if !has_app(&headers) {
            return Err(BAD_REQUEST);
        }
        let handle = query.get("qrcode").map_or("", String::as_str);
        let answer = login::status(&state, handle, query.get("verify_code").map(String::as_str)).await?;
        Ok(if fault == Some(Fault::ForeignHost) { login::foreign(answer) } else { answer })
    };
    respond(fault.filter(|fault| *fault != Fault::ForeignHost), answer).await
}

/// Each call of a connected bot.
async fn bot(Shared(state): Shared<Arc<State>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path();
    let scope = match path {
        "/ilink/bot/getupdates" => Scope::Updates,
        "/ilink/bot/sendmessage" => Scope::Send,
        _ => Scope::All,
    };
    let fault = state.faults.take(scope);
    let answer = async {
        let body = authorised(&state, &headers, &body).inspect_err(|_| state.touch())?;
        let is_dropped = fault == Some(Fault::Dropped);
        match path {
            "/ilink/bot/getupdates" => update::updates(&state, body).await,
            "/ilink/bot/sendmessage" if is_dropped => Ok(json!({ "ret": 0 })),
            "/ilink/bot/sendmessage" => send::message(&state, &body),
            "/ilink/bot/getconfig" => send::config(&state, &body),
            "/ilink/bot/sendtyping" => send::typing(&state, &body),
            "/ilink/bot/getuploadurl" => cdn::upload_url(&state, &body),
            "/ilink/bot/msg/notifystart" => Ok(send::notified(&state, &body, true)),
            "/ilink/bot/msg/notifystop" => Ok(send::notified(&state, &body, false)),
            _ => Err(BAD_REQUEST),
        }
    };
    respond(fault.filter(|fault| *fault != Fault::Dropped), answer).await
}

/// The token, and what the platform's headers and body must have.
fn authorised(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<Call, Refused> {
    let body: Value = serde_json::from_slice(body).map_err(|_| BAD_REQUEST)?;
    let base = &body["base_info"];
    if !has_head(headers) || !base["channel_version"].is_string() || !base["bot_agent"].is_string() {
        return Err(BAD_REQUEST);
    }
    let token = text(headers, header::AUTHORIZATION.as_str()).strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let owner = state.world().owner_of(&token).ok_or(STALE)?;
    Ok(Call { owner, token, body })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn has_app(headers: &HeaderMap) -> bool {
    text(headers, "ilink-app-id") == "bot" && text(headers, "ilink-app-clientversion").parse::<u32>().is_ok()
}

/// True for the headers of a POST: `X-WECHAT-UIN` is base64 of a 32-bit number.
fn has_head(headers: &HeaderMap) -> bool {
    let uin = STANDARD.decode(text(headers, "x-wechat-uin")).ok().and_then(|uin| String::from_utf8(uin).ok());
    has_app(headers)
        && text(headers, "authorizationtype") == "ilink_bot_token"
        && uin.is_some_and(|uin| uin.parse::<u32>().is_ok())
}

/// The answer, or what an injected fault makes of it.
async fn respond(fault: Option<Fault>, answer: impl Future<Output = Result<Value, Refused>>) -> Response {
    let page = || Html("<html><body><h1>Bad Gateway</h1></body></html>");
    match fault {
        Some(Fault::Ret(ret)) => return rendered(&Refused(ret, "injected").json().to_string()),
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, page()).into_response();
        }
        Some(Fault::Html) => return page().into_response(),
        Some(Fault::Hang) => std::future::pending().await,
        _ => {}
    }
    let answer = answer.await.unwrap_or_else(Refused::json).to_string();
    match fault {
        Some(Fault::Cut) => {
            let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
            Body::from_stream(broken).into_response()
        }
        Some(Fault::Large) => {
            rendered(&answer.replacen('{', &format!("{{\"filler\":\"{}\",", "x".repeat(LARGE_BYTES)), 1))
        }
        Some(Fault::Control) => rendered(&answer.replacen('{', "{\"errmsg\":\"a\u{1}b\u{0}\nc\\u0007\",", 1)),
        _ => rendered(&answer),
    }
}

fn rendered(json: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json.to_owned()).into_response()
}
