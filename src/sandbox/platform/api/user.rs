//! The API about users. Facts: docs/WECHAT.md, 4.3.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    fault::{self, Fault},
    state::PlatformState,
    world::Person,
};
use serde_json::{Value, json};

pub fn info(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let found = state.look(|world| world.people.get(call.query("openid")).map(to_json));
    found.map(Reply::Json).ok_or(fault::OPENID)
}

/// Since 2021-12-27 without name, picture, sex and location; for a user who does not follow, only the openid and that
/// fact.
fn to_json(person: &Person) -> Value {
    let Some(follow) = &person.follow else { return json!({ "subscribe": 0, "openid": person.openid }) };
    let mut info = json!({
        "subscribe": 1,
        "openid": person.openid,
        "language": "zh_CN",
        "subscribe_time": follow.since_secs,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": if follow.scene.is_some() { "ADD_SCENE_QR_CODE" } else { "ADD_SCENE_SEARCH" },
        "qr_scene": 0,
        "qr_scene_str": follow.scene.clone().unwrap_or_default(),
    });
    // Absent unless the account is bound to an Open Platform account.
    if let Some(unionid) = &person.unionid {
        info["unionid"] = json!(unionid);
    }
    info
}
