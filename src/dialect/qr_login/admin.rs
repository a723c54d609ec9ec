//! Admin calls. Each names one user, by an openid or by the number shown in the list.

use super::{
    QrLogin,
    wire::{Clear, Cleared, Done, Listed, OfPerson, Person, SetLevel, Target, Update},
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{
            ProfileColumn,
            directory::{self, Admin, MOST_A_PAGE, Query},
        },
    },
    http::{
        api::{Answer, ApiFailure, Body, Caller, Params},
        client::Client,
        state::AppState,
    },
    text::cut,
};
use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};

/// The reason in the audit log if the caller gives none.
const NO_REASON: &str = "通过接口";
/// The longest stored reason, in characters.
const REASON_MAX_CHARS: usize = 200;

/// A bearer who is an admin. Checked before anything else of the request is read.
pub struct AdminCaller(Admin);

impl FromRequestParts<AppState> for AdminCaller {
    type Rejection = ApiFailure<QrLogin>;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let Caller(bearer, _) = Caller::<QrLogin>::from_request_parts(parts, state).await?;
        let address = parts.extensions.get::<Client>().map(|client| client.address.to_string()).unwrap_or_default();
        Ok(Self(Admin::bearing(&bearer, address)?))
    }
}

pub async fn list(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    params: Params<QrLogin>,
) -> Answer<QrLogin> {
    let size = params.number::<i64>("limit")?.unwrap_or(MOST_A_PAGE);
    if !(1..=MOST_A_PAGE).contains(&size) {
        return Err(ApiFailure::ill_typed("limit"));
    }
    let text = |name| params.get(name).unwrap_or_default().to_owned();
    let query = Query { text: text("q"), cursor: text("cursor"), size, ..Query::default() };
    Ok(Done::answer(Listed::from(directory::search(&state.ctx(), &admin, &query).await?)))
}

pub async fn get(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    Body(asked, _): Body<QrLogin, Target>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx(), &admin, asked.openid.as_deref(), asked.userid).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx(), &admin, user_id).await? }))
}

pub async fn set_level(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    Body(asked, _): Body<QrLogin, SetLevel>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx(), &admin, asked.openid.as_deref(), asked.userid).await?;
    directory::set_level(&state.ctx(), &admin, user_id, &asked.level).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx(), &admin, user_id).await? }))
}

/// Checks everything that could be refused before changing anything.
pub async fn update(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    Body(asked, _): Body<QrLogin, Update>,
) -> Answer<QrLogin> {
    let ctx = &state.ctx();
    let user_id = meant(ctx, &admin, asked.openid.as_deref(), asked.userid).await?;
    if let Some(level) = &asked.level
        && directory::level_of(level).is_none()
    {
        return Err(CoreError::field_error("level", Problem::Malformed).into());
    }
    if asked.enabled == Some(false) && directory::user_detail(ctx, &admin, user_id).await?.is_last_admin {
        return Err(CoreError::LastAdmin.into());
    }
    let typed = [
        (ProfileColumn::Nickname, &asked.nickname),
        (ProfileColumn::RealName, &asked.real_name),
        (ProfileColumn::Email, &asked.email),
        (ProfileColumn::Phone, &asked.phone),
    ];
    let typed: Vec<_> = typed.into_iter().filter_map(|(column, text)| Some((column, text.as_deref()?))).collect();
    directory::update_fields(ctx, &admin, user_id, &typed).await?;
    if let Some(level) = &asked.level {
        directory::set_level(ctx, &admin, user_id, level).await?;
    }
    if let Some(is_enabled) = asked.enabled {
        let reason = asked.reason.as_deref().map(str::trim).filter(|text| !text.is_empty()).unwrap_or(NO_REASON);
        let reason = cut::chars(reason, REASON_MAX_CHARS);
        directory::set_enabled(ctx, &admin, user_id, is_enabled, reason).await?;
    }
    Ok(Done::answer(OfPerson { user: person(ctx, &admin, user_id).await? }))
}

/// The response shows the user as before the deletion.
pub async fn delete(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    Body(asked, _): Body<QrLogin, Target>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx(), &admin, asked.openid.as_deref(), asked.userid).await?;
    let user = person(&state.ctx(), &admin, user_id).await?;
    directory::delete(&state.ctx(), &admin, user_id).await?;
    Ok(Done::answer(OfPerson { user: user.deleted() }))
}

pub async fn clear(
    State(state): State<AppState>,
    AdminCaller(admin): AdminCaller,
    Body(asked, _): Body<QrLogin, Clear>,
) -> Answer<QrLogin> {
    Ok(Done::answer(Cleared { deleted: directory::clear_all(&state.ctx(), &admin, &asked.confirm).await? }))
}

async fn meant(
    ctx: &Ctx,
    admin: &Admin,
    openid: Option<&str>,
    user_id: Option<i64>,
) -> Result<i64, ApiFailure<QrLogin>> {
    let named = match openid.filter(|openid| !openid.is_empty()) {
        Some(openid) => Some(directory::find_by_openid(ctx, admin, openid).await?),
        None => None,
    };
    match (named, user_id) {
        // Two names of two users: neither may be deleted or promoted for the other.
        (Some(named), Some(user_id)) if named != user_id => Err(ApiFailure::ill_typed("userid")),
        (Some(user_id), _) | (None, Some(user_id)) => Ok(user_id),
        (None, None) => Err(ApiFailure::missing("openid")),
    }
}

async fn person(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<Person, CoreError> {
    let picture = directory::user_detail(ctx, admin, user_id).await?;
    let openid = picture.identities.first().map(|identity| identity.openid.clone());
    Ok(Person::new(openid, picture.user, &picture.usage))
}
