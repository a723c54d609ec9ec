//! `/account/…`: coming in, leaving, and what people change about themselves.

use super::{
    Assistant,
    fault::Fault,
    who::Who,
    wire::{self, Email, Login, NewPassword, Register},
};
use crate::{
    core::{
        CoreError, Flaw, Problem,
        account::{
            identity, login,
            profile::{self, PasswordChange},
        },
        signin::unbound,
    },
    http::{
        api::{Body, Failed},
        client::Client,
        session,
        state::AppState,
    },
};
use axum::{
    Extension,
    extract::{FromRequestParts as _, Request, State},
    response::Response,
};
use tower_sessions::Session;

pub async fn register(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Body(asked, _): Body<Assistant, Register>,
) -> Result<Response, Fault> {
    let Register { username, password, last_name } = asked;
    unbound::register(&state.ctx, &username, &password, &last_name, client.address).await.map_err(in_their_words)?;
    Ok(wire::done())
}

/// The code comes in a field of another name, and one of the wrong form is simply a wrong code to these clients. Other flaws that came
/// with it come first.
fn in_their_words(error: CoreError) -> CoreError {
    let CoreError::Invalid(mut flaws) = error else { return error };
    if matches!(flaws.as_slice(), [Flaw { field: "code", problem: Problem::Malformed }]) {
        return CoreError::WrongCode;
    }
    flaws.iter_mut().filter(|flaw| flaw.field == "code").for_each(|flaw| flaw.field = "last_name");
    CoreError::Invalid(flaws)
}

pub async fn sign_in(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Extension(session): Extension<Session>,
    Body(asked, _): Body<Assistant, Login>,
) -> Result<Response, Fault> {
    let user = login::by_password(&state.ctx, &asked.username, &asked.password, client.address).await?;
    session::sign_in(&session, &user, &client).await?;
    Ok(wire::done())
}

pub async fn sign_out(Extension(session): Extension<Session>) -> Result<Response, Fault> {
    session::sign_out(&session).await?;
    Ok(wire::done())
}

pub async fn info(State(state): State<AppState>, who: Who) -> Result<Response, Fault> {
    let identity = identity::find_own(&state.ctx, who.user.id).await?;
    Ok(wire::info(who.user, identity.map(|identity| identity.openid)))
}

/// By the old password, which only somebody who is signed in may try; or by a code, which is proof enough.
pub async fn password(State(state): State<AppState>, request: Request) -> Result<Response, Fault> {
    let (mut parts, body) = request.into_parts();
    let who = Who::from_request_parts(&mut parts, &state).await;
    let client = parts.extensions.get::<Client>().cloned();
    let request = Request::from_parts(parts, body);
    let Body(asked, _) =
        <Body<Assistant, NewPassword> as axum::extract::FromRequest<_>>::from_request(request, &state).await?;
    match (asked.old_password, asked.code) {
        (Some(old), None) => {
            let who = who?;
            let change = PasswordChange {
                // Who has no name yet takes one on the page, where it can be chosen.
                username: who.user.username.as_deref().unwrap_or_default(),
                old: &old,
                new: &asked.new_password,
                keep_session: &session::secret_of(&who.session),
                address: who.client.address,
            };
            profile::change_password(&state.ctx, &who.user, change).await?;
        }
        (None, Some(code)) => {
            let address = client.map(|client| client.address).ok_or(CoreError::Fault("no address".to_owned()))?;
            unbound::set_password(&state.ctx, &code, &asked.new_password, address).await?;
        }
        (None, None) => return Err(Failed::missing("old_password").into()),
        (Some(_), Some(_)) => return Err(Failed::ill_typed("code").into()),
    }
    Ok(wire::done())
}

pub async fn email(
    State(state): State<AppState>,
    who: Who,
    Body(asked, _): Body<Assistant, Email>,
) -> Result<Response, Fault> {
    profile::update_email(&state.ctx, who.user.id, &asked.email).await?;
    Ok(wire::done())
}
