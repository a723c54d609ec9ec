//! APIs about the account, available to every account. Facts: docs/WECHAT.md, 4.9 and 4.10.

use super::{
    call::{Call, Reply},
    media,
};
use crate::sandbox::platform::{fault::Fault, state::PlatformState};
use serde_json::json;

/// The source addresses of pushes: this machine.
pub fn callback_ips(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise(call)?;
    Ok(Reply::Json(json!({ "ip_list": ["127.0.0.1"] })))
}

/// Rules as an owner might have set them in the console before the program existed.
pub async fn autoreply(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise(call)?;
    // A new media id at every call, as on the platform.
    let poster = media::poster(state).await?;
    let text = |content: &str| json!({ "type": "text", "content": content });
    let keyword = |mode: &str, content: &str| json!({ "type": "text", "match_mode": mode, "content": content });
    Ok(Reply::Json(json!({
        "is_add_friend_reply_open": 1,
        "is_autoreply_open": 1,
        "add_friend_autoreply_info": text("欢迎关注！"),
        "message_default_autoreply_info": text("已收到，稍后回复你。"),
        "keyword_autoreply_info": { "list": [
            {
                "rule_name": "营业时间",
                "create_time": 1_700_000_000,
                "reply_mode": "reply_all",
                "keyword_list_info": [keyword("contain", "营业"), keyword("equal", "时间")],
                "reply_list_info": [text("周一至周五 9:00–18:00")],
            },
            {
                "rule_name": "海报",
                "create_time": 1_700_000_100,
                "reply_mode": "random_one",
                "keyword_list_info": [keyword("equal", "海报")],
                "reply_list_info": [{ "type": "img", "content": poster }],
            },
        ] },
    })))
}
