//! The calls of this dialect.

use super::{
    CloudHosting,
    gateway::{Gateway, Named},
    wire::{Action, Count, Envelope, LoggedIn},
};
use crate::{
    core::{counter, signin::app},
    http::{
        api::{Answer, Body, Failed, Params, Unreadable, seal},
        state::AppState,
    },
};
use axum::{
    Router,
    extract::State,
    routing::{any, get},
};

/// The routes of this dialect, and of everything below `/api` that is no other's.
pub fn routes(state: &AppState) -> Router<AppState> {
    let routes = Router::new()
        .route("/api/count", get(count).post(change))
        .route("/api/login", get(login))
        .route("/api", any(no_such_call))
        .route("/api/{*call}", any(no_such_call));
    seal::<CloudHosting>(routes, state)
}

async fn count(State(state): State<AppState>) -> Answer<CloudHosting> {
    Ok(Envelope::ok(counter::value(&state.ctx).await?))
}

async fn change(State(state): State<AppState>, Body(count, _): Body<CloudHosting, Count>) -> Answer<CloudHosting> {
    let value = match count.action {
        Action::Inc => counter::increment(&state.ctx).await?,
        Action::Clear => counter::clear(&state.ctx).await?,
    };
    Ok(Envelope::ok(value))
}

/// By a mini-program's code; behind the gateway, who calls is known without one.
async fn login(
    State(state): State<AppState>,
    Gateway(named): Gateway,
    params: Params<CloudHosting>,
) -> Answer<CloudHosting> {
    let entered = match named {
        Some(Named { appid, openid, unionid }) if params.get("code").is_none() => {
            app::by_gateway(&state.ctx, &appid, &openid, unionid.as_deref()).await?
        }
        _ => app::by_mini_program(&state.ctx, params.need("code")?, &app::Presented::default()).await?,
    };
    Ok(Envelope::ok(LoggedIn { token: entered.token }))
}

async fn no_such_call() -> Failed<CloudHosting> {
    Unreadable::NoSuchCall.into()
}
