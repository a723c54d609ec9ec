//! `/account/…`: registration, sign-in, sign-out, and changes to one's own account.

use super::{
    Assistant,
    caller::Caller,
    fault::Fault,
    wire::{self, Email, Login, NewPassword, Register},
};
use crate::{
    core::{
        CoreError, FieldError, Problem,
        account::{
            ProfileColumn, identity, login,
            profile::{self, PasswordChange},
            session::SignInMethod,
        },
        signin::unsolicited_code,
        signin_log::{self, Door},
    },
    http::{
        api::{ApiFailure, Body},
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
    unsolicited_code::register(&state.ctx(), &username, &password, &last_name, client.address)
        .await
        .map_err(in_their_words)?;
    Ok(wire::done())
}

/// In this dialect the code comes in a field of another name, and a malformed code is reported as a wrong code. Other flaws of the
/// same request take precedence.
fn in_their_words(error: CoreError) -> CoreError {
    let CoreError::Invalid(mut flaws) = error else { return error };
    if matches!(flaws.as_slice(), [FieldError { field: "code", problem: Problem::Malformed }]) {
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
    let user = login::by_password(&state.ctx(), &asked.username, &asked.password, client.place()).await?;
    session::sign_in(&session, &user, &client, SignInMethod::Password).await?;
    Ok(wire::done())
}

pub async fn sign_out(Extension(session): Extension<Session>) -> Result<Response, Fault> {
    session::sign_out(&session).await?;
    Ok(wire::done())
}

pub async fn info(State(state): State<AppState>, caller: Caller) -> Result<Response, Fault> {
    let identity = identity::find_own(&state.ctx(), caller.user.id).await?;
    let wechat_name = identity::wechat_name(&state.ctx(), caller.user.id).await?;
    Ok(wire::info(caller.user, identity.map(|identity| identity.openid), wechat_name))
}

/// With the old password, which only a signed-in user may try, or with a code, which is sufficient proof.
pub async fn password(State(state): State<AppState>, request: Request) -> Result<Response, Fault> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &state).await;
    let client = parts.extensions.get::<Client>().cloned();
    let request = Request::from_parts(parts, body);
    let Body(asked, _) =
        <Body<Assistant, NewPassword> as axum::extract::FromRequest<_>>::from_request(request, &state).await?;
    match (asked.old_password, asked.code) {
        (Some(old), None) => {
            let caller = caller?;
            let change = PasswordChange {
                // A user without a username can choose one on the page.
                username: caller.user.username.as_deref().unwrap_or_default(),
                old: &old,
                new: &asked.new_password,
                keep_session: &session::secret_of(&caller.session),
                address: caller.client.address,
            };
            profile::change_password(&state.ctx(), &caller.user, change).await?;
            caller.client.known.remember_again(caller.user.id).await?;
        }
        (None, Some(code)) => {
            let address = client.map(|client| client.address).ok_or(CoreError::Fault("no address".to_owned()))?;
            let set = unsolicited_code::set_password(&state.ctx(), &code, &asked.new_password, address).await;
            set.map_err(|error| signin_log::failed(Door::Reset, None, error))?;
        }
        (None, None) => return Err(ApiFailure::missing("old_password").into()),
        (Some(_), Some(_)) => return Err(ApiFailure::ill_typed("code").into()),
    }
    Ok(wire::done())
}

pub async fn email(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked, _): Body<Assistant, Email>,
) -> Result<Response, Fault> {
    profile::update(&state.ctx(), caller.user.id, &[(ProfileColumn::Email, &asked.email)]).await?;
    Ok(wire::done())
}
