//! Actions that begin a registration, a sign-in, or linking WeChat to an account.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::{login, session::SignInMethod},
        signin::{Secrets, begin},
    },
    http::session,
    web::page::{
        PageRequest,
        path::{as_guest, local_path, with_next},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Begins a registration with name and password; WeChat comes next.
#[server(prefix = "/do", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] guest: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let back =
        Back::to(as_guest(with_next("/register", &next), !guest.is_empty()), "register").keep("username", &username);
    let begun = begin::register(&request.ctx, &username, &password, request.asker(&next)).await;
    request.answer(begun.map(|secrets| wait(&request, &secrets)), back)
}

/// Signs in with a password.
#[server(prefix = "/do", endpoint = "login")]
pub async fn sign_in(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] guest: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let back = Back::to(as_guest(with_next("/login", &next), !guest.is_empty()), "login").keep("username", &username);
    let outcome = async {
        let user = login::by_password(&request.ctx, &username, &password, request.client.place()).await?;
        session::sign_in(&request.session, &user, &request.client, SignInMethod::Password).await?;
        Ok(Step::Redirect(local_path(&next).unwrap_or("/me").to_owned()))
    };
    request.answer(outcome.await, back)
}

/// Begins a sign-in with WeChat, or goes on with this browser's own.
#[server(prefix = "/do", endpoint = "wechat")]
pub async fn wechat(#[server(default)] next: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let begun = begin::login_again(&request.ctx, request.secrets(), request.asker(&next)).await;
    request.answer(begun.map(|secrets| wait(&request, &secrets)), Back::to(with_next("/login", &next), "wechat"))
}

/// Begins linking WeChat to the signed-in account.
#[server(prefix = "/do", endpoint = "bind")]
pub async fn bind() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
        let secrets = begin::bind(&request.ctx, user.id, request.asker("/me")).await?;
        Ok(wait(&request, &secrets))
    };
    request.answer(outcome.await, Back::to("/me/linked", "bind"))
}

/// Redirects to the page that waits for the phone.
pub(super) fn wait(request: &PageRequest, secrets: &Secrets) -> Step {
    request.set_secrets(secrets);
    Step::Redirect("/signin".to_owned())
}
