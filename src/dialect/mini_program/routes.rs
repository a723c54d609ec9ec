//! The calls of this dialect.

use super::{
    MiniProgram,
    wire::{Envelope, LoggedIn, Login, Refreshed, Verified},
};
use crate::{
    core::{CoreError, account, signin::app, token, token::TokenFault},
    http::{
        api::{Answer, Bearing, Body, Caller, Failed, Unreadable, seal, slashed},
        state::AppState,
    },
};
use axum::{
    Router,
    extract::State,
    routing::{any, post},
};

/// The routes of this dialect.
pub fn routes(state: &AppState) -> Router<AppState> {
    let mut routes = Router::new().route("/api/auth/{*call}", any(no_such_call)).route("/api/auth", any(no_such_call));
    routes = slashed(routes, "/api/auth/login", post(login));
    routes = slashed(routes, "/api/auth/verify", post(verify));
    routes = slashed(routes, "/api/auth/refresh", post(refresh));
    seal::<MiniProgram>(routes, state)
}

async fn login(State(state): State<AppState>, Body(login, _): Body<MiniProgram, Login>) -> Answer<MiniProgram> {
    let entered = app::by_mini_program(&state.ctx, &login.code, &login.presented()).await?;
    Ok(Envelope::ok("登录成功", LoggedIn { token: entered.token, user_info: entered.user.into() }))
}

async fn verify(State(state): State<AppState>, Caller(bearer, _): Caller<MiniProgram>) -> Answer<MiniProgram> {
    let user = account::find(&state.ctx, bearer.user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    Ok(Envelope::ok("Token有效", Verified { user_id: user.id, user_info: user.into() }))
}

async fn refresh(State(state): State<AppState>, Bearing(text, _): Bearing<MiniProgram>) -> Answer<MiniProgram> {
    Ok(Envelope::ok("刷新成功", Refreshed { token: token::refresh(&state.ctx, &text).await? }))
}

async fn no_such_call() -> Failed<MiniProgram> {
    Unreadable::NoSuchCall.into()
}
