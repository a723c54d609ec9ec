//! Temporary media (临时素材): pictures, voices and videos that expire after three days. For verified accounts.
//!
//! Facts: docs/WECHAT.md, 4.7.

use super::request::{File, Request};
use super::transport::Fetched;
use super::{ApiError, Client, ErrorClass};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// The lifetime of a medium, in milliseconds.
pub const MEDIA_LIFE_MS: i64 = 3 * 24 * 3_600_000;
/// The largest file that can be uploaded or downloaded, in bytes: a video.
pub const UPLOAD_MAX_BYTES: usize = 10 * 1024 * 1024;

/// The largest picture of a user, in bytes.
pub const PICTURE_MAX_BYTES: usize = 2 * 1024 * 1024;

/// The timeout for a picture of a user, from the connection to the last byte.
const PICTURE_TIMEOUT: Duration = Duration::from_secs(15);
/// The timeout of one attempt: long enough for a video over a slow connection.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The media type in an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediumKind {
    /// JPG, PNG or GIF.
    Image,
    /// AMR or MP3, up to a minute.
    Voice,
    /// MP4.
    Video,
    /// JPG of up to 64 KB, the thumbnail of music.
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

/// A file to upload.
#[derive(Debug, Clone, Copy)]
pub struct Medium<'a> {
    pub kind: MediumKind,
    /// With the matching extension: the platform checks it.
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
    /// Uploads a file and returns its media id, valid for [`MEDIA_LIFE_MS`]. 100 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]; 48001 if the account has no permission, 40004 to 40009 and 45001 if the file is invalid.
    pub async fn upload_media(&self, medium: Medium<'_>) -> Result<String, ApiError> {
        let file = File { name: medium.name, media_type: medium.media_type, bytes: medium.bytes };
        let request = Request::file("/cgi-bin/media/upload", file).with("type", medium.kind.name()).within(TIMEOUT);
        let uploaded: Uploaded = self.call(&request).await?;
        if uploaded.media_id.is_empty() { Err(ApiError::Malformed) } else { Ok(uploaded.media_id) }
    }

    /// Downloads the file of an unexpired media id; a video comes from the URL in the platform's response. 200 000 calls a
    /// day.
    ///
    /// # Errors
    /// [`ApiError`]; 40007 if it has expired, 48001 if the account has no permission.
    pub async fn fetch_media(&self, media_id: &str) -> Result<Vec<u8>, ApiError> {
        let request = Request::get("/cgi-bin/media/get").with("media_id", media_id).within(TIMEOUT);
        let token = self.tokens.current().await?;
        let fetched = match self.transport.fetch(&request, &token, UPLOAD_MAX_BYTES).await {
            Err(ApiError::Platform { class: ErrorClass::Token, .. }) => {
                self.tokens.reject(&token);
                let token = self.tokens.current().await?;
                self.transport.fetch(&request, &token, UPLOAD_MAX_BYTES).await
            }
            fetched => fetched,
        };
        match fetched.inspect_err(|error| error.log(request.path))? {
            Fetched::File(bytes) => Ok(bytes),
            Fetched::Json(answer) => {
                let url = answer["video_url"].as_str().and_then(|url| Url::parse(url).ok());
                self.fetch_file(&url.ok_or(ApiError::Malformed)?).await
            }
        }
    }

    /// Downloads a file from a URL in the platform's response: only from the public internet, or from the platform's own address (a
    /// test server).
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Malformed`] for a special address, [`ApiError::Unreachable`] for a name that resolves to one.
    pub async fn fetch_file(&self, url: &Url) -> Result<Vec<u8>, ApiError> {
        self.transport.download(url, TIMEOUT, UPLOAD_MAX_BYTES).await
    }

    /// Downloads a picture from an address that a user's app presented: as [`fetch_file`](Self::fetch_file), by HTTPS only, and smaller.
    ///
    /// # Errors
    /// As [`fetch_file`](Self::fetch_file); [`ApiError::Malformed`] also for a picture above [`PICTURE_MAX_BYTES`].
    pub async fn fetch_picture(&self, url: &Url) -> Result<Vec<u8>, ApiError> {
        if url.scheme() != "https" && !self.transport.is_at(url) {
            return Err(ApiError::Malformed);
        }
        self.transport.download(url, PICTURE_TIMEOUT, PICTURE_MAX_BYTES).await
    }
}
