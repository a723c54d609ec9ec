//! Actions that need a secret from elsewhere: a code for a forgotten password, or the setup link of the first start.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::{self, admin, session::SignInMethod},
        signin::{Purpose, Secrets, Status, View, begin, reset},
        signin_log::{self, Door},
    },
    http::session,
    web::{
        page::{PageRequest, path::START},
        text,
    },
};
use leptos::prelude::{ServerFnError, server};

/// Resets a forgotten password with a code from the chat.
#[server(prefix = "/do", endpoint = "forgot")]
pub async fn forgot(
    #[server(default)] code: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let secrets = reset_secrets(&request).await?;
        let set = reset::set_password(&request.ctx, &secrets, &code, &new_password, request.client.address).await;
        set.map_err(|error| signin_log::failed(Door::Reset, None, error))?;
        Ok(Step::redirect_with_notice("/login", text::forgot::Forgot::of(request.lang()).done))
    };
    request.answer(outcome.await, Back::to("/forgot", "forgot").keep("code", &code))
}

/// Creates the first admin.
#[server(prefix = "/do", endpoint = "setup")]
pub async fn setup(
    #[server(default)] key: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = text::setup::Setup::of(request.lang());
    let back = Back::to(setup_path(&key), "setup").keep("username", &username).or_forbidden(t.spent);
    let outcome = async {
        let id = admin::set_up(&request.ctx, &key, &username, &password, &request.address()).await;
        let id = id.map_err(|error| signin_log::failed(Door::Setup, None, error))?;
        let user = account::find(&request.ctx, id).await?.ok_or(CoreError::NotFound)?;
        session::sign_in(&request.session, &user, &request.client, SignInMethod::Setup).await?;
        Ok(Step::redirect_with_notice(START, t.done))
    };
    request.answer(outcome.await, back)
}

/// The setup page for this key; a longer key than a real one is cut, as it is invalid anyway.
fn setup_path(key: &str) -> String {
    let key: String = key.chars().take(64).collect();
    format!("/setup?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("key", &key).finish())
}

/// The browser's session for a forgotten password; creates one if it has none that is valid.
async fn reset_secrets(request: &PageRequest) -> Result<Secrets, CoreError> {
    let is_live = |view: View| view.purpose == Purpose::Reset && view.status == Status::Waiting;
    if let Some(secrets) = request.secrets()
        && begin::view(&request.ctx, &secrets).await?.is_some_and(is_live)
    {
        return Ok(secrets);
    }
    let secrets = begin::login(&request.ctx, Purpose::Reset, request.asker("")).await?;
    request.set_secrets(&secrets);
    Ok(secrets)
}
