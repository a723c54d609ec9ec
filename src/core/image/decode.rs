//! From a file to pixels. Sizes are checked where the file's header says them: a bomb is refused before it is unpacked.

use super::{Canvas, Format, MAX_BYTES, MAX_PIXELS, MAX_SIDE, Refusal, is_workable};
use image::{
    DynamicImage, ImageDecoder, ImageError, Limits,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use std::io::Cursor;

/// What a decoder may allocate for pixels: 16 bits a channel, and room for its tables.
const MAX_ALLOCATED: u64 = MAX_PIXELS * 8 + 64 * 1024 * 1024;
/// What may be allocated for what stands before the pixels: packed colour profiles can be bombs, too.
const MAX_HEADER_ALLOCATED: u64 = 16 * 1024 * 1024;

/// The picture, upright, in 8 bits a channel; and the format it came in.
pub(super) fn decode(bytes: &[u8]) -> Result<(Canvas, Format), Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooManyBytes);
    }
    let format = Format::of(bytes).ok_or(Refusal::UnknownFormat)?;
    let source = Cursor::new(bytes);
    let canvas = match format {
        Format::Png => {
            let decoder = PngDecoder::with_limits(source, limits(MAX_HEADER_ALLOCATED)).map_err(refusal)?;
            // Asked first: whether the first picture of several is the one that is meant, nobody can say.
            if decoder.is_apng().map_err(refusal)? { Err(Refusal::Animated) } else { read(decoder) }
        }
        Format::Jpeg => read(JpegDecoder::new(source).map_err(refusal)?),
        Format::WebP => {
            let decoder = WebPDecoder::new(source).map_err(refusal)?;
            if decoder.has_animation() { Err(Refusal::Animated) } else { read(decoder) }
        }
    }?;
    Ok((canvas, format))
}

fn read(mut decoder: impl ImageDecoder) -> Result<Canvas, Refusal> {
    let (width, height) = decoder.dimensions();
    if !is_workable(width, height) {
        return Err(Refusal::TooLarge);
    }
    decoder.set_limits(limits(MAX_ALLOCATED)).map_err(refusal)?;
    let is_opaque = !decoder.color_type().has_alpha();
    // An orientation that cannot be read is none: the picture itself may be fine.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture.apply_orientation(orientation);
    Ok(Canvas { pixels: picture.into_rgba8(), is_opaque })
}

fn limits(max_allocated: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(max_allocated);
    limits
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::Damaged,
    }
}
