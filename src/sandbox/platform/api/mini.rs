//! The mini-program's login. Facts: docs/WECHAT.md, 4.8.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    credentials::digits,
    fault::{self, Fault},
    state::PlatformState,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

/// A code can be used once. The response is labelled as text, as all of `sns/…`.
pub async fn session(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    let account = state.credentials();
    if call.query("appid") != account.mini_appid {
        return Err(fault::APPID);
    }
    if call.query("secret") != account.mini_secret {
        return Err(fault::APPSECRET);
    }
    if call.query("grant_type") != "authorization_code" {
        return Err(fault::GRANT_TYPE);
    }
    let code = call.query("js_code").to_owned();
    let person = state.change(|world| world.js_codes.remove(&code).and_then(|of| world.people.get(&of).cloned())).await;
    let person = person.ok_or(fault::JS_CODE)?;
    let key = STANDARD.encode(digits(state.rng.as_ref(), 8));
    let mut answer = json!({ "openid": person.mini_openid, "session_key": key });
    if let Some(unionid) = person.unionid {
        answer["unionid"] = json!(unionid);
    }
    Ok(Reply::TextJson(answer))
}
