//! Beginning to come in: registering, signing in, tying WeChat to an account.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::login,
        signin::{Purpose, Secrets, begin},
    },
    http::session,
    web::page::{
        Here,
        path::{local_path, with_next},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Begins a registration: the name and the password; WeChat comes next.
#[server(prefix = "/do", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let back = Back::to(with_next("/register", &next), "register").keep("username", &username);
    let begun = begin::register(&here.ctx, &username, &password, here.asker(&next)).await;
    here.answer(begun.map(|secrets| wait(&here, &secrets)), back)
}

/// Signs in by password.
#[server(prefix = "/do", endpoint = "login")]
pub async fn sign_in(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let back = Back::to(with_next("/login", &next), "login").keep("username", &username);
    let outcome = async {
        let user = login::by_password(&here.ctx, &username, &password, here.client.address).await?;
        session::sign_in(&here.session, &user, &here.client).await?;
        Ok(Step::Go(local_path(&next).unwrap_or("/me").to_owned()))
    };
    here.answer(outcome.await, back)
}

/// Begins a sign-in by WeChat.
#[server(prefix = "/do", endpoint = "wechat")]
pub async fn wechat(#[server(default)] next: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let begun = begin::login(&here.ctx, Purpose::Login, here.asker(&next)).await;
    here.answer(begun.map(|secrets| wait(&here, &secrets)), Back::to(with_next("/login", &next), "wechat"))
}

/// Begins tying WeChat to the account that is signed in.
#[server(prefix = "/do", endpoint = "bind")]
pub async fn bind() -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let user = here.user().await?.ok_or(CoreError::NotSignedIn)?;
        let secrets = begin::bind(&here.ctx, user.id, here.asker("/me")).await?;
        Ok(wait(&here, &secrets))
    };
    here.answer(outcome.await, Back::to("/me", "bind"))
}

/// On to the page that waits for the phone.
pub(super) fn wait(here: &Here, secrets: &Secrets) -> Step {
    here.set_secrets(secrets);
    Step::Go("/signin".to_owned())
}
