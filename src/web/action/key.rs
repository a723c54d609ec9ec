//! Coming in with something that was sent: a code for a forgotten password, the link of the first start.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::{self, admin},
        signin::{Purpose, Secrets, Status, View, begin, reset},
    },
    http::session,
    web::{page::Here, text},
};
use leptos::prelude::{ServerFnError, server};

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
        let user = account::find(&here.ctx, id).await?.ok_or(CoreError::NotFound)?;
        session::sign_in(&here.session, &user, &here.client).await?;
        Ok(Step::tell("/me", t.done))
    };
    here.answer(outcome.await, back)
}

/// The page that this key opens; a key is short, and what is longer opens nothing anyway.
fn setup_path(key: &str) -> String {
    let key: String = key.chars().take(64).collect();
    format!("/setup?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("key", &key).finish())
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
