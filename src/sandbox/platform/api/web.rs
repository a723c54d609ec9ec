//! Web login of the open platform (网站应用). Facts: docs/WECHAT.md, 4.8.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    credentials::letters,
    fault::{self, Fault},
    state::PlatformState,
};
use serde_json::json;

/// A code can be used once; returns the user, and a token for their profile.
pub async fn access_token(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    let account = state.credentials();
    if call.query("appid") != account.web_appid {
        return Err(fault::APPID);
    }
    if call.query("secret") != account.web_secret {
        return Err(fault::APPSECRET);
    }
    if call.query("grant_type") != "authorization_code" {
        return Err(fault::GRANT_TYPE);
    }
    let (code, token) = (call.query("code").to_owned(), letters(state.rng.as_ref(), 64));
    let exchange = |world: &mut crate::sandbox::platform::world::World| {
        let of = world.web_codes.remove(&code)?;
        world.web_tokens.insert(token.clone(), of.clone());
        world.people.get(&of).cloned()
    };
    let person = state.change(exchange).await.ok_or(fault::JS_CODE)?;
    let mut answer = json!({
        "access_token": token,
        "expires_in": 7200,
        "refresh_token": letters(state.rng.as_ref(), 64),
        "openid": person.web_openid(),
        "scope": "snsapi_login",
    });
    if let Some(unionid) = person.unionid {
        answer["unionid"] = json!(unionid);
    }
    Ok(Reply::TextJson(answer))
}

/// The profile of a user who logged in.
pub fn userinfo(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    let find = |world: &crate::sandbox::platform::world::World| {
        let of = world.web_tokens.get(call.query("access_token"))?;
        world.people.get(of).filter(|person| person.web_openid() == call.query("openid")).cloned()
    };
    let person = state.look(find).ok_or(fault::TOKEN_INVALID)?;
    let mut answer = json!({
        "openid": person.web_openid(),
        "nickname": person.nickname,
        "sex": 0,
        "province": "",
        "city": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
    });
    if let Some(unionid) = person.unionid {
        answer["unionid"] = json!(unionid);
    }
    Ok(Reply::TextJson(answer))
}
