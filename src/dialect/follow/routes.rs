//! The calls of this dialect.

use super::{
    Follow,
    fault::Fault,
    upload::{self, Upload},
    verify,
    who::Who,
    wire,
};
use crate::{
    core::{
        account::identity,
        credit::{self, Key},
        image::{self, paid},
        signin::follow,
    },
    http::{
        api::{Body, Failed, Params, Unreadable, seal},
        client::Client,
        guard::PUSH_PATH,
        state::AppState,
    },
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRequest as _, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::{any, get, post},
};

/// An encrypted push in compatible mode is about three times its plain form; the parser has tighter limits of its own.
const PUSH_MAX_BYTES: usize = 512 * 1024;
/// Asked again and again until the QR was scanned.
pub const CHECK_FOLLOW: &str = "/api/v1/auth/wechat/check-follow";

/// The routes of this dialect. What the platform pushes is not sealed: it is no client, and has its own way of being refused.
pub fn routes(state: &AppState) -> Router<AppState> {
    let verify = get(verify::url).post(verify::push).fallback(not_verify);
    let pushes = Router::new().route(PUSH_PATH, verify).layer(DefaultBodyLimit::max(PUSH_MAX_BYTES));
    let edit = post(edit).layer(DefaultBodyLimit::max(upload::MAX_BYTES));
    let calls = Router::new()
        .route("/api/v1/auth/wechat/qrcode", post(qrcode))
        .route(CHECK_FOLLOW, get(check_follow))
        .route("/api/v1/user/credits", get(credits))
        .route("/api/v1/image/edit", edit)
        .route("/api/v1", any(no_such_call))
        .route("/api/v1/", any(no_such_call))
        .route("/api/v1/{*call}", any(no_such_call));
    pushes.merge(seal::<Follow>(calls, state))
}

async fn qrcode(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Body(asked, _): Body<Follow, wire::Qrcode>,
) -> Result<Response, Fault> {
    let ctx = &state.ctx;
    let shown = follow::begin(ctx, &follow::Client::parse(ctx, &asked.client_id)?, client.address).await?;
    Ok(wire::qrcode(&asked.client_id, shown))
}

async fn check_follow(State(state): State<AppState>, params: Params<Follow>) -> Result<Response, Fault> {
    let name = params.need("client_id")?;
    let found = follow::look(&state.ctx, &follow::Client::parse(&state.ctx, name)?).await?;
    Ok(wire::followed(name, found))
}

async fn credits(State(state): State<AppState>, who: Who) -> Result<Response, Fault> {
    let totals = credit::totals(&state.ctx, who.user_id).await?;
    let openid = match who.openid {
        Some(openid) => Some(openid),
        None => identity::find_own(&state.ctx, who.user_id).await?.map(|identity| identity.openid),
    };
    Ok(wire::credits(openid, totals))
}

async fn edit(State(state): State<AppState>, who: Who, request: Request) -> Result<Response, Fault> {
    let ctx = &state.ctx;
    // Before the picture is received.
    let place = ctx.studio.enter(who.user_id)?;
    let headers = request.headers().clone();
    let Upload { image, operations } = Upload::from_request(request, &state).await?;
    let list = image::parse(&operations).map_err(image::Refusal::Operation)?;
    let key = match headers.get("idempotency-key") {
        // What is no ASCII is no key; the flaw says which header it is.
        Some(name) => Some(Key::new(ctx, name.to_str().unwrap_or_default(), &[operations.as_bytes(), &image])?),
        None => None,
    };
    let paid = paid::edit(ctx, who.user_id, place, image, list, key.as_ref()).await?;
    Ok(wire::picture(paid))
}

async fn no_such_call() -> Failed<Follow> {
    Unreadable::NoSuchCall.into()
}

async fn not_verify() -> Response {
    let mut refused = Failed::<Follow>::from(Unreadable::Method).into_response();
    refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"));
    refused
}
