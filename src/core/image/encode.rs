//! From pixels to a file. No metadata is written.

use super::{Canvas, Format, Refusal, Target};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder as _, ImageResult, RgbaImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
};

/// JPEG where no quality was asked for: what most cameras and browsers write.
const QUALITY: u8 = 85;

/// The file. WebP is written without loss, the only kind that the library writes.
pub(super) fn encode(canvas: Canvas, target: Target) -> Result<Vec<u8>, Refusal> {
    let (width, height) = canvas.pixels.dimensions();
    let mut file = Vec::new();
    let done: ImageResult<()> = match target.format {
        Format::Jpeg => {
            let mut pixels = canvas.pixels;
            if !canvas.is_opaque {
                lay_on_white(&mut pixels);
            }
            let pixels = DynamicImage::ImageRgba8(pixels).into_rgb8();
            let encoder = JpegEncoder::new_with_quality(&mut file, target.quality.unwrap_or(QUALITY));
            encoder.write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        }
        Format::Png => {
            let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive);
            let (pixels, kind) = bytes_of(canvas);
            encoder.write_image(&pixels, width, height, kind)
        }
        Format::WebP => {
            let (pixels, kind) = bytes_of(canvas);
            WebPEncoder::new_lossless(&mut file).write_image(&pixels, width, height, kind)
        }
    };
    done.map_err(|error| {
        tracing::error!(%error, "a picture could not be written");
        Refusal::Damaged
    })?;
    Ok(file)
}

/// Without alpha where the file that came in had none.
fn bytes_of(canvas: Canvas) -> (Vec<u8>, ExtendedColorType) {
    if canvas.is_opaque {
        (DynamicImage::ImageRgba8(canvas.pixels).into_rgb8().into_raw(), ExtendedColorType::Rgb8)
    } else {
        (canvas.pixels.into_raw(), ExtendedColorType::Rgba8)
    }
}

/// JPEG has no alpha: what can be seen through shows white, as on a page.
fn lay_on_white(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut() {
        let [colours @ .., alpha] = &mut pixel.0;
        let covered = u16::from(*alpha);
        for colour in colours {
            let mixed = (u16::from(*colour) * covered + 255 * (255 - covered) + 127) / 255;
            *colour = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        *alpha = 255;
    }
}
