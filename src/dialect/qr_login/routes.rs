//! The routes of this dialect.

use super::{
    QrLogin, admin, follow,
    paths::{EVENTS, POLL},
    target_user, usage,
    wire::{
        Created, Done, Finalize, Holder, Named, OfPerson, Person, State as WireState, Validate, Validated, by_feature,
    },
};
use crate::{
    core::{
        CoreError, Ctx, TokenFault, account, quota,
        signin::{api_session, begin::Asker},
        token,
    },
    http::{
        api::{Answer, ApiFailure, Bearing, Body, Caller, Refusal, calls, layer, no_such_call},
        client::Client,
        state::AppState,
    },
};
use axum::{
    Extension, Router,
    extract::State,
    routing::{get, post},
};

/// The routes of this dialect.
pub fn routes(state: &AppState) -> Router<AppState> {
    let routes = calls([
        ("/create_qr", post(create_qr)),
        (POLL, get(follow::poll)),
        (EVENTS, get(follow::events)),
        ("/finalize_login", post(finalize_login)),
        ("/validate_token", post(validate_token)),
        ("/get_user_info", post(get_user_info)),
        ("/update_usage", post(usage::update)),
        ("/update_article_usage", post(usage::update_article)),
        ("/get_article_usage", get(usage::of_article)),
        ("/check_permission", post(usage::check)),
        ("/admin/list_all_keys", get(admin::list)),
        ("/admin/get_user", post(admin::get)),
        ("/admin/update_user", post(admin::update)),
        ("/admin/delete_user", post(admin::delete)),
        ("/admin/update_user_level", post(admin::set_level)),
        ("/admin/clear_all_users", post(admin::clear)),
    ]);
    layer::<QrLogin>(routes, state)
}

/// Answers every path as an unknown call. This dialect has no prefix, so its unknown calls are those that no page and no other dialect has.
pub fn unknown(state: &AppState) -> Router<AppState> {
    layer::<QrLogin>(Router::new().fallback(no_such_call::<QrLogin>), state)
}

async fn create_qr(State(state): State<AppState>, Extension(client): Extension<Client>) -> Answer<QrLogin> {
    let asker = Asker { browser_label: client.browser_label, address: client.address, next_path: None };
    Ok(Done::answer(Created::from(api_session::begin(&state.ctx(), asker).await?)))
}

async fn finalize_login(State(state): State<AppState>, Body(asked, _): Body<QrLogin, Finalize>) -> Answer<QrLogin> {
    let seen = api_session::finalize(&state.ctx(), &asked.session_id, &asked.code).await?;
    Ok(Done::answer(WireState::from(seen)))
}

/// An invalid token is a normal result here, not an error.
async fn validate_token(
    State(state): State<AppState>,
    bearing: Result<Bearing<QrLogin>, ApiFailure<QrLogin>>,
    Body(asked, _): Body<QrLogin, Validate>,
) -> Answer<QrLogin> {
    // The body's token is the question; the header then says only who asks.
    let text = match (bearing, asked.token) {
        (_, Some(token)) => token,
        (Ok(bearing), None) => bearing.0,
        (Err(ApiFailure(Refusal::Core(CoreError::NotSignedIn), _)), None) => return Err(ApiFailure::missing("token")),
        // An unreadable header counts as an invalid token.
        (Err(_), None) => return Ok(Done::answer(Validated { valid: false, user: None })),
    };
    let user = match holder(&state.ctx(), &text).await {
        Ok(user) => Some(user),
        Err(CoreError::BadToken(_) | CoreError::Disabled) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Done::answer(Validated { valid: user.is_some(), user }))
}

async fn get_user_info(
    State(state): State<AppState>,
    Caller(bearer, _): Caller<QrLogin>,
    Body(asked, _): Body<QrLogin, Named>,
) -> Answer<QrLogin> {
    let user_id = target_user::user(&state.ctx(), &bearer, &asked.openid).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx(), user_id, Some(asked.openid)).await? }))
}

async fn holder(ctx: &Ctx, text: &str) -> Result<Holder, CoreError> {
    let bearer = token::verify(ctx, text).await?;
    let gone = || CoreError::BadToken(TokenFault::Gone);
    let user = account::find(ctx, bearer.user_id).await?.ok_or_else(gone)?;
    let usage = by_feature(&quota::usage(ctx, bearer.user_id).await?);
    Ok(Holder { openid: bearer.openid, nickname: user.nickname, level: user.level, usage })
}

async fn person(ctx: &Ctx, user_id: i64, openid: Option<String>) -> Result<Person, CoreError> {
    let user = account::find(ctx, user_id).await?.ok_or(CoreError::NotFound)?;
    Ok(Person::new(openid, user, &quota::usage(ctx, user_id).await?))
}
