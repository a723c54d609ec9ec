//! `/wechat/testlogin` and `/static/qrimages/`: connecting the caller's personal WeChat.

use super::{
    Assistant,
    caller::Caller,
    code::{MAKING, PARAMETER, UNKNOWN, making, word},
    fault::Fault,
    wire::{self, Number},
};
use crate::{
    core::{
        CoreError, PlatformFault,
        ilink::login::{self, State as LoginState},
    },
    http::{
        api::{Body, Params},
        qr_image::qr_png,
        session,
        state::AppState,
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use std::time::Duration;

/// How long a call waits for the platform's QR code, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(100);

/// Begins a sign-in of the caller's personal WeChat, and answers once its QR code is there.
pub async fn begin(State(state): State<AppState>, caller: Caller) -> Result<Response, Fault> {
    let (ctx, session) = (&state.ctx(), session::secret_of(&caller.session));
    let pid = match login::begin(ctx, caller.user.id, &session).await {
        Ok(pid) => pid,
        Err(CoreError::Conflict) => return Ok(is_being_made()),
        Err(error) => return Err(error.into()),
    };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < deadline {
        match login::find_named(ctx, caller.user.id, &session, &pid).await?.map(|view| view.state) {
            Some(LoginState::Starting) => tokio::time::sleep(LOOK).await,
            Some(LoginState::Failed) => return Err(CoreError::Platform(PlatformFault::Unreachable).into()),
            Some(_) => return Ok(wire::made(&pid)),
            // A newer call of this session took its place.
            None => break,
        }
    }
    Ok(is_being_made())
}

fn is_being_made() -> Response {
    wire::refused(StatusCode::OK, MAKING, making::WORD, "二维码正在生成，请稍后再试")
}

/// The state of a sign-in.
pub async fn status(
    State(state): State<AppState>,
    caller: Caller,
    params: Params<Assistant>,
) -> Result<Response, Fault> {
    let view = find(&state, &caller, &params).await?;
    let left = (view.expires_at - state.ctx().now()).max(0) / 1000;
    Ok(wire::data(wire::ChannelLogin { state: view.state.as_str(), expires_in: left }))
}

/// Takes the number that the phone shows.
pub async fn enter_number(
    State(state): State<AppState>,
    caller: Caller,
    params: Params<Assistant>,
    Body(asked, _): Body<Assistant, Number>,
) -> Result<Response, Fault> {
    find(&state, &caller, &params).await?;
    match login::enter_number(&state.ctx(), caller.user.id, &session::secret_of(&caller.session), &asked.number).await {
        Ok(()) => Ok(wire::done()),
        Err(CoreError::SessionOver) => {
            Ok(wire::refused(StatusCode::OK, PARAMETER, word(PARAMETER), "现在不需要输入数字"))
        }
        Err(error) => Err(error.into()),
    }
}

async fn find(state: &AppState, caller: &Caller, params: &Params<Assistant>) -> Result<login::View, Fault> {
    let pid = params.need("pid").map_err(Fault::Common)?;
    let session = session::secret_of(&caller.session);
    let found = login::find_named(&state.ctx(), caller.user.id, &session, pid).await?;
    Ok(found.ok_or(CoreError::NotFound)?)
}

/// The picture of a QR code (`{pid}.png`), for the session that began the sign-in.
pub async fn picture(
    State(state): State<AppState>,
    caller: Caller,
    Path(picture): Path<String>,
) -> Result<Response, Fault> {
    let session = session::secret_of(&caller.session);
    let view = match picture.strip_suffix(".png") {
        Some(pid) => login::find_named(&state.ctx(), caller.user.id, &session, pid).await?,
        None => None,
    };
    match view.and_then(|view| view.qr_text) {
        Some(text) => Ok(qr_png(Some(text)).await),
        None => Ok(wire::refused(StatusCode::NOT_FOUND, UNKNOWN, word(UNKNOWN), "没有这张二维码，或已过期")),
    }
}
