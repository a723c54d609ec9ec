//! `stable_token` and `token`. Facts: docs/WECHAT.md, 4.1.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    credentials::letters,
    fault::{self, Fault},
    state::PlatformState,
    token::Given,
};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq as _;

/// Real ones are 130 to 160 characters long.
const TOKEN_CHARS: usize = 130;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    force_refresh: bool,
}

pub async fn stable(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    let body: Body = call.body()?;
    check(state, &body.grant_type, &body.appid, &body.secret)?;
    let (new, now_ms) = (new(state), state.clock.now_ms());
    let given = state.change(|world| world.tokens.stable(new, body.force_refresh, now_ms)).await?;
    Ok(reply(&given))
}

pub async fn classic(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    check(state, call.query("grant_type"), call.query("appid"), call.query("secret"))?;
    let (new, now_ms) = (new(state), state.clock.now_ms());
    let given = state.change(|world| world.tokens.classic(new, now_ms)).await;
    Ok(reply(&given))
}

fn check(state: &PlatformState, grant_type: &str, appid: &str, secret: &str) -> Result<(), Fault> {
    let account = state.credentials();
    if grant_type != "client_credential" {
        Err(fault::GRANT_TYPE)
    } else if appid != account.appid {
        Err(fault::APPID)
    } else if secret.is_empty() {
        Err(fault::SECRET_MISSING)
    } else if !bool::from(secret.as_bytes().ct_eq(account.secret.as_bytes())) {
        Err(fault::APPSECRET)
    } else {
        Ok(())
    }
}

fn new(state: &PlatformState) -> String {
    format!("96_{}", letters(state.rng.as_ref(), TOKEN_CHARS))
}

fn reply(given: &Given) -> Reply {
    Reply::Json(json!({ "access_token": given.value, "expires_in": given.secs }))
}
