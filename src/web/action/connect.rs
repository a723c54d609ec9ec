//! Connecting, changing and disconnecting the Official Account.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::directory::Admin,
        official_account::{self, Draft, Renewed},
    },
    web::{
        page::{PageRequest, path::CONNECT},
        text::connect::Connect,
    },
};
use leptos::prelude::{ServerFnError, server};
use serde::{Deserialize, Serialize};

/// The form of an account, as typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedAccount {
    /// Id and version of the account that the page showed.
    pub account: String,
    pub version: String,
    pub account_name: String,
    pub appid: String,
    pub app_secret: String,
    pub mode: String,
    pub push_token: String,
    pub aes_key: String,
    pub account_qr: String,
}

impl std::fmt::Debug for TypedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TypedAccount").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// Saves the form. Secrets that it leaves empty stay as they are.
#[server(prefix = "/do", endpoint = "account")]
pub async fn save_account(#[server(flatten)] typed: TypedAccount) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Connect::of(request.lang());
    // Secrets are typed again.
    let back = back("connect", t).keep("account_name", &typed.account_name).keep("appid", &typed.appid);
    let back = back.keep("mode", &typed.mode).keep("account_qr", &typed.account_qr);
    let outcome = async {
        let admin = admin(&request).await?;
        let draft = Draft {
            name: &typed.account_name,
            appid: &typed.appid,
            app_secret: &typed.app_secret,
            is_plain: typed.mode == "plain",
            token: &typed.push_token,
            aes_key: &typed.aes_key,
            qr_url: &typed.account_qr,
        };
        let seen = seen(&typed.account, &typed.version);
        let is_connected = official_account::save(&request.ctx, &admin, seen, &draft).await?;
        Ok(Step::redirect_with_notice(CONNECT, if is_connected { t.saved } else { t.saved_draft }))
    };
    request.answer(outcome.await, back)
}

/// Puts the saved account into force in place of the sandbox.
#[server(prefix = "/do", endpoint = "account-activate")]
pub async fn activate_account(
    #[server(default)] account: String,
    #[server(default)] version: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Connect::of(request.lang());
    let outcome = async {
        official_account::activate(&request.ctx, &admin(&request).await?, seen(&account, &version)).await?;
        Ok(Step::redirect_with_notice(CONNECT, t.ended))
    };
    request.answer(outcome.await, back("end", t))
}

/// Makes a new token (`which=token`) or a new key.
#[server(prefix = "/do", endpoint = "account-renew")]
pub async fn renew_account(
    #[server(default)] account: String,
    #[server(default)] version: String,
    #[server(default)] which: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Connect::of(request.lang());
    let outcome = async {
        let which = if which == "token" { Renewed::Token } else { Renewed::AesKey };
        official_account::renew(&request.ctx, &admin(&request).await?, seen(&account, &version), which).await?;
        Ok(Step::redirect_with_notice(CONNECT, t.renewed))
    };
    request.answer(outcome.await, back("renew", t))
}

/// Disconnects the account, or discards one that is not in force.
#[server(prefix = "/do", endpoint = "account-disconnect")]
pub async fn disconnect_account(
    #[server(default)] account: String,
    #[server(default)] version: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Connect::of(request.lang());
    let outcome = async {
        let was_draft = official_account::view(&request.ctx).await?.state == official_account::State::Draft;
        official_account::disconnect(&request.ctx, &admin(&request).await?, seen(&account, &version)).await?;
        Ok(Step::redirect_with_notice(CONNECT, if was_draft { t.discarded } else { t.disconnected }))
    };
    request.answer(outcome.await, back("disconnect", t))
}

fn back(form: &str, t: &'static Connect) -> Back {
    Back::to(CONNECT, form).or_forbidden(t.environment_text)
}

/// Id and version of the account that the form showed. Numbers that are none are those of no account.
fn seen(account: &str, version: &str) -> (i64, i64) {
    (account.trim().parse().unwrap_or(-1), version.trim().parse().unwrap_or(-1))
}

async fn admin(request: &PageRequest) -> Result<Admin, CoreError> {
    Admin::of(&request.user().await?.ok_or(CoreError::NotSignedIn)?, request.address())
}
