//! `/database/…`, `/wechat/…` and the older `/mongodb/…`: a person's own replies.

use super::{
    Assistant,
    fault::{Fault, PARAMETER, TAKEN},
    who::Who,
    wire::{self, AutoReply, Pairs},
};
use crate::{
    core::{
        CoreError, account,
        account::profile,
        reply::{edit, pairs, refusal::Refusal},
    },
    http::{
        api::{Body, Failed, Params},
        state::AppState,
    },
};
use axum::{extract::State, response::Response};

pub async fn show(State(state): State<AppState>, who: Who) -> Result<Response, Fault> {
    let _turn = state.ctx.lists.wait(who.user.id).await;
    Ok(wire::numbered(pairs::list(&state.ctx, who.user.id).await?))
}

pub async fn add(State(state): State<AppState>, who: Who, Pairs(new): Pairs) -> Result<Response, Fault> {
    pairs::add(&state.ctx, &who.editor(), new).await.map_err(|refused| Fault::of_rules(refused, PARAMETER))?;
    Ok(wire::done())
}

/// What the reply says now; the change itself comes by POST.
pub async fn look(State(state): State<AppState>, who: Who, params: Params<Assistant>) -> Result<Response, Fault> {
    let found = pairs::find(&state.ctx, who.user.id, number(&params)?).await?;
    Ok(wire::data(wire::flat(found)))
}

pub async fn update(
    State(state): State<AppState>,
    who: Who,
    params: Params<Assistant>,
    new: Pairs,
) -> Result<Response, Fault> {
    let (number, pair) = (number(&params)?, new.single()?);
    let done = pairs::update(&state.ctx, &who.editor(), number, pair).await;
    done.map_err(|refused| Fault::of_rules(refused, PARAMETER))?;
    Ok(wire::done())
}

pub async fn delete(State(state): State<AppState>, who: Who, params: Params<Assistant>) -> Result<Response, Fault> {
    let number = number(&params)?;
    edit::delete(&state.ctx, &who.editor(), &[number]).await.map_err(|refused| Fault::of_rules(refused, PARAMETER))?;
    Ok(wire::done())
}

pub async fn auto_reply(who: Who) -> Result<Response, Fault> {
    Ok(wire::data(AutoReply { enabled: who.user.is_auto_reply }))
}

pub async fn set_auto_reply(
    State(state): State<AppState>,
    who: Who,
    Body(asked, _): Body<Assistant, AutoReply>,
) -> Result<Response, Fault> {
    profile::set_auto_reply(&state.ctx, who.user.id, asked.enabled).await?;
    Ok(wire::done())
}

/// The personal-WeChat channel's QR, its state and its picture.
pub async fn personal_channel(_: Who) -> Fault {
    CoreError::NotConfigured("ilink").into()
}

pub async fn old_show(State(state): State<AppState>, who: Who, params: Params<Assistant>) -> Result<Response, Fault> {
    let owner_id = who.editor_named(number(&params)?)?.owner_id;
    account::find(&state.ctx, owner_id).await?.ok_or(Fault::UnknownUser)?;
    let _turn = state.ctx.lists.wait(who.user.id).await;
    let rules = pairs::list(&state.ctx, owner_id).await?;
    Ok(wire::old_data(wire::flat(rules.into_iter().flat_map(|(_, pairs)| pairs).collect())))
}

pub async fn old_add(
    State(state): State<AppState>,
    who: Who,
    params: Params<Assistant>,
    Pairs(new): Pairs,
) -> Result<Response, Fault> {
    let editor = who.editor_named(number(&params)?)?;
    account::find(&state.ctx, editor.owner_id).await?.ok_or(Fault::UnknownUser)?;
    pairs::add(&state.ctx, &editor, new).await.map_err(|refused| Fault::of_rules(refused, TAKEN))?;
    Ok(wire::done())
}

pub async fn old_delete(State(state): State<AppState>, who: Who, params: Params<Assistant>) -> Result<Response, Fault> {
    let editor = who.editor_named(number(&params)?)?;
    match pairs::delete(&state.ctx, &editor, params.need("key")?).await {
        Ok(()) => Ok(wire::done()),
        Err(Refusal::Core(CoreError::NotFound)) => Err(Fault::NoSuchKey),
        Err(refused) => Err(Fault::of_rules(refused, PARAMETER)),
    }
}

/// The parameter `id`: of a reply, or at older addresses of a user.
fn number(params: &Params<Assistant>) -> Result<i64, Failed<Assistant>> {
    params.number("id")?.ok_or_else(|| Failed::missing("id"))
}
