//! Decoding files. Sizes are checked in the file's header: a decompression bomb is refused before it is decoded.

use super::{Canvas, Deadline, Format, MAX_BYTES, MAX_PIXELS, MAX_SIDE, PictureError, colour, is_workable};
use image::{
    DynamicImage, ImageDecoder, ImageError, Limits,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use std::io::Cursor;

/// What a decoder may allocate for pixels: 16 bits per channel, plus its tables.
const MAX_ALLOCATED: u64 = MAX_PIXELS * 8 + 64 * 1024 * 1024;
/// What may be allocated for data before the pixels: compressed colour profiles can be bombs, too.
const MAX_HEADER_ALLOCATED: u64 = 16 * 1024 * 1024;

/// Decodes the picture, upright, in sRGB with 8 bits per channel; also returns its format.
pub(super) fn decode(bytes: &[u8], deadline: Deadline) -> Result<(Canvas, Format), PictureError> {
    if bytes.len() > MAX_BYTES {
        return Err(PictureError::TooManyBytes);
    }
    let format = Format::of(bytes).ok_or(PictureError::UnknownFormat)?;
    let source = Cursor::new(bytes);
    let canvas = match format {
        Format::Png => {
            let decoder = PngDecoder::with_limits(source, limits(MAX_HEADER_ALLOCATED)).map_err(refusal)?;
            // Checked first: an animation's first frame may not be the intended picture.
            if decoder.is_apng().map_err(refusal)? { Err(PictureError::Animated) } else { read(decoder, deadline) }
        }
        Format::Jpeg => read(JpegDecoder::new(source).map_err(refusal)?, deadline),
        Format::WebP => {
            let decoder = WebPDecoder::new(source).map_err(refusal)?;
            if decoder.has_animation() { Err(PictureError::Animated) } else { read(decoder, deadline) }
        }
    }?;
    Ok((canvas, format))
}

fn read(mut decoder: impl ImageDecoder, deadline: Deadline) -> Result<Canvas, PictureError> {
    let (width, height) = decoder.dimensions();
    if !is_workable(width, height) {
        return Err(PictureError::TooLarge);
    }
    decoder.set_limits(limits(MAX_ALLOCATED)).map_err(refusal)?;
    let is_opaque = !decoder.color_type().has_alpha();
    // An unreadable orientation is ignored: the picture itself may be fine.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // So is an unreadable profile.
    let profile = decoder.icc_profile().unwrap_or_default();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    let is_grey = !picture.color().has_color();
    picture.apply_orientation(orientation);
    let mut pixels = picture.into_rgba8();
    if let Some(profile) = profile {
        colour::to_srgb(&mut pixels, &profile, is_grey, deadline)?;
    }
    Ok(Canvas { pixels, is_opaque })
}

fn limits(max_allocated: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(max_allocated);
    limits
}

fn refusal(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::Damaged,
    }
}
