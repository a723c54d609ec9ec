//! The account's picture on the pages that visitors see: read and resized once, at the start.

use axum::body::Bytes;
use image::{ImageFormat, ImageReader, Limits, imageops::FilterType};
use std::io::Cursor;

/// The address of the picture.
pub const PATH: &str = "/account.png";
/// Pixels of each side: WeChat cuts the picture of a shared link to a square of at least 300.
pub const SIDE: u32 = 300;
/// The largest file.
const MAX_BYTES: u64 = 2 * 1024 * 1024;
/// The most pixels of a side of the file.
const MAX_SIDE: u32 = 5_000;

/// A square PNG.
#[derive(Debug, Clone)]
pub struct AccountPicture(Bytes);

impl AccountPicture {
    /// The picture in this file; `None` for an empty path.
    ///
    /// # Errors
    /// One line that says why the file cannot be used.
    pub fn read(path: &str) -> Result<Option<Self>, String> {
        if path.is_empty() {
            return Ok(None);
        }
        let fault = |why: String| {
            format!("wechat.account-picture: {path}: {why}; use a PNG, JPEG or WebP file of at most 2 MB")
        };
        let length = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
        if length > MAX_BYTES {
            return Err(fault("the file is too large".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        square(&bytes).map(|png| Some(Self(png.into()))).map_err(|error| fault(error.to_string()))
    }

    /// The PNG.
    #[must_use]
    pub fn png(&self) -> Bytes {
        self.0.clone()
    }
}

/// The middle of a picture as a PNG.
fn square(bytes: &[u8]) -> Result<Vec<u8>, image::ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    reader.limits(limits);
    let picture = reader.decode()?.resize_to_fill(SIDE, SIDE, FilterType::Lanczos3);
    let mut png = Cursor::new(Vec::new());
    picture.to_rgba8().write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView as _, Rgb, RgbImage};

    #[test]
    fn a_picture_of_any_shape_becomes_a_square() {
        let mut jpeg = Cursor::new(Vec::new());
        RgbImage::from_pixel(640, 120, Rgb([7, 193, 96])).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let made = image::load_from_memory(&square(jpeg.get_ref()).unwrap()).unwrap();
        assert_eq!(made.dimensions(), (SIDE, SIDE));
    }

    #[test]
    fn a_file_that_is_no_picture_stops_the_start_and_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "<svg/>").unwrap();
        let path = file.path().to_str().unwrap();
        assert!(AccountPicture::read(path).unwrap_err().contains(path));
        assert!(AccountPicture::read("/no/such/file").unwrap_err().contains("account-picture"));
        assert!(AccountPicture::read("").unwrap().is_none());
    }
}
