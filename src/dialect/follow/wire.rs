//! Requests and responses as JSON.

use crate::core::{
    credit::Credits,
    image::paid::Paid,
    signin::follow::{self, Progress, Shown},
};
use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The credits that remain after a call that costs credits.
pub const REMAINING: HeaderName = HeaderName::from_static("x-credits-remaining");
/// The call's cost in credits.
pub const COST: HeaderName = HeaderName::from_static("x-credits-cost");

/// `POST /auth/wechat/qrcode`.
#[derive(Debug, Deserialize)]
pub struct Qrcode {
    pub client_id: String,
}

#[derive(Debug, Serialize)]
struct QrcodeAnswer<'a> {
    client_id: &'a str,
    scene_id: String,
    ticket: String,
    url: String,
    qrcode_url: String,
    /// Seconds.
    expires_in: u32,
    expires_at: Option<String>,
    poll_token: String,
}

pub fn qrcode(client_id: &str, shown: Shown) -> Response {
    Json(QrcodeAnswer {
        client_id,
        scene_id: shown.scene,
        ticket: shown.ticket,
        url: shown.url,
        qrcode_url: shown.picture_url,
        expires_in: follow::TTL_SECS,
        expires_at: written(shown.expires_at),
        poll_token: shown.poll,
    })
    .into_response()
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
struct Followed<'a> {
    client_id: &'a str,
    followed: bool,
    status: &'static str,
    openid: Option<String>,
    credits: Option<i64>,
    token: Option<String>,
    completed_at: Option<String>,
}

pub fn followed(client_id: &str, state: follow::State) -> Response {
    let status = match state.progress {
        Progress::Pending => "pending",
        Progress::Completed => "completed",
        Progress::Expired => "expired",
    };
    Json(Followed {
        client_id,
        followed: state.is_following,
        status,
        openid: state.openid,
        credits: state.credits,
        token: state.token,
        completed_at: state.completed_at.and_then(written),
    })
    .into_response()
}

#[derive(Debug, Serialize)]
struct Balance {
    openid: Option<String>,
    credits: i64,
    total_granted: i64,
    total_spent: i64,
}

pub fn credits(openid: Option<String>, credits: Credits) -> Response {
    let Credits { balance, granted, spent } = credits;
    Json(Balance { openid, credits: balance, total_granted: granted, total_spent: spent }).into_response()
}

pub fn picture(paid: Paid) -> Response {
    let kind = HeaderValue::from_static(paid.picture.format.media_type());
    let mut response = ([(header::CONTENT_TYPE, kind)], paid.picture.bytes).into_response();
    set_credits(&mut response, paid.cost, paid.remaining);
    response
}

/// Sets the headers with an edit's cost and the credits that remain.
pub fn set_credits(response: &mut Response, cost: i64, remaining: i64) {
    response.headers_mut().insert(REMAINING, HeaderValue::from(remaining));
    response.headers_mut().insert(COST, HeaderValue::from(cost));
}

#[derive(Debug, Serialize)]
struct Refused {
    detail: String,
}

pub fn refused(status: StatusCode, detail: String) -> Response {
    let mut response = (status, Json(Refused { detail })).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// RFC 3339 to the second, UTC.
fn written(ms: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?.format(&Rfc3339).ok()
}
