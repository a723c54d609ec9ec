//! Small square pictures of users.

use super::{Deadline, Format, MAX_TIME, PictureError, Target, decode, encode, geometry, operation::Fit};
use image::ImageReader;
use std::{io::Cursor, time::Instant};

/// The most pixels of an input: much less than of a picture that is edited, because it costs its sender nothing.
const MAX_PIXELS: u64 = 12_000_000;
/// WebP qualities, the first that is small enough is taken.
const QUALITIES: [u8; 5] = [80, 60, 40, 20, 5];

/// The middle of a picture as a WebP of this width and height, with at most `max_bytes`. Takes a core for up to [`MAX_TIME`].
///
/// # Errors
/// [`PictureError`]: also if the file's header declares more than 12 megapixels; it is not decoded then.
pub fn square(bytes: &[u8], side: u32, max_bytes: usize) -> Result<Vec<u8>, PictureError> {
    let deadline = Deadline(Instant::now() + MAX_TIME);
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PictureError::UnknownFormat)?;
    let (width, height) = reader.into_dimensions().map_err(|_| PictureError::UnknownFormat)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge);
    }
    let (canvas, _) = decode::decode(bytes, deadline)?;
    let canvas = geometry::resize(canvas, 0, Some(side), Some(side), Fit::Cover)?;
    for quality in QUALITIES {
        deadline.check()?;
        let target = Target { format: Format::WebP, quality: Some(quality) };
        let file = encode::encode(canvas.with(canvas.pixels.clone()), target)?;
        if file.len() <= max_bytes {
            return Ok(file);
        }
    }
    Err(PictureError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView as _, ImageFormat, Rgb, RgbImage};

    fn png(picture: &RgbImage) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn the_middle_of_a_picture_becomes_a_square() {
        // Red at the sides, green in the middle.
        let wide =
            RgbImage::from_fn(
                300,
                100,
                |x, _| if (100..200).contains(&x) { Rgb([0, 200, 0]) } else { Rgb([200, 0, 0]) },
            );
        let file = square(&png(&wide), 64, 9_000).unwrap();
        let picture = image::load_from_memory_with_format(&file, ImageFormat::WebP).unwrap();
        assert_eq!(picture.dimensions(), (64, 64));
        for (x, y) in [(3, 3), (60, 60), (32, 32)] {
            let [red, green, ..] = picture.get_pixel(x, y).0;
            assert!(green > 150 && red < 60, "{x} {y}");
        }
    }

    #[test]
    fn noise_is_made_small_enough() {
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(seed >> 24).unwrap()
        };
        let noise = RgbImage::from_fn(256, 256, |_, _| Rgb([random(), random(), random()]));
        assert!(square(&png(&noise), 128, 9_000).unwrap().len() <= 9_000);
        assert_eq!(square(&png(&noise), 128, 100), Err(PictureError::TooLarge));
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bytes in [&b""[..], svg, b"<!DOCTYPE html>", b"\xff\xd8\xff", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"] {
            assert!(square(bytes, 64, 9_000).is_err(), "{bytes:?}");
        }
        // A bomb: 4,000 × 4,000 black pixels in a hundredth of their bytes.
        let bomb = png(&RgbImage::new(4_000, 4_000));
        assert!(bomb.len() < 4_000 * 4_000 * 3 / 100, "{}", bomb.len());
        assert_eq!(square(&bomb, 64, 9_000), Err(PictureError::TooLarge));
        // Half a file.
        let whole = png(&RgbImage::from_pixel(200, 200, Rgb([1, 2, 3])));
        assert!(square(&whole[..whole.len() / 2], 64, 9_000).is_err());
    }
}
