//! Parametric QR codes (带参数的二维码): only for verified service accounts.

use super::{ApiError, Client, Request};
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// A temporary QR code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ticket {
    /// The ticket of its picture: see [`Client::qr_image_url`].
    pub ticket: String,
    /// The content of the code, for rendering it locally.
    pub url: String,
    /// Its lifetime, in seconds.
    #[serde(rename = "expire_seconds")]
    pub expire_secs: u32,
}

impl Client {
    /// Creates a temporary code for `scene`, 1 to 64 characters, valid for `expire_secs`, at most 2 592 000 (30 days).
    /// 100 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]; 48001 if the account has no permission for such codes.
    pub async fn create_qr(&self, scene: &str, expire_secs: u32) -> Result<Ticket, ApiError> {
        let body = json!({
            // Always sent: the documentation's default has changed between 30 and 60 s.
            "expire_seconds": expire_secs,
            "action_name": "QR_STR_SCENE",
            "action_info": { "scene": { "scene_str": scene } },
        });
        self.call(&Request::post("/cgi-bin/qrcode/create", &body)?).await
    }

    /// The URL of a code's picture (JPEG). It needs no token.
    pub fn qr_image_url(&self, ticket: &str) -> Url {
        let mut url = self.mp_base.clone();
        url.set_path(&format!("{}/cgi-bin/showqrcode", self.mp_base.path().trim_end_matches('/')));
        url.query_pairs_mut().append_pair("ticket", ticket);
        url
    }
}
