//! Actions of users on their own account.

use super::{Back, Step, TypedProfile};
use crate::{
    core::{
        CoreError, Problem,
        account::{
            User, deletion, directory, field, identity,
            profile::{self, PasswordChange},
            session::{self as browsers, SignInMethod},
        },
    },
    http::session,
    web::{
        page::PageRequest,
        text::{Common, me::Me},
    },
};
use leptos::prelude::{ServerFnError, server};

const ME: &str = "/me";
const PROFILE: &str = "/me/profile";
const PASSWORD: &str = "/me/password";
const DEVICES: &str = "/me/devices";

/// Signs this browser out.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let done = session::sign_out(&request.session).await;
    request.answer(done.map(|()| Step::redirect_with_notice("/", Me::of(request.lang()).signed_out)), Back::to(ME, ""))
}

/// Sets the profile fields that users edit themselves.
#[server(prefix = "/do", endpoint = "profile")]
pub async fn profile(#[server(flatten)] typed: TypedProfile) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        profile::update(&request.ctx, user.id, &typed.fields(field::own_profile())).await?;
        Ok(saved(&request))
    };
    request.answer(outcome.await, typed.keep(Back::to(PROFILE, "profile")))
}

/// Changes the password, or sets the first one with a username.
#[server(prefix = "/do", endpoint = "password")]
pub async fn change_password(
    #[server(default)] username: String,
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let back = Back::to(PASSWORD, "password").keep("username", &username);
    let outcome = async {
        let user = own(&request).await?;
        let change = PasswordChange {
            username: &username,
            old: &old_password,
            new: &new_password,
            keep_session: &session::secret_of(&request.session),
            address: request.client.address,
        };
        profile::change_password(&request.ctx, &user, change).await?;
        request.client.known.remember_again(user.id).await?;
        Ok(Step::redirect_with_notice(ME, Me::of(request.lang()).password_set))
    };
    request.answer(outcome.await, back)
}

/// Switches the user's own rules on (`on=1`) or off.
#[server(prefix = "/do", endpoint = "auto-reply")]
pub async fn auto_reply(#[server(default)] on: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        profile::set_auto_reply(&request.ctx, user.id, on == "1").await?;
        Ok(saved(&request))
    };
    request.answer(outcome.await, Back::to(ME, "auto-reply"))
}

/// Signs one browser out.
#[server(prefix = "/do", endpoint = "revoke")]
pub async fn revoke(#[server(default)] session: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        browsers::revoke(&request.ctx, user.id, &session).await?;
        Ok(Step::redirect_with_notice(DEVICES, Me::of(request.lang()).revoked))
    };
    request.answer(outcome.await, Back::to(DEVICES, "sessions"))
}

/// Signs every other browser out.
#[server(prefix = "/do", endpoint = "revoke-others")]
pub async fn revoke_others() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = own(&request).await?;
        browsers::revoke_others(&request.ctx, user.id, &session::secret_of(&request.session)).await?;
        request.client.known.remember_again(user.id).await?;
        Ok(Step::redirect_with_notice(DEVICES, Me::of(request.lang()).revoked))
    };
    request.answer(outcome.await, Back::to(DEVICES, "sessions"))
}

/// Unlinks WeChat from the account.
#[server(prefix = "/do", endpoint = "unbind")]
pub async fn unbind() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Me::of(request.lang());
    let outcome = async {
        let user = own(&request).await?;
        identity::unbind(&request.ctx, user.id, &request.address()).await?;
        if SignInMethod::needs_wechat(session::door_of(&request.session).await) {
            session::sign_out(&request.session).await?;
            return Ok(Step::redirect_with_notice("/login", t.unbound_signed_out));
        }
        Ok(Step::redirect_with_notice(ME, t.unbound))
    };
    request.answer(outcome.await, Back::to(PASSWORD, "unbind").or_forbidden(t.unbind_needs_password))
}

/// Deletes the user's account if they typed its name or id.
#[server(prefix = "/do", endpoint = "delete-account")]
pub async fn delete_account(#[server(default)] confirm: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Me::of(request.lang());
    let outcome = async {
        let user = own(&request).await?;
        if !directory::is_name_of(&user, &confirm) {
            return Err(CoreError::field_error("confirm", Problem::Wrong));
        }
        deletion::delete(&request.ctx, user.id, Some(user.id), &request.address()).await?;
        session::sign_out(&request.session).await?;
        Ok(Step::redirect_with_notice("/", t.deleted))
    };
    let back = Back::to("/me/delete", "delete").keep("confirm", &confirm);
    request.answer(outcome.await, back)
}

async fn own(request: &PageRequest) -> Result<User, CoreError> {
    request.user().await?.ok_or(CoreError::NotSignedIn)
}

fn saved(request: &PageRequest) -> Step {
    Step::redirect_with_notice(ME, Common::of(request.lang()).saved)
}
