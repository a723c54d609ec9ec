//! Orientation: the result is upright, and contains no orientation metadata.

use super::{edited, pixels};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

/// An EXIF block with an orientation, a camera's name and nothing else.
fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x02\0".to_vec();
    // Make, 4 ASCII bytes in place.
    block.extend([0x0f, 0x01, 2, 0, 4, 0, 0, 0]);
    block.extend(b"Cam\0");
    block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    block.extend(orientation.to_le_bytes());
    block.extend([0, 0, 0, 0, 0, 0]);
    block
}

fn tagged<E: ImageEncoder>(mut encoder: E, picture: &RgbImage, orientation: u16) {
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
}

/// The transformation of each value, by the standard: the position of row 0 and column 0 of the file.
fn upright(stored: &DynamicImage, orientation: u16) -> DynamicImage {
    match orientation {
        2 => stored.fliph(),
        3 => stored.rotate180(),
        4 => stored.flipv(),
        5 => stored.rotate90().fliph(),
        6 => stored.rotate90(),
        7 => stored.rotate270().fliph(),
        8 => stored.rotate270(),
        _ => stored.clone(),
    }
}

#[test]
fn all_eight_ways_to_hold_a_camera_come_out_upright_and_untold() {
    let stored = DynamicImage::ImageRgba8(pixels(5, 3));
    let rgb = stored.to_rgb8();
    // 0 and 9 are not valid orientations: the picture stays unchanged.
    for orientation in 0..=9 {
        let (mut png, mut webp) = (Vec::new(), Vec::new());
        tagged(PngEncoder::new(&mut png), &rgb, orientation);
        tagged(WebPEncoder::new_lossless(&mut webp), &rgb, orientation);
        for file in [png, webp] {
            // As PNG, which is exact.
            let result = edited(&file, r#"[{"op":"format","format":"png"}]"#).unwrap();
            let shown = image::load_from_memory(&result.bytes).unwrap().into_rgb8();
            assert_eq!(shown, upright(&stored, orientation).into_rgb8(), "{orientation} {:?}", result.format);
            assert!(!result.bytes.windows(3).any(|found| found == b"Cam"), "{orientation} {:?}", result.format);
        }
    }
}

/// JPEG changes values slightly, so the corners have colours that stay distinguishable.
#[test]
fn a_jpeg_is_turned_before_it_is_worked_on() {
    let corner = |x: u32, y: u32| match (x < 16, y < 8) {
        (true, true) => Rgb([250, 10, 10]),
        (false, true) => Rgb([10, 250, 10]),
        (true, false) => Rgb([10, 10, 250]),
        (false, false) => Rgb([250, 250, 250]),
    };
    let stored = RgbImage::from_fn(32, 16, corner);
    for orientation in 1..=8 {
        let mut file = Vec::new();
        tagged(JpegEncoder::new_with_quality(&mut file, 100), &stored, orientation);
        let result = edited(&file, r#"[{"op":"format","format":"png"}]"#).unwrap();
        let shown = image::load_from_memory(&result.bytes).unwrap().into_rgb8();
        let wanted = upright(&DynamicImage::ImageRgb8(stored.clone()), orientation).into_rgb8();
        assert_eq!(shown.dimensions(), wanted.dimensions(), "{orientation}");
        for (x, y) in [(2, 2), (shown.width() - 3, 2), (2, shown.height() - 3)] {
            let far = shown.get_pixel(x, y).0.iter().zip(wanted.get_pixel(x, y).0).any(|(a, b)| a.abs_diff(b) > 40);
            assert!(!far, "{orientation} at {x},{y}: {:?} {:?}", shown.get_pixel(x, y), wanted.get_pixel(x, y));
        }
        assert!(!result.bytes.windows(3).any(|found| found == b"Cam"));
    }
}
