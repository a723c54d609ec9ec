//! `media/upload` and `media/get`, for verified accounts. Facts: docs/WECHAT.md, 4.7.

use super::call::{Call, Reply};
use crate::{
    core::rule::media::{Format, Kind},
    sandbox::platform::{
        fault::{self, Fault},
        state::PlatformState,
    },
};
use axum::{
    body::Body,
    extract::{FromRequest as _, Multipart, Request},
    http::header,
};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;
use std::io::Cursor;

/// The largest thumbnail.
const THUMB_MAX_BYTES: usize = 64 * 1024;
/// The largest picture: some pages of the documentation say 2 MB, others 10.
const IMAGE_MAX_BYTES: usize = 10 * 1024 * 1024;

pub async fn upload(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let (name, bytes) = part(call).await?;
    let kind = call.query("type");
    check(kind, &name, &bytes)?;
    let media_id = state.keep_medium(bytes).await.map_err(|_| fault::BUSY)?;
    let key = if kind == "thumb" { "thumb_media_id" } else { "media_id" };
    Ok(Reply::Json(json!({ "type": kind, key: media_id, "created_at": state.clock.now_secs() })))
}

/// The form's part `media`, with a file name.
async fn part(call: &Call) -> Result<(String, Vec<u8>), Fault> {
    let request = Request::builder().header(header::CONTENT_TYPE, call.content_type());
    let request = request.body(Body::from(call.bytes()?)).map_err(|_| fault::MEDIA_MISSING)?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| fault::MEDIA_MISSING)?;
    while let Some(part) = form.next_field().await.map_err(|_| fault::MEDIA_MISSING)? {
        if part.name() == Some("media")
            && let Some(name) = part.file_name().map(str::to_owned)
        {
            return Ok((name, part.bytes().await.map_err(|_| fault::MEDIA_MISSING)?.to_vec()));
        }
    }
    Err(fault::MEDIA_MISSING)
}

/// The platform checks the file name's extension and the content.
fn check(kind: &str, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let named = Format::of_name(if ending == "jpeg" { "jpg" } else { &ending });
    let format = Format::of(bytes).filter(|format| Some(*format) == named).ok_or(fault::FILE_KIND)?;
    let (is_right, max_bytes) = match kind {
        "image" => (format.kind() == Kind::Image, IMAGE_MAX_BYTES),
        "voice" => (format.kind() == Kind::Voice, Kind::Voice.max_bytes()),
        "video" => (format.kind() == Kind::Video, Kind::Video.max_bytes()),
        "thumb" => (format == Format::Jpg, THUMB_MAX_BYTES),
        _ => return Err(fault::MEDIA_KIND),
    };
    match (is_right, bytes.len() <= max_bytes) {
        (true, true) => Ok(()),
        (false, _) => Err(fault::FILE_KIND),
        (true, false) => Err(fault::MEDIA_SIZE),
    }
}

pub async fn get(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let media_id = call.query("media_id");
    let (format, bytes) = state.medium(media_id).await.ok_or(fault::MEDIA_ID)?;
    Ok(match format.kind() {
        Kind::Video => Reply::Json(json!({ "video_url": format!("http://{}/video/{media_id}", call.host()) })),
        Kind::Image | Kind::Voice => Reply::File(format.media_type(), bytes.to_vec()),
    })
}

/// Serves videos, without a token.
pub async fn video(state: &PlatformState, media_id: &str) -> Result<Reply, Fault> {
    Ok(match state.medium(media_id).await {
        Some((format, bytes)) => Reply::File(format.media_type(), bytes.to_vec()),
        None => Reply::NotFound,
    })
}

/// A picture that an owner might have used in a reply in the console.
pub async fn poster(state: &PlatformState) -> Result<String, Fault> {
    let picture = RgbImage::from_fn(320, 180, |x, y| {
        let shade =
            |from: u32, to: u32, at: u32, of: u32| u8::try_from(from + (to - from) * at / of).unwrap_or(u8::MAX);
        Rgb([shade(7, 120, y, 180), shade(150, 220, x, 320), shade(80, 160, y, 180)])
    });
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|_| fault::BUSY)?;
    state.keep_medium(png.into_inner()).await.map_err(|_| fault::BUSY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_must_be_what_its_name_and_the_call_say() {
        let (jpg, png) = (b"\xff\xd8\xff\xe0\x00".as_slice(), b"\x89PNG\r\n\x1a\n\x00".as_slice());
        assert_eq!(check("image", "a.JPEG", jpg), Ok(()));
        assert_eq!(check("thumb", "a.jpg", jpg), Ok(()));
        assert_eq!(check("image", "a.png", jpg), Err(fault::FILE_KIND));
        assert_eq!(check("image", "a", png), Err(fault::FILE_KIND));
        assert_eq!(check("voice", "a.png", png), Err(fault::FILE_KIND));
        assert_eq!(check("file", "a.png", png), Err(fault::MEDIA_KIND));
        let large = [png, &vec![0; THUMB_MAX_BYTES]].concat();
        assert_eq!(check("image", "a.png", &large), Ok(()));
        let large = [jpg, &vec![0; THUMB_MAX_BYTES]].concat();
        assert_eq!(check("thumb", "a.jpg", &large), Err(fault::MEDIA_SIZE));
    }
}
