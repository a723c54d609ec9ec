//! The routes of this dialect.

use super::{
    MiniProgram,
    wire::{Envelope, LoggedIn, Login, Refreshed, Verified},
};
use crate::{
    core::{CoreError, TokenFault, account, signin::wechat_apps, token},
    http::{
        api::{Answer, Bearing, Body, Caller, calls, layer, unknown_below},
        state::AppState,
    },
};
use axum::{Router, extract::State, routing::post};

/// The routes of this dialect.
pub fn routes(state: &AppState) -> Router<AppState> {
    let routes = calls([
        ("/api/auth/login", post(login)),
        ("/api/auth/verify", post(verify)),
        ("/api/auth/refresh", post(refresh)),
    ]);
    layer::<MiniProgram>(unknown_below::<MiniProgram>(routes, "/api/auth"), state)
}

async fn login(State(state): State<AppState>, Body(login, _): Body<MiniProgram, Login>) -> Answer<MiniProgram> {
    let entered = wechat_apps::by_mini_program(&state.ctx(), &login.code, &login.presented()).await?;
    Ok(Envelope::ok("登录成功", LoggedIn { token: entered.token, user_info: entered.user.into() }))
}

async fn verify(State(state): State<AppState>, Caller(bearer, _): Caller<MiniProgram>) -> Answer<MiniProgram> {
    let user = account::find(&state.ctx(), bearer.user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    Ok(Envelope::ok("Token有效", Verified { user_id: user.id, user_info: user.into() }))
}

async fn refresh(State(state): State<AppState>, Bearing(text, _): Bearing<MiniProgram>) -> Answer<MiniProgram> {
    Ok(Envelope::ok("刷新成功", Refreshed { token: token::refresh(&state.ctx(), &text).await? }))
}
