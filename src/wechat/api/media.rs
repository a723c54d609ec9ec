//! Temporary media (临时素材): pictures, voices and videos that live for three days. For verified accounts.
//!
//! Facts: docs/WECHAT.md, 4.7.

use super::request::{File, Request};
use super::transport::Fetched;
use super::{ApiError, Client, ErrorClass};
use serde::Deserialize;
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

/// How long a medium lives, in milliseconds.
pub const MEDIA_LIFE_MS: i64 = 3 * 24 * 3_600_000;
/// The largest file that the platform takes or gives, in bytes: a video.
pub const UPLOAD_MAX_BYTES: usize = 10 * 1024 * 1024;

/// The longest that one try may take: a video goes over a slow line.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediumKind {
    /// JPG, PNG or GIF.
    Image,
    /// AMR or MP3, up to a minute.
    Voice,
    /// MP4.
    Video,
    /// JPG of up to 64 KB, beside a piece of music.
    Thumb,
}

impl MediumKind {
    fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Thumb => "thumb",
        }
    }
}

/// A file, for sending.
#[derive(Debug, Clone, Copy)]
pub struct Medium<'a> {
    pub kind: MediumKind,
    /// With the ending that belongs to it: the platform goes by that.
    pub name: &'a str,
    /// `image/png`
    pub media_type: &'static str,
    pub bytes: &'a [u8],
}

#[derive(Deserialize)]
struct Uploaded {
    #[serde(alias = "thumb_media_id")]
    media_id: String,
}

impl Client {
    /// Sends a file and returns its media id, good for [`MEDIA_LIFE_MS`]. 100 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]; 48001 where the account may not, 40004 to 40009 and 45001 where the file is not as it must be.
    pub async fn upload_media(&self, medium: Medium<'_>) -> Result<String, ApiError> {
        let file = File { name: medium.name, media_type: medium.media_type, bytes: medium.bytes };
        let request = Request::file("/cgi-bin/media/upload", file).with("type", medium.kind.name()).within(TIMEOUT);
        let uploaded: Uploaded = self.call(&request).await?;
        if uploaded.media_id.is_empty() { Err(ApiError::Malformed) } else { Ok(uploaded.media_id) }
    }

    /// The file of a media id that still lives; a video is fetched from where the platform says it is. 200 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]; 40007 where it lives no longer, 48001 where the account may not.
    pub async fn fetch_media(&self, media_id: &str) -> Result<Vec<u8>, ApiError> {
        let request = Request::get("/cgi-bin/media/get").with("media_id", media_id).within(TIMEOUT);
        let token = self.tokens.current().await?;
        let fetched = match self.transport.fetch(&request, &token, UPLOAD_MAX_BYTES).await {
            Err(ApiError::Platform { class: ErrorClass::Token, .. }) => {
                self.tokens.reject(&token);
                let token = self.tokens.current().await?;
                self.transport.fetch(&request, &token, UPLOAD_MAX_BYTES).await?
            }
            fetched => fetched?,
        };
        match fetched {
            Fetched::File(bytes) => Ok(bytes),
            Fetched::Json(answer) => {
                let url = answer["video_url"].as_str().and_then(|url| Url::parse(url).ok());
                self.fetch_file(&url.ok_or(ApiError::Malformed)?).await
            }
        }
    }

    /// A file at an address that the platform named. Addresses of this machine and its neighbours are refused, but where the
    /// platform itself (a stand-in) is there.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Malformed`] for an address that is refused.
    pub async fn fetch_file(&self, url: &Url) -> Result<Vec<u8>, ApiError> {
        let is_allowed = is_public(url) || self.transport.is_at(url);
        if !is_allowed {
            return Err(ApiError::Malformed);
        }
        self.transport.download(url, TIMEOUT, UPLOAD_MAX_BYTES).await
    }
}

/// True for an address of the web that names no machine nearby.
fn is_public(url: &Url) -> bool {
    let is_far = match url.host() {
        // A name without a dot is one of the neighbourhood's, and so are these two endings.
        Some(Host::Domain(name)) => {
            name.rsplit_once('.').is_some_and(|(_, last)| !matches!(last, "localhost" | "local"))
        }
        Some(Host::Ipv4(ip)) => is_far(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_far(IpAddr::V6(ip)),
        None => false,
    };
    is_far && matches!(url.scheme(), "http" | "https")
}

fn is_far(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified() || ip.is_broadcast())
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_fetched_from_nearby() {
        let is = |url: &str| is_public(&Url::parse(url).unwrap());
        assert!(is("http://mmbiz.qpic.cn/mmbiz/a/0") && is("http://61.182.133.153/a.mp4"));
        for near in [
            "http://127.0.0.1/a",
            "http://localhost:3000/a",
            "http://10.0.0.1/a",
            "http://169.254.169.254/latest",
            "http://[::1]/a",
            "http://[::ffff:10.0.0.1]/",
            "file:///etc/passwd",
            "ftp://a.example/",
        ] {
            assert!(!is(near), "{near}");
        }
    }
}
