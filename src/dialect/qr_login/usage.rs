//! Calls about usage and quotas.

use super::{
    QrLogin, target_user,
    wire::{Check, Done, OfUsage, Permission, Use, UseArticle},
};
use crate::{
    core::quota,
    http::{
        api::{Answer, ApiFailure, Body, Caller, Params},
        state::AppState,
    },
};
use axum::extract::State;

const ARTICLE: &str = "article";

pub async fn update(
    State(state): State<AppState>,
    Caller(bearer, _): Caller<QrLogin>,
    Body(asked, _): Body<QrLogin, Use>,
) -> Answer<QrLogin> {
    let user_id = target_user::user(&state.ctx(), &bearer, &asked.openid).await?;
    let usage = quota::add(&state.ctx(), user_id, &asked.feature, asked.amount).await?;
    Ok(Done::answer(OfUsage { usage: (&usage).into() }))
}

pub async fn update_article(
    State(state): State<AppState>,
    Caller(bearer, _): Caller<QrLogin>,
    Body(asked, _): Body<QrLogin, UseArticle>,
) -> Answer<QrLogin> {
    let user_id = target_user::user(&state.ctx(), &bearer, &asked.openid).await?;
    let usage = quota::add(&state.ctx(), user_id, ARTICLE, asked.amount).await?;
    Ok(Done::answer(OfUsage { usage: (&usage).into() }))
}

pub async fn of_article(
    State(state): State<AppState>,
    Caller(bearer, _): Caller<QrLogin>,
    params: Params<QrLogin>,
) -> Answer<QrLogin> {
    let user_id = target_user::user(&state.ctx(), &bearer, params.need("openid")?).await?;
    let usage = quota::look(&state.ctx(), user_id, ARTICLE).await?;
    Ok(Done::answer(OfUsage { usage: (&usage).into() }))
}

pub async fn check(
    State(state): State<AppState>,
    Caller(bearer, _): Caller<QrLogin>,
    Body(asked, _): Body<QrLogin, Check>,
) -> Answer<QrLogin> {
    let user_id = target_user::user(&state.ctx(), &bearer, &asked.openid).await?;
    if asked.feature.is_empty() {
        return Err(ApiFailure::missing("feature"));
    }
    let Some(usage) = quota::find(&state.ctx(), user_id, &asked.feature).await? else {
        return Ok(Done::answer(Permission { allowed: false, reason: "没有这项功能", remaining: Some(0) }));
    };
    let allowed = usage.allows(1);
    let reason = match (usage.is_included, allowed) {
        (false, _) => "当前等级不包含这项功能",
        (true, false) => "已达到当前等级的用量上限",
        (true, true) => "可以使用",
    };
    Ok(Done::answer(Permission { allowed, reason, remaining: usage.tightest().remaining() }))
}
