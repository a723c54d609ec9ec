//! What people change about themselves.

use super::{Back, Step};
use crate::{
    core::{
        CoreError, Problem,
        account::{
            User, directory, identity, leave,
            profile::{self, PasswordChange},
            session as browsers,
        },
    },
    http::session,
    web::{
        page::Here,
        text::{Common, me::Me},
    },
};
use leptos::prelude::{ServerFnError, server};

const ME: &str = "/me";

/// Signs this browser out.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    let here = Here::now();
    let done = session::sign_out(&here.session).await;
    here.answer(done.map(|()| Step::tell("/", Me::of(here.lang()).signed_out)), Back::to(ME, ""))
}

/// Sets nickname, e-mail and phone.
#[server(prefix = "/do", endpoint = "profile")]
pub async fn profile(
    #[server(default)] nickname: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let back = Back::to(ME, "profile").keep("nickname", &nickname).keep("email", &email).keep("phone", &phone);
    let outcome = async {
        let user = own(&here).await?;
        profile::update(&here.ctx, user.id, &nickname, &email, &phone).await?;
        Ok(saved(&here))
    };
    here.answer(outcome.await, back)
}

/// Changes the password, or sets the first one with a username.
#[server(prefix = "/do", endpoint = "password")]
pub async fn change_password(
    #[server(default)] username: String,
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let back = Back::to(ME, "password").keep("username", &username);
    let outcome = async {
        let user = own(&here).await?;
        let change = PasswordChange {
            username: &username,
            old: &old_password,
            new: &new_password,
            keep_session: &session::secret_of(&here.session),
            address: here.client.address,
        };
        profile::change_password(&here.ctx, &user, change).await?;
        Ok(Step::tell(ME, Me::of(here.lang()).password_set))
    };
    here.answer(outcome.await, back)
}

/// Switches the person's own rules on (`on=1`) or off.
#[server(prefix = "/do", endpoint = "auto-reply")]
pub async fn auto_reply(#[server(default)] on: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let user = own(&here).await?;
        profile::set_auto_reply(&here.ctx, user.id, on == "1").await?;
        Ok(saved(&here))
    };
    here.answer(outcome.await, Back::to(ME, "auto-reply"))
}

/// Signs one browser out.
#[server(prefix = "/do", endpoint = "revoke")]
pub async fn revoke(#[server(default)] session: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let user = own(&here).await?;
        browsers::revoke(&here.ctx, user.id, &session).await?;
        Ok(Step::tell(ME, Me::of(here.lang()).revoked))
    };
    here.answer(outcome.await, Back::to(ME, "sessions"))
}

/// Signs every other browser out.
#[server(prefix = "/do", endpoint = "revoke-others")]
pub async fn revoke_others() -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let user = own(&here).await?;
        browsers::revoke_others(&here.ctx, user.id, &session::secret_of(&here.session)).await?;
        Ok(Step::tell(ME, Me::of(here.lang()).revoked))
    };
    here.answer(outcome.await, Back::to(ME, "sessions"))
}

/// Cuts the tie to WeChat.
#[server(prefix = "/do", endpoint = "unbind")]
pub async fn unbind() -> Result<(), ServerFnError> {
    let here = Here::now();
    let t = Me::of(here.lang());
    let outcome = async {
        let user = own(&here).await?;
        identity::unbind(&here.ctx, user.id, &here.address()).await?;
        Ok(Step::tell(ME, t.unbound))
    };
    here.answer(outcome.await, Back::to(ME, "unbind").or_forbidden(t.unbind_needs_password))
}

/// Deletes the account of whoever typed its name or id.
#[server(prefix = "/do", endpoint = "delete-account")]
pub async fn delete_account(#[server(default)] confirm: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let t = Me::of(here.lang());
    let outcome = async {
        let user = own(&here).await?;
        if !directory::is_name_of(&user, &confirm) {
            return Err(CoreError::flaw("confirm", Problem::Wrong));
        }
        leave::delete(&here.ctx, user.id, Some(user.id), &here.address()).await?;
        session::sign_out(&here.session).await?;
        Ok(Step::tell("/", t.deleted))
    };
    let back = Back::to("/me/delete", "delete").keep("confirm", &confirm);
    here.answer(outcome.await, back)
}

async fn own(here: &Here) -> Result<User, CoreError> {
    here.user().await?.ok_or(CoreError::NotSignedIn)
}

fn saved(here: &Here) -> Step {
    Step::tell(ME, Common::of(here.lang()).saved)
}
