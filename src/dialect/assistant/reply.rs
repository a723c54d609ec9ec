//! `/database/…` and `/wechat/…`: a user's own replies.

use super::{
    Assistant,
    caller::Caller,
    code::{NOT_YOURS, NOT_YOURS_TO_DELETE},
    fault::Fault,
    pairs::Pairs,
    wire::{self, AutoReply},
};
use crate::{
    core::{
        CoreError,
        account::profile,
        rule::{edit, pairs},
    },
    http::{
        api::{ApiFailure, Body, Params},
        state::AppState,
    },
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

pub async fn show(State(state): State<AppState>, caller: Caller) -> Result<Response, Fault> {
    let _lock = state.ctx().list_locks.lock(caller.user.id).await;
    Ok(Json(wire::numbered(pairs::list(&state.ctx(), caller.user.id).await?)).into_response())
}

pub async fn add(State(state): State<AppState>, caller: Caller, Pairs(new): Pairs) -> Result<Response, Fault> {
    pairs::add(&state.ctx(), &caller.editor(), new).await.map_err(Fault::of_rules)?;
    Ok(wire::done())
}

/// Returns the present reply; POST changes it.
pub async fn look(State(state): State<AppState>, caller: Caller, params: Params<Assistant>) -> Result<Response, Fault> {
    let found = pairs::find(&state.ctx(), caller.user.id, number(&params)?).await?;
    Ok(wire::data(wire::flat(found)))
}

pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    params: Params<Assistant>,
    new: Pairs,
) -> Result<Response, Fault> {
    let (number, pair) = (number(&params)?, new.single()?);
    let done = pairs::update(&state.ctx(), &caller.editor(), number, pair).await;
    done.map_err(Fault::of_rules)?;
    Ok(wire::done())
}

pub async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    params: Params<Assistant>,
) -> Result<Response, Fault> {
    let number = number(&params)?;
    match edit::delete(&state.ctx(), &caller.editor(), &[number]).await.map_err(CoreError::from) {
        Ok(_) => Ok(wire::done()),
        Err(CoreError::NotFound) => {
            Ok(wire::refused(StatusCode::OK, NOT_YOURS, NOT_YOURS_TO_DELETE, "没有这条回复，或它不是你的"))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn auto_reply(caller: Caller) -> Result<Response, Fault> {
    Ok(wire::data(AutoReply { enabled: caller.user.is_auto_reply }))
}

pub async fn set_auto_reply(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked, _): Body<Assistant, AutoReply>,
) -> Result<Response, Fault> {
    profile::set_auto_reply(&state.ctx(), caller.user.id, asked.enabled).await?;
    Ok(wire::done())
}

/// The parameter `id`: a reply's number.
fn number(params: &Params<Assistant>) -> Result<i64, ApiFailure<Assistant>> {
    params.number("id")?.ok_or_else(|| ApiFailure::missing("id"))
}
