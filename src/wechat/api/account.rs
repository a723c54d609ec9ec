//! What the platform knows about the account itself. Available to every account, also unverified ones.

use super::{ApiError, Client, Request};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct IpList {
    ip_list: Vec<String>,
}

impl Client {
    /// The auto-replies set in the platform's console, as JSON. Every block may be missing, and its media ids expire
    /// after three days.
    ///
    /// # Errors
    /// [`ApiError`]
    pub async fn current_autoreply_info(&self) -> Result<Value, ApiError> {
        self.call(&Request::get("/cgi-bin/get_current_autoreply_info")).await
    }

    /// The addresses that pushes come from: single addresses and ranges (`101.226.103.0/25`). They change; query about
    /// once a day.
    ///
    /// # Errors
    /// [`ApiError`]
    pub async fn callback_ips(&self) -> Result<Vec<String>, ApiError> {
        let list: IpList = self.call(&Request::get("/cgi-bin/getcallbackip")).await?;
        Ok(list.ip_list)
    }
}
