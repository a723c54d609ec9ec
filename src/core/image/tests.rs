//! Tests with pictures of a few pixels.

mod bomb;
mod colour;
mod edit;
mod list;
mod orientation;

use super::{Deadline, Format, MAX_TIME, Picture, PictureError, parse};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use std::{io::Cursor, time::Instant};

/// Every pixel is different: red is the column, green the row.
pub(super) fn pixels(width: u32, height: u32) -> RgbaImage {
    let step = |at: u32| u8::try_from(at * 10 % 256).unwrap();
    RgbaImage::from_fn(width, height, |x, y| Rgba([step(x), step(y), 7, 255]))
}

pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    file(&DynamicImage::ImageRgba8(pixels(width, height)), ImageFormat::Png)
}

pub(super) fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Edits a picture with operations as a client sends them; `[]`, which clients may not send, decodes and encodes it.
pub(super) fn edited(bytes: &[u8], operations: &str) -> Result<Picture, PictureError> {
    let operations =
        if operations == "[]" { Vec::new() } else { parse(operations).map_err(PictureError::Operation)? };
    super::edit(bytes, &operations, Deadline(Instant::now() + MAX_TIME))
}

/// The pixels of an edit's result.
pub(super) fn seen(bytes: &[u8], operations: &str) -> RgbaImage {
    let picture = edited(bytes, operations).unwrap();
    assert_eq!(Format::of(&picture.bytes), Some(picture.format));
    image::load_from_memory(&picture.bytes).unwrap().into_rgba8()
}
