//! The calls of this dialect.

use super::{
    QrLogin, admin, follow, usage, whose,
    wire::{Created, Done, Finalize, Holder, Named, OfPerson, Person, State as Told, Validate, Validated, by_feature},
};
use crate::{
    core::{
        CoreError, Ctx, account, quota,
        signin::{begin::Asker, remote},
        token,
    },
    http::{
        api::{Answer, Bearing, Body, Caller, Failed, MaybeBody, Refusal, seal},
        client::Client,
        state::AppState,
    },
};
use axum::{
    Extension, Router,
    extract::State,
    routing::{get, post},
};

/// Asked again and again until the session is over.
pub const POLL: &str = "/poll";
/// The same as a stream.
pub const EVENTS: &str = "/events";

/// The routes of this dialect.
pub fn routes(state: &AppState) -> Router<AppState> {
    let routes = Router::new()
        .route("/create_qr", post(create_qr))
        .route(POLL, get(follow::poll))
        .route(EVENTS, get(follow::events))
        .route("/finalize_login", post(finalize_login))
        .route("/validate_token", post(validate_token))
        .route("/get_user_info", post(get_user_info))
        .route("/update_usage", post(usage::update))
        .route("/update_article_usage", post(usage::update_article))
        .route("/get_article_usage", get(usage::of_article))
        .route("/check_permission", post(usage::check))
        .route("/admin/list_all_keys", get(admin::list))
        .route("/admin/get_user", post(admin::get))
        .route("/admin/update_user", post(admin::update))
        .route("/admin/delete_user", post(admin::delete))
        .route("/admin/update_user_level", post(admin::set_level))
        .route("/admin/clear_all_users", post(admin::clear));
    seal::<QrLogin>(routes, state)
}

async fn create_qr(State(state): State<AppState>, Extension(client): Extension<Client>) -> Answer<QrLogin> {
    let asker = Asker { browser_label: client.browser_label, address: client.address, next_path: None };
    Ok(Done::answer(Created::from(remote::begin(&state.ctx, asker).await?)))
}

async fn finalize_login(State(state): State<AppState>, Body(asked, _): Body<QrLogin, Finalize>) -> Answer<QrLogin> {
    let seen = remote::finalize(&state.ctx, &asked.session_id, &asked.code).await?;
    Ok(Done::answer(Told::from(seen)))
}

/// A token that is not valid is an answer here, not a refusal.
async fn validate_token(
    State(state): State<AppState>,
    bearing: Result<Bearing<QrLogin>, Failed<QrLogin>>,
    MaybeBody(asked, _): MaybeBody<QrLogin, Validate>,
) -> Answer<QrLogin> {
    let text = match (bearing, asked) {
        (Ok(bearing), _) => bearing.0,
        (Err(_), Some(asked)) => asked.token,
        (Err(Failed(Refusal::Core(CoreError::NotSignedIn), _)), None) => return Err(Failed::missing("token")),
        // A header that cannot be read is a token that proves nothing.
        (Err(_), None) => return Ok(Done::answer(Validated { valid: false, user: None })),
    };
    let user = match holder(&state.ctx, &text).await {
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
    let user_id = whose::user(&state.ctx, &bearer, &asked.openid).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx, user_id, Some(asked.openid)).await? }))
}

async fn holder(ctx: &Ctx, text: &str) -> Result<Holder, CoreError> {
    let bearer = token::verify(ctx, text).await?;
    let gone = || CoreError::BadToken(token::TokenFault::Gone);
    let user = account::find(ctx, bearer.user_id).await?.ok_or_else(gone)?;
    let usage = by_feature(&quota::usage(ctx, bearer.user_id).await?);
    Ok(Holder { openid: bearer.openid, nickname: user.nickname, level: user.level, usage })
}

async fn person(ctx: &Ctx, user_id: i64, openid: Option<String>) -> Result<Person, CoreError> {
    let user = account::find(ctx, user_id).await?.ok_or(CoreError::NotFound)?;
    Ok(Person::new(openid, user, &quota::usage(ctx, user_id).await?))
}
