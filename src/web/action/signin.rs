//! Coming in: registering, signing in, and the doors of a sign-in session.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::{admin, login},
        message,
        signin::{Purpose, Secrets, Status, View, begin, reset, typed},
    },
    http::session,
    web::{
        page::{
            Here,
            path::{local_path, with_next},
        },
        text,
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
        session::sign_in(&here.session, user.id, &here.client).await?;
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

/// Door 3: the code that the account gave.
#[server(prefix = "/do", endpoint = "code")]
pub async fn code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let secrets = here.secrets().ok_or(CoreError::SessionOver)?;
        let typed = typed::type_code(&here.ctx, &secrets, &code).await?;
        message::answer::tell(&here.ctx, typed);
        Ok(Step::Go("/signin/done".to_owned()))
    };
    let outcome = match outcome.await {
        // Whatever ended the session, its page says so better than a line could.
        Err(CoreError::SessionOver | CoreError::AlreadyRegistered | CoreError::AlreadyBound | CoreError::Disabled) => {
            Ok(Step::Go("/signin".to_owned()))
        }
        other => other,
    };
    here.answer(outcome, Back::to("/signin", "code").keep("code", &code))
}

/// A new sign-in session for one that is over; `itself`: the page's script asks, not a person.
#[server(prefix = "/do", endpoint = "renew")]
pub async fn renew(#[server(default)] itself: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let view = own_view(&here).await;
    let renewed = async {
        let secrets = here.secrets().ok_or(CoreError::SessionOver)?;
        begin::renew(&here.ctx, &secrets, here.asker(""), itself == "1").await
    };
    // A password that waited too long is forgotten: the form must be filled in again.
    let back = match (&view, renewed.await) {
        (_, Ok(secrets)) => return here.answer(Ok(wait(&here, &secrets)), Back::default()),
        (Ok(Some(view)), Err(e @ CoreError::SessionOver))
            if view.purpose == Purpose::Register && view.status.is_final() =>
        {
            let typed = view.username.clone().unwrap_or_default();
            (Err(e), Back::to("/register", "register").keep("username", &typed))
        }
        (_, Err(e)) => (Err(e), Back::to("/signin", "renew")),
    };
    here.answer(back.0, back.1)
}

/// Sets a forgotten password by a code from the chat.
#[server(prefix = "/do", endpoint = "forgot")]
pub async fn forgot(
    #[server(default)] code: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let secrets = reset_secrets(&here).await?;
        reset::set_password(&here.ctx, &secrets, &code, &new_password, &here.address()).await?;
        Ok(Step::tell("/login", text::forgot::Forgot::of(here.lang()).done))
    };
    here.answer(outcome.await, Back::to("/forgot", "forgot").keep("code", &code))
}

/// Makes the first admin.
#[server(prefix = "/do", endpoint = "setup")]
pub async fn setup(
    #[server(default)] key: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
) -> Result<(), ServerFnError> {
    let here = Here::now();
    let t = text::setup::Setup::of(here.lang());
    let back = Back::to(setup_path(&key), "setup").keep("username", &username).or_forbidden(t.spent);
    let outcome = async {
        let id = admin::set_up(&here.ctx, &key, &username, &password, &here.address()).await?;
        session::sign_in(&here.session, id, &here.client).await?;
        Ok(Step::tell("/me", t.done))
    };
    here.answer(outcome.await, back)
}

/// The page that this key opens; a key is short, and what is longer opens nothing anyway.
fn setup_path(key: &str) -> String {
    let key: String = key.chars().take(64).collect();
    format!("/setup?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("key", &key).finish())
}

fn wait(here: &Here, secrets: &Secrets) -> Step {
    here.set_secrets(secrets);
    Step::Go("/signin".to_owned())
}

async fn own_view(here: &Here) -> Result<Option<View>, CoreError> {
    match here.secrets() {
        Some(secrets) => begin::view(&here.ctx, &secrets).await,
        None => Ok(None),
    }
}

/// The browser's session for a forgotten password; begun now where it has none that lives.
async fn reset_secrets(here: &Here) -> Result<Secrets, CoreError> {
    let is_live = |view: View| view.purpose == Purpose::Reset && view.status == Status::Waiting;
    if let Some(secrets) = here.secrets()
        && begin::view(&here.ctx, &secrets).await?.is_some_and(is_live)
    {
        return Ok(secrets);
    }
    let secrets = begin::login(&here.ctx, Purpose::Reset, here.asker("")).await?;
    here.set_secrets(&secrets);
    Ok(secrets)
}
