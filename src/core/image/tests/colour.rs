//! Colours and sizes: a picture looks the same after an edit, and its file stays about as large.

use super::{Format, PictureError, edited, file};
use crate::base::rng::{Rng as _, SeededRng};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};
use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};

/// Colours that sRGB has, whatever profile they are written in.
const COLOURS: [[u8; 3]; 6] =
    [[128; 3], [90, 140, 100], [150, 110, 90], [100, 110, 160], [20, 25, 22], [230, 225, 235]];

fn tagged(mut encoder: impl ImageEncoder, picture: &RgbImage, profile: &[u8]) {
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
}

/// One colour in a file of each format, with this profile.
fn files(colour: [u8; 3], profile: &[u8]) -> [Vec<u8>; 3] {
    let picture = RgbImage::from_pixel(16, 16, Rgb(colour));
    let [mut png, mut jpeg, mut webp] = [const { Vec::new() }; 3];
    tagged(PngEncoder::new(&mut png), &picture, profile);
    tagged(JpegEncoder::new_with_quality(&mut jpeg, 100), &picture, profile);
    tagged(WebPEncoder::new_lossless(&mut webp), &picture, profile);
    [png, jpeg, webp]
}

/// The colour that a program without colour management shows after an edit.
fn shown(bytes: &[u8]) -> [u8; 3] {
    let result = edited(bytes, r#"[{"op":"flip","direction":"horizontal"},{"op":"format","format":"png"}]"#).unwrap();
    assert!(!result.bytes.windows(4).any(|found| found == b"iCCP"), "an sRGB picture needs no profile");
    image::load_from_memory(&result.bytes).unwrap().into_rgb8().get_pixel(8, 8).0
}

fn near(found: [u8; 3], wanted: [u8; 3], by: u8) -> bool {
    found.iter().zip(wanted).all(|(found, wanted)| found.abs_diff(wanted) <= by)
}

/// The sRGB values of a colour, by the definitions of the colour spaces: `decode` to linear light, then this matrix to linear sRGB.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rounded colour value")]
fn by_definition(colour: [u8; 3], decode: impl Fn(f64) -> f64, to_srgb: [[f64; 3]; 3]) -> [u8; 3] {
    let linear = colour.map(|value| decode(f64::from(value) / 255.0));
    to_srgb.map(|row| {
        let light: f64 = row.iter().zip(linear).map(|(factor, value)| factor * value).sum();
        let light = light.clamp(0.0, 1.0);
        let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (value * 255.0).round() as u8
    })
}

#[test]
fn photos_in_adobe_rgb_and_display_p3_keep_their_colours() {
    // Both have the white point of sRGB (D65), so the matrices are those of the primaries alone.
    let adobe = [[1.398_36, -0.398_36, 0.0], [0.0, 1.0, 0.0], [0.0, -0.042_94, 1.042_94]];
    let p3 = [[1.224_94, -0.224_94, 0.0], [-0.042_06, 1.042_06, 0.0], [-0.019_64, -0.078_64, 1.098_27]];
    let srgb = |value: f64| if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
    for colour in COLOURS {
        let expected = by_definition(colour, |value| value.powf(2.199_218_75), adobe);
        for file in files(colour, &ColorProfile::new_adobe_rgb().encode().unwrap()) {
            assert!(near(shown(&file), expected, 3), "AdobeRGB {colour:?}: {:?}, not {expected:?}", shown(&file));
        }
        let expected = by_definition(colour, srgb, p3);
        for file in files(colour, &ColorProfile::new_display_p3().encode().unwrap()) {
            assert!(near(shown(&file), expected, 3), "P3 {colour:?}: {:?}, not {expected:?}", shown(&file));
        }
    }
}

#[test]
fn a_picture_in_srgb_stays_exact() {
    let profile = ColorProfile::new_srgb().encode().unwrap();
    for colour in COLOURS.into_iter().chain([[255, 0, 0], [0, 255, 0], [1, 2, 3]]) {
        let [png, _, webp] = files(colour, &profile);
        assert_eq!((shown(&png), shown(&webp)), (colour, colour));
    }
}

#[test]
fn a_profile_means_what_it_says_even_if_it_swaps_colours() {
    // Its green is red: viewers with colour management show a green file as red.
    let mut profile = ColorProfile::new_srgb();
    (profile.red_colorant, profile.green_colorant) = (profile.green_colorant, profile.red_colorant);
    let profile = profile.encode().unwrap();
    for file in files([20, 220, 30], &profile) {
        assert!(near(shown(&file), [220, 20, 30], 4), "{:?}", shown(&file));
    }
    // Another tone curve, on grey pixels.
    let mut grey = ColorProfile::new_gray_with_gamma(1.0);
    grey.color_space = DataColorSpace::Gray;
    let (mut png, pixels) = (Vec::new(), vec![55_u8; 256]);
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_icc_profile(grey.encode().unwrap()).unwrap();
    encoder.write_image(&pixels, 16, 16, ExtendedColorType::L8).unwrap();
    assert!(near(shown(&png), [128; 3], 3), "{:?}", shown(&png));
}

#[test]
fn a_profile_that_is_broken_too_large_or_for_other_pixels_has_no_effect() {
    let good = ColorProfile::new_adobe_rgb().encode().unwrap();
    let mut large = good.clone();
    large.resize(5 * 1024 * 1024, 0);
    let mut linear = ColorProfile::new_srgb();
    linear.red_trc = Some(ToneReprCurve::Lut(Vec::new()));
    let mut other = good.clone();
    // The colour space of the pixels, at its place in the header.
    other[16..20].copy_from_slice(b"CMYK");
    for (name, profile) in [
        ("empty", Vec::new()),
        ("text", b"not a profile".repeat(30)),
        ("cut", good[..150].to_vec()),
        ("large", large),
        ("CMYK", other),
    ] {
        for file in files([90, 140, 100], &profile) {
            assert!(near(shown(&file), [90, 140, 100], 3), "{name}: {:?}", shown(&file));
        }
    }
    // Any bytes: an edit gives a picture or a refusal, and no panic.
    let rng = SeededRng::new(14);
    let index = |below: usize| usize::try_from(rng.below(below as u64)).unwrap();
    let picture = RgbImage::from_pixel(4, 4, Rgb([90, 140, 100]));
    for base in [good, ColorProfile::new_display_p3().encode().unwrap(), linear.encode().unwrap_or_default()] {
        for _ in 0..300 {
            let mut profile = base.clone();
            for _ in 0..=index(6) {
                let at = index(profile.len().max(1));
                if let Some(byte) = profile.get_mut(at) {
                    *byte = u8::try_from(index(256)).unwrap();
                }
            }
            profile.truncate(profile.len() - index(profile.len() / 8 + 1));
            let mut png = Vec::new();
            tagged(PngEncoder::new(&mut png), &picture, &profile);
            let result = edited(&png, "[]");
            assert!(matches!(result, Ok(_) | Err(PictureError::Damaged)), "{result:?}");
        }
    }
}

/// A picture like a photo: soft shapes with a little noise.
fn photo(width: u32, height: u32) -> RgbImage {
    let rng = SeededRng::new(7);
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |at: u32, length: u32| (at % length) * 255 / length;
        let base = [wave(x, width), wave(y, height), wave(x + y, width + height)];
        let noise = u32::try_from(rng.below(12)).unwrap();
        Rgb(base.map(|value| u8::try_from((value * 9 / 10 + noise).min(255)).unwrap()))
    })
}

#[test]
fn a_flipped_webp_stays_about_as_large_and_obeys_its_quality() {
    let picture = photo(640, 480);
    let lossy = |quality: f32| webp::Encoder::from_rgb(&picture, 640, 480).encode(quality).to_vec();
    let original = lossy(80.0);
    let flipped = edited(&original, r#"[{"op":"flip","direction":"horizontal"}]"#).unwrap();
    assert_eq!(Format::of(&flipped.bytes), Some(Format::WebP));
    assert!(flipped.bytes.windows(4).any(|chunk| chunk == b"VP8 "), "a lossy file");
    assert!(flipped.bytes.len() < original.len() * 3 / 2, "{} from {}", flipped.bytes.len(), original.len());
    let sizes = [20, 50, 80, 95].map(|quality| {
        let list = format!(r#"[{{"op":"format","format":"webp","quality":{quality}}}]"#);
        edited(&original, &list).unwrap().bytes.len()
    });
    assert!(sizes.is_sorted() && sizes[0] * 2 < sizes[3], "{sizes:?}");
    // From another format, too; and the picture is still the same.
    let png = file(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Png);
    let result = edited(&png, r#"[{"op":"format","format":"webp"}]"#).unwrap();
    assert!(result.bytes.len() * 4 < png.len(), "{} from {}", result.bytes.len(), png.len());
    let again = image::load_from_memory(&result.bytes).unwrap().into_rgb8();
    let differences = again.pixels().zip(picture.pixels()).map(|(a, b)| u64::from(a.0[1].abs_diff(b.0[1])));
    assert!(differences.sum::<u64>() / (640 * 480) < 6);
    // Longer than a lossy file may be.
    let long = file(&DynamicImage::ImageRgb8(RgbImage::new(16_384, 2)), ImageFormat::Png);
    let result = edited(&long, r#"[{"op":"format","format":"webp"}]"#).unwrap();
    assert_eq!(Format::of(&result.bytes), Some(Format::WebP));
}
