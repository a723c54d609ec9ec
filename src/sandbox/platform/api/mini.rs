//! The mini-program's login. Facts: docs/WECHAT.md, 4.8.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    credentials::digits,
    desk::Desk,
    fault::{self, Fault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

/// A code gives its person once. The answer calls itself text, as all of `sns/…` do.
pub async fn session(desk: &Desk, call: &Call) -> Result<Reply, Fault> {
    let account = desk.credentials();
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
    let person = desk.change(|world| world.js_codes.remove(&code).and_then(|of| world.people.get(&of).cloned())).await;
    let person = person.ok_or(fault::JS_CODE)?;
    let key = STANDARD.encode(digits(desk.chance.as_ref(), 8));
    let mut answer = json!({ "openid": person.mini_openid, "session_key": key });
    if let Some(unionid) = person.unionid {
        answer["unionid"] = json!(unionid);
    }
    Ok(Reply::TextJson(answer))
}
