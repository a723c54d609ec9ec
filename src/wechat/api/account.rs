//! What the platform tells of the account itself: to every account, also unverified ones.

use super::{ApiError, Client, Request};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct IpList {
    ip_list: Vec<String>,
}

impl Client {
    /// The auto-replies set on the platform's website, as they come. Every block may be missing, and media ids in it live
    /// for three days only.
    ///
    /// # Errors
    /// [`ApiError`]
    pub async fn current_autoreply_info(&self) -> Result<Value, ApiError> {
        self.call(&Request::get("/cgi-bin/get_current_autoreply_info")).await
    }

    /// Where pushes come from: single addresses and ranges (`101.226.103.0/25`). They change; ask about once a day.
    ///
    /// # Errors
    /// [`ApiError`]
    pub async fn callback_ips(&self) -> Result<Vec<String>, ApiError> {
        let list: IpList = self.call(&Request::get("/cgi-bin/getcallbackip")).await?;
        Ok(list.ip_list)
    }
}
