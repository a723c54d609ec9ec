//! Encoding pixels into a file. No metadata is written.

use super::{Canvas, Format, PictureError, Target};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder as _, ImageResult, RgbaImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
};

/// The JPEG quality by default: that of most cameras and browsers.
const QUALITY: u8 = 85;

/// The WebP quality by default: about as good as the JPEG quality above.
const WEBP_QUALITY: u8 = 80;
/// The longest side of a lossy WebP (RFC 9649, 2.5); longer ones are written lossless.
const WEBP_MAX_SIDE: u32 = 16_383;
/// Larger pictures are compressed with less effort, so that the largest one stays within its time: pixels, and libwebp's method.
const WEBP_METHODS: [(usize, i32); 3] = [(4_000_000, 4), (16_000_000, 2), (usize::MAX, 0)];

/// Encodes the file.
pub(super) fn encode(canvas: Canvas, target: Target) -> Result<Vec<u8>, PictureError> {
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
        Format::WebP if width.max(height) <= WEBP_MAX_SIDE => {
            let quality = target.quality.unwrap_or(WEBP_QUALITY);
            return lossy_webp(canvas, quality).ok_or_else(|| {
                tracing::error!(width, height, "a picture could not be written as WebP");
                PictureError::Damaged
            });
        }
        Format::WebP => {
            let (pixels, kind) = bytes_of(canvas);
            WebPEncoder::new_lossless(&mut file).write_image(&pixels, width, height, kind)
        }
    };
    done.map_err(|error| {
        tracing::error!(%error, "a picture could not be written");
        PictureError::Damaged
    })?;
    Ok(file)
}

/// A lossy WebP; `None` if libwebp refuses.
fn lossy_webp(canvas: Canvas, quality: u8) -> Option<Vec<u8>> {
    let (width, height) = canvas.pixels.dimensions();
    let is_opaque = canvas.is_opaque;
    let (pixels, _) = bytes_of(canvas);
    let encoder = if is_opaque {
        webp::Encoder::from_rgb(&pixels, width, height)
    } else {
        webp::Encoder::from_rgba(&pixels, width, height)
    };
    let mut config = webp::WebPConfig::new().ok()?;
    config.quality = f32::from(quality);
    let count = width as usize * height as usize;
    config.method = WEBP_METHODS.iter().find(|(most, _)| count <= *most)?.1;
    encoder.encode_advanced(&config).ok().map(|file| file.to_vec())
}

/// The pixels' bytes, without alpha if the input had none.
fn bytes_of(canvas: Canvas) -> (Vec<u8>, ExtendedColorType) {
    if canvas.is_opaque {
        (DynamicImage::ImageRgba8(canvas.pixels).into_rgb8().into_raw(), ExtendedColorType::Rgb8)
    } else {
        (canvas.pixels.into_raw(), ExtendedColorType::Rgba8)
    }
}

/// JPEG has no alpha: transparent pixels become white, as on a page.
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
