//! Calls that only read and show what the account may do. Facts: docs/WECHAT.md, 4.5, 4.9 and 4.11.

use super::call::{Call, Reply};
use crate::sandbox::platform::{
    fault::{self, Fault},
    state::PlatformState,
};
use serde::Deserialize;
use serde_json::json;

/// The daily limits of verified accounts.
const LIMITS: [(&str, i64); 6] = [
    ("/cgi-bin/menu/create", 1_000),
    ("/cgi-bin/qrcode/create", 100_000),
    ("/cgi-bin/message/custom/send", 500_000),
    ("/cgi-bin/user/info", 5_000_000),
    ("/cgi-bin/media/upload", 100_000),
    ("/cgi-bin/message/template/send", 100_000),
];

#[derive(Deserialize)]
struct Asked {
    cgi_path: String,
}

/// The calls of an API that are left today: those of this run count as today's.
pub fn quota(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise(call)?;
    let Asked { cgi_path } = call.body()?;
    let limit = LIMITS.iter().find(|(path, _)| *path == cgi_path).ok_or(fault::CGI_PATH)?.1;
    state.authorise_verified(call).map_err(|_| fault::CGI_PATH_UNAUTHORIZED)?;
    let used = i64::try_from(state.faults.calls(&cgi_path)).unwrap_or(limit).min(limit);
    Ok(Reply::Json(
        json!({ "errcode": 0, "errmsg": "ok", "quota": { "daily_limit": limit, "used": used, "remain": limit - used } }),
    ))
}

/// The platform's look at the push address. The sandbox pushes to this machine.
pub fn callback_check(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise(call)?;
    Ok(Reply::Json(json!({
        "dns": [{ "ip": "127.0.0.1", "real_operator": "UNICOM" }],
        "ping": [{ "ip": "127.0.0.1", "from_operator": "CAP", "package_loss": "0%", "time": "0.100ms" }],
    })))
}

/// The menu: there is none yet.
pub fn current_menu(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise(call)?;
    Ok(Reply::Json(json!({ "is_menu_open": 0, "selfmenu_info": { "button": [] } })))
}

/// The menu that was made by calls.
pub fn own_menu(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    Err(fault::NO_MENU)
}

pub fn material_count(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    Ok(Reply::Json(json!({ "voice_count": 0, "video_count": 0, "image_count": 0, "news_count": 0 })))
}

pub fn templates(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    Ok(Reply::Json(json!({ "template_list": [] })))
}
