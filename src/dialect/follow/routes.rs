//! The routes of this dialect.

use super::{
    FORM_MAX_BYTES, Follow, caller::FollowCaller, fault::Fault, paths::CHECK_FOLLOW, upload::Upload, verify, wire,
};
use crate::{
    core::{
        account::identity,
        credit::{self, Key},
        image::{self, paid},
        signin::follow,
    },
    http::{
        api::{ApiFailure, Body, Params, RequestError, calls, layer, slashed, unknown_below},
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
    routing::{get, post},
};

/// An encrypted push in compatible mode is about three times its plain form; the parser has tighter limits of its own.
const PUSH_MAX_BYTES: usize = 512 * 1024;

/// The routes of the platform's pushes. They have their own error responses.
pub fn pushes() -> Router<AppState> {
    let verify = get(verify::url).post(verify::push).fallback(not_verify);
    slashed(Router::new(), PUSH_PATH, verify).layer(DefaultBodyLimit::max(PUSH_MAX_BYTES))
}

/// The routes of this dialect's calls.
pub fn routes(state: &AppState) -> Router<AppState> {
    let edit = post(edit).layer(DefaultBodyLimit::max(FORM_MAX_BYTES));
    let routes = calls([
        ("/api/v1/auth/wechat/qrcode", post(qrcode)),
        (CHECK_FOLLOW, get(check_follow)),
        ("/api/v1/user/credits", get(credits)),
        ("/api/v1/image/edit", edit),
    ]);
    layer::<Follow>(unknown_below::<Follow>(routes, "/api/v1"), state)
}

async fn qrcode(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Body(asked, _): Body<Follow, wire::Qrcode>,
) -> Result<Response, Fault> {
    let ctx = &state.ctx();
    let shown = follow::begin(ctx, &follow::Client::parse(ctx, &asked.client_id)?, client.address).await?;
    Ok(wire::qrcode(&asked.client_id, shown))
}

async fn check_follow(State(state): State<AppState>, params: Params<Follow>) -> Result<Response, Fault> {
    let name = params.need("client_id")?;
    let poll = params.get("poll_token").filter(|text| !text.is_empty());
    let found = follow::look(&state.ctx(), &follow::Client::parse(&state.ctx(), name)?, poll).await?;
    Ok(wire::followed(name, found))
}

async fn credits(State(state): State<AppState>, caller: FollowCaller) -> Result<Response, Fault> {
    let totals = credit::totals(&state.ctx(), caller.user_id).await?;
    let openid = match caller.openid {
        Some(openid) => Some(openid),
        None => identity::find_own(&state.ctx(), caller.user_id).await?.map(|identity| identity.openid),
    };
    Ok(wire::credits(openid, totals))
}

async fn edit(State(state): State<AppState>, caller: FollowCaller, request: Request) -> Result<Response, Fault> {
    let ctx = &state.ctx();
    // Waits in the queue before the picture is received.
    let slot = ctx.image_edits.enter(caller.user_id).await?;
    let headers = request.headers().clone();
    let Upload { image, operations } = Upload::from_request(request, &state).await?;
    let list = image::parse(&operations).map_err(image::PictureError::Operation)?;
    let key = match headers.get("idempotency-key") {
        // Non-ASCII text is not a valid key; the error names the header.
        Some(name) => Some(Key::new(ctx, name.to_str().unwrap_or_default(), &[operations.as_bytes(), &image])?),
        None => None,
    };
    let paid = paid::edit(ctx, caller.user_id, slot, image, list, key.as_ref()).await?;
    Ok(wire::picture(paid))
}

async fn not_verify() -> Response {
    let mut refused = ApiFailure::<Follow>::from(RequestError::Method).into_response();
    refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"));
    refused
}
