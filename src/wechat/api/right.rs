//! What the account may call, and how often: found by calls that only read. Facts: docs/WECHAT.md, 4.9 and 4.11.

use super::{ApiError, Client, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The platform looks up and pings the address meanwhile.
const CHECK_TIMEOUT: Duration = Duration::from_secs(8);
/// No follower's openid: an account with the right gets 40003 for it, another one 48001.
const UNKNOWN_OPENID: &str = "weida-doctor";

/// A call that only reads, and needs the same right as calls that write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    Autoreply,
    /// The menu as it is, however it was made.
    Menu,
    /// The menu that was made by calls.
    OwnMenu,
    User,
    Material,
    Templates,
}

/// The calls of one API on this day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Quota {
    pub daily_limit: i64,
    pub used: i64,
    pub remain: i64,
}

#[derive(Deserialize)]
struct Quotas {
    quota: Quota,
}

/// What the platform found at the push address. Every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallbackCheck {
    pub dns: Vec<Resolved>,
    pub ping: Vec<Pinged>,
}

/// An address of the domain, as one of the networks sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Resolved {
    pub ip: String,
}

/// Pings of an address from one of the networks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pinged {
    pub ip: String,
    /// `CHINANET`, `UNICOM` or `CAP`.
    pub from_operator: String,
    /// `0%` to `100%`.
    pub package_loss: String,
    /// `23.079ms`
    pub time: String,
}

impl Client {
    /// Makes a call that only reads, for the sake of its error.
    ///
    /// # Errors
    /// [`ApiError`]: 48001 without the right. 46003 (no menu) and 40003 (no such follower) say that the right is there.
    pub async fn try_reading(&self, reading: Reading) -> Result<(), ApiError> {
        let request = match reading {
            Reading::Autoreply => Request::get("/cgi-bin/get_current_autoreply_info"),
            Reading::Menu => Request::get("/cgi-bin/get_current_selfmenu_info"),
            Reading::OwnMenu => Request::get("/cgi-bin/menu/get"),
            Reading::User => Request::get("/cgi-bin/user/info").with("openid", UNKNOWN_OPENID),
            Reading::Material => Request::get("/cgi-bin/material/get_materialcount"),
            Reading::Templates => Request::get("/cgi-bin/template/get_all_private_template"),
        };
        self.call::<Value>(&request).await.map(drop)
    }

    /// The calls of the API at `path` that are left on this day.
    ///
    /// # Errors
    /// [`ApiError`]: 76022 or 48001 without the right to call it.
    pub async fn quota(&self, path: &'static str) -> Result<Quota, ApiError> {
        let request = Request::post("/cgi-bin/openapi/quota/get", &json!({ "cgi_path": path }))?;
        self.call::<Quotas>(&request).await.map(|found| found.quota)
    }

    /// Lets the platform look up and ping the domain of the push address.
    ///
    /// # Errors
    /// [`ApiError`]
    pub async fn callback_check(&self) -> Result<CallbackCheck, ApiError> {
        let request =
            Request::post("/cgi-bin/callback/check", &json!({ "action": "all", "check_operator": "DEFAULT" }))?;
        self.call(&request.within(CHECK_TIMEOUT).once()).await
    }
}
