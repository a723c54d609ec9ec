//! The routes of this dialect.

use super::{
    CloudHosting,
    gateway::{Gateway, Named},
    wire::{Action, Count, Envelope, LoggedIn},
};
use crate::{
    core::{counter, signin::wechat_apps},
    http::{
        api::{Answer, Body, Params, calls, layer, unknown_below},
        state::AppState,
    },
};
use axum::{Router, extract::State, routing::get};

/// The routes of this dialect, including every path below `/api` that no other dialect has.
pub fn routes(state: &AppState) -> Router<AppState> {
    let routes = calls([("/api/count", get(count).post(change)), ("/api/login", get(login))]);
    layer::<CloudHosting>(unknown_below::<CloudHosting>(routes, "/api"), state)
}

async fn count(State(state): State<AppState>) -> Answer<CloudHosting> {
    Ok(Envelope::ok(counter::value(&state.ctx()).await?))
}

async fn change(State(state): State<AppState>, Body(count, _): Body<CloudHosting, Count>) -> Answer<CloudHosting> {
    let value = match count.action {
        Action::Inc => counter::increment(&state.ctx()).await?,
        Action::Clear => counter::clear(&state.ctx()).await?,
    };
    Ok(Envelope::ok(value))
}

/// Signs in with a mini-program's code; behind the gateway the caller is known without one.
async fn login(
    State(state): State<AppState>,
    Gateway(named): Gateway,
    params: Params<CloudHosting>,
) -> Answer<CloudHosting> {
    let entered = match named {
        Some(Named { appid, openid, unionid }) if params.get("code").is_none() => {
            wechat_apps::by_gateway(&state.ctx(), &appid, &openid, unionid.as_deref()).await?
        }
        _ => {
            wechat_apps::by_mini_program(&state.ctx(), params.need("code")?, &wechat_apps::PresentedProfile::default())
                .await?
        }
    };
    Ok(Envelope::ok(LoggedIn { token: entered.token }))
}
