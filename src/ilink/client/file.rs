//! Uploads and downloads media files.

use super::{Bot, Client, Error, SEND_TIMEOUT, is_visible};
use crate::ilink::error::TransportFailure;
use crate::ilink::media::{FILE_MAX_BYTES, MediaKey, MediaKind, MediaRef, UploadedFile, encrypted_len};
use hyper::body::Bytes;
use md5::{Digest as _, Md5};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// The timeout of transferring one file.
const TRANSFER_TIMEOUT: Duration = Duration::from_mins(1);
/// How often an upload is attempted: the same bytes to the same URL. (S)
const ATTEMPTS: usize = 3;
/// The longest `x-encrypted-param`, in bytes.
const PARAM_MAX_BYTES: usize = 4096;

/// A file ready for upload.
struct Sealed {
    md5: String,
    bytes: Bytes,
}

impl Client {
    /// Encrypts and uploads a file (`getuploadurl`, then the CDN): 1 byte to [`FILE_MAX_BYTES`].
    ///
    /// # Errors
    /// [`Error::FileSize`], [`Error::ForeignHost`], and those of calls.
    pub async fn upload(
        &self,
        bot: &Bot,
        to_user_id: &str,
        kind: MediaKind,
        bytes: Vec<u8>,
    ) -> Result<UploadedFile, Error> {
        if !(1..=FILE_MAX_BYTES).contains(&bytes.len()) {
            return Err(Error::FileSize);
        }
        let (size_bytes, encrypted_bytes) = (bytes.len(), encrypted_len(bytes.len()));
        let key = MediaKey::random(self.0.transport.rng());
        let sealed = seal(key.clone(), bytes).await?;
        let file_key = MediaKey::random(self.0.transport.rng()).to_hex();
        let body = json!({
            "filekey": file_key,
            "media_type": kind as u8,
            "to_user_id": to_user_id,
            "rawsize": size_bytes,
            "rawfilemd5": sealed.md5,
            "filesize": encrypted_bytes,
            "no_need_thumb": true,
            "aeskey": key.to_hex(),
        });
        let hex = key.to_hex();
        let answer = self.post(bot, "/ilink/bot/getuploadurl", body, SEND_TIMEOUT, &[&hex]).await?;
        let text = |name: &str| answer[name].as_str().map(str::trim).filter(|text| !text.is_empty());
        let url = match (text("upload_full_url"), text("upload_param")) {
            (Some(url), _) => self.hosts().media(url)?,
            (None, Some(param)) => {
                let mut url = self.hosts().cdn("/upload");
                url.query_pairs_mut().append_pair("encrypted_query_param", param).append_pair("filekey", &file_key);
                url
            }
            (None, None) => return Err(Error::Unreadable),
        };
        let download_param = self.put(url, sealed.bytes).await?;
        Ok(UploadedFile { download_param, key, size_bytes, encrypted_bytes })
    }

    async fn put(&self, url: Url, bytes: Bytes) -> Result<String, Error> {
        let mut attempt = 1;
        loop {
            let sent = self.0.transport.upload(url.clone(), bytes.clone(), TRANSFER_TIMEOUT, "x-encrypted-param").await;
            match sent {
                Ok(param) if param.len() <= PARAM_MAX_BYTES && is_visible(&param) => return Ok(param),
                Ok(_) => return Err(Error::Unreadable),
                Err(error) if attempt == ATTEMPTS || !may_repeat(&error) => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// Downloads and decrypts a file of a received message, at most `max_bytes` ([`FILE_MAX_BYTES`] if more).
    ///
    /// # Errors
    /// [`Error::FileSize`] for a larger file, [`Error::MediaKey`], [`Error::ForeignHost`], and those of the network.
    pub async fn download(&self, media: &MediaRef, max_bytes: usize) -> Result<Vec<u8>, Error> {
        if media.is_locked() {
            return Err(Error::MediaKey);
        }
        let url = if let Some(url) = &media.full_url {
            self.hosts().media(url)?
        } else {
            let mut url = self.hosts().cdn("/download");
            url.query_pairs_mut().append_pair("encrypted_query_param", &media.download_param);
            url
        };
        let max_bytes = max_bytes.min(FILE_MAX_BYTES);
        let bytes = self.0.transport.download(url, TRANSFER_TIMEOUT, encrypted_len(max_bytes)).await?;
        let media = media.clone();
        let plain = blocking(move || media.open(bytes)).await??;
        if plain.len() > max_bytes { Err(Error::FileSize) } else { Ok(plain) }
    }
}

/// A server's error, and a connection that broke: repeating an upload does no harm.
fn may_repeat(error: &Error) -> bool {
    match error {
        Error::Transport(TransportFailure::Status(status)) => *status >= 500,
        Error::Transport(_) => true,
        _ => false,
    }
}

/// Hashes and encrypts.
async fn seal(key: MediaKey, plain: Vec<u8>) -> Result<Sealed, Error> {
    blocking(move || Sealed { md5: hex::encode(Md5::digest(&plain)), bytes: key.encrypt(&plain).into() }).await
}

/// Runs on a thread for such work: 20 MiB take longer than other tasks should wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Unreadable)
}
