//! What admins do to others. Each call names one user, by an openid or by the number that the list shows.

use super::{
    QrLogin,
    wire::{Clear, Cleared, Done, Listed, OfPerson, Person, SetLevel, Target, Update},
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::directory::{self, Admin, Fields, MOST_A_PAGE, Query},
    },
    http::{
        api::{Answer, Body, Caller, Failed, Params},
        client::Client,
        state::AppState,
    },
};
use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};

/// What the audit log says where the caller gives no reason.
const NO_REASON: &str = "通过接口";
/// The longest reason that is kept, in characters.
const REASON_MAX_CHARS: usize = 200;

/// A bearer who is an admin. Found out before anything else of the request is looked at.
pub struct Ruler(Admin);

impl FromRequestParts<AppState> for Ruler {
    type Rejection = Failed<QrLogin>;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let Caller(bearer, _) = Caller::<QrLogin>::from_request_parts(parts, state).await?;
        let address = parts.extensions.get::<Client>().map(|client| client.address.to_string()).unwrap_or_default();
        Ok(Self(Admin::bearing(&bearer, address)?))
    }
}

pub async fn list(State(state): State<AppState>, Ruler(admin): Ruler, params: Params<QrLogin>) -> Answer<QrLogin> {
    let size = params.number::<i64>("limit")?.unwrap_or(MOST_A_PAGE);
    if !(1..=MOST_A_PAGE).contains(&size) {
        return Err(Failed::ill_typed("limit"));
    }
    let text = |name| params.get(name).unwrap_or_default().to_owned();
    let query = Query { text: text("q"), cursor: text("cursor"), size, ..Query::default() };
    Ok(Done::answer(Listed::from(directory::search(&state.ctx, &admin, &query).await?)))
}

pub async fn get(
    State(state): State<AppState>,
    Ruler(admin): Ruler,
    Body(asked, _): Body<QrLogin, Target>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx, &admin, asked.openid.as_deref(), asked.userid).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx, &admin, user_id).await? }))
}

pub async fn set_level(
    State(state): State<AppState>,
    Ruler(admin): Ruler,
    Body(asked, _): Body<QrLogin, SetLevel>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx, &admin, asked.openid.as_deref(), asked.userid).await?;
    directory::set_level(&state.ctx, &admin, user_id, &asked.level).await?;
    Ok(Done::answer(OfPerson { user: person(&state.ctx, &admin, user_id).await? }))
}

/// Whatever could be refused is looked at before anything is changed.
pub async fn update(
    State(state): State<AppState>,
    Ruler(admin): Ruler,
    Body(asked, _): Body<QrLogin, Update>,
) -> Answer<QrLogin> {
    let ctx = &state.ctx;
    let user_id = meant(ctx, &admin, asked.openid.as_deref(), asked.userid).await?;
    if let Some(level) = &asked.level
        && directory::level_of(level).is_none()
    {
        return Err(CoreError::flaw("level", Problem::Malformed).into());
    }
    if asked.enabled == Some(false) && directory::picture(ctx, &admin, user_id).await?.is_last_admin {
        return Err(CoreError::LastAdmin.into());
    }
    let fields = Fields {
        nickname: asked.nickname.as_deref(),
        real_name: asked.real_name.as_deref(),
        email: asked.email.as_deref(),
        phone: asked.phone.as_deref(),
    };
    directory::update_fields(ctx, &admin, user_id, fields).await?;
    if let Some(level) = &asked.level {
        directory::set_level(ctx, &admin, user_id, level).await?;
    }
    if let Some(is_enabled) = asked.enabled {
        let reason = asked.reason.as_deref().map(str::trim).filter(|text| !text.is_empty()).unwrap_or(NO_REASON);
        let reason: String = reason.chars().take(REASON_MAX_CHARS).collect();
        directory::set_enabled(ctx, &admin, user_id, is_enabled, &reason).await?;
    }
    Ok(Done::answer(OfPerson { user: person(ctx, &admin, user_id).await? }))
}

/// The answer shows the user as they were.
pub async fn delete(
    State(state): State<AppState>,
    Ruler(admin): Ruler,
    Body(asked, _): Body<QrLogin, Target>,
) -> Answer<QrLogin> {
    let user_id = meant(&state.ctx, &admin, asked.openid.as_deref(), asked.userid).await?;
    let user = person(&state.ctx, &admin, user_id).await?;
    directory::delete(&state.ctx, &admin, user_id).await?;
    Ok(Done::answer(OfPerson { user: user.deleted() }))
}

pub async fn clear(
    State(state): State<AppState>,
    Ruler(admin): Ruler,
    Body(asked, _): Body<QrLogin, Clear>,
) -> Answer<QrLogin> {
    Ok(Done::answer(Cleared { deleted: directory::clear_all(&state.ctx, &admin, &asked.confirm).await? }))
}

async fn meant(ctx: &Ctx, admin: &Admin, openid: Option<&str>, user_id: Option<i64>) -> Result<i64, Failed<QrLogin>> {
    match (openid, user_id) {
        (Some(openid), _) if !openid.is_empty() => Ok(directory::find_by_openid(ctx, admin, openid).await?),
        (_, Some(user_id)) => Ok(user_id),
        _ => Err(Failed::missing("openid")),
    }
}

async fn person(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<Person, CoreError> {
    let picture = directory::picture(ctx, admin, user_id).await?;
    let openid = picture.identities.first().map(|identity| identity.openid.clone());
    Ok(Person::new(openid, picture.user, &picture.usage))
}
