//! The effect of each operation on pixels.

use super::{
    super::{Deadline, Format, OperationProblem, blur, canvas::Canvas},
    PictureError, edited, file, pixels, png, seen,
};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgba, RgbaImage, imageops};
use std::time::{Duration, Instant};

fn png_of(picture: &RgbaImage) -> Vec<u8> {
    file(&DynamicImage::ImageRgba8(picture.clone()), ImageFormat::Png)
}

fn single(pixel: [u8; 4]) -> Vec<u8> {
    png_of(&RgbaImage::from_pixel(3, 3, Rgba(pixel)))
}

#[test]
fn a_picture_that_nothing_is_done_to_keeps_its_pixels() {
    assert_eq!(seen(&png(5, 3), "[]"), pixels(5, 3));
    let through = RgbaImage::from_fn(4, 4, |x, y| Rgba([200, 100, 50, u8::try_from((x + y) * 30).unwrap()]));
    assert_eq!(seen(&file(&DynamicImage::ImageRgba8(through.clone()), ImageFormat::Png), "[]"), through);
    // A lossy file keeps its alpha.
    let webp = seen(&file(&DynamicImage::ImageRgba8(through.clone()), ImageFormat::WebP), "[]");
    assert!(webp.pixels().zip(through.pixels()).all(|(found, wanted)| found.0[3] == wanted.0[3]), "{webp:?}");
}

#[test]
fn parts_turns_and_mirrors_move_every_pixel_where_it_belongs() {
    let (picture, file) = (pixels(5, 3), png(5, 3));
    let crop = seen(&file, r#"[{"op":"crop","x":1,"y":2,"width":3,"height":1}]"#);
    assert_eq!(crop, imageops::crop_imm(&picture, 1, 2, 3, 1).to_image());
    assert_eq!(seen(&file, r#"[{"op":"rotate","degrees":90}]"#).get_pixel(2, 0), picture.get_pixel(0, 0));
    assert_eq!(seen(&file, r#"[{"op":"rotate","degrees":180}]"#), imageops::rotate180(&picture));
    assert_eq!(seen(&file, r#"[{"op":"rotate","degrees":-90}]"#).get_pixel(0, 4), picture.get_pixel(0, 0));
    assert_eq!(seen(&file, r#"[{"op":"flip","direction":"horizontal"}]"#).get_pixel(4, 1), picture.get_pixel(0, 1));
    assert_eq!(seen(&file, r#"[{"op":"flip","direction":"vertical"}]"#).get_pixel(1, 2), picture.get_pixel(1, 0));
    // In the order of the list: the rotated picture is cropped.
    let both = seen(&file, r#"[{"op":"rotate","degrees":90},{"op":"crop","width":3,"height":5}]"#);
    assert_eq!(both, imageops::rotate90(&picture));
}

#[test]
fn a_part_outside_of_the_picture_is_refused_with_its_size() {
    for (x, y, width, height) in [(3, 0, 3, 1), (0, 3, 1, 1), (16_384, 16_384, 16_384, 16_384)] {
        let list =
            format!(r#"[{{"op":"grayscale"}},{{"op":"crop","x":{x},"y":{y},"width":{width},"height":{height}}}]"#);
        let Err(PictureError::Operation(flaw)) = edited(&png(5, 3), &list) else { panic!("{list}") };
        assert_eq!(flaw.place, "operations[1]");
        assert_eq!(flaw.problem, OperationProblem::Outside { width: 5, height: 3 });
    }
}

#[test]
fn sizes_are_those_that_were_asked_for() {
    let cases = [
        (r#""width":20"#, (20, 10)),
        (r#""height":20"#, (40, 20)),
        (r#""width":7,"height":7"#, (7, 7)),
        (r#""width":7,"height":7,"fit":"inside""#, (7, 4)),
        (r#""width":100,"height":7,"fit":"inside""#, (14, 7)),
        (r#""width":7,"height":7,"fit":"cover""#, (7, 7)),
        (r#""width":1"#, (1, 1)),
        (r#""width":400,"height":3"#, (400, 3)),
        (r#""width":3,"height":400"#, (3, 400)),
    ];
    for (fields, size) in cases {
        assert_eq!(seen(&png(40, 20), &format!(r#"[{{"op":"resize",{fields}}}]"#)).dimensions(), size, "{fields}");
    }
    let Err(PictureError::Operation(flaw)) = edited(&png(2, 1), r#"[{"op":"resize","width":16384}]"#) else { panic!() };
    assert_eq!((flaw.place.as_str(), flaw.problem), ("operations[0]", OperationProblem::ResultTooLarge));
    let Err(PictureError::Operation(flaw)) = edited(&png(1, 9), r#"[{"op":"resize","width":9000}]"#) else { panic!() };
    assert_eq!(flaw.problem, OperationProblem::ResultTooLarge);
}

#[test]
fn a_resized_picture_shows_the_same() {
    let grey = seen(&single([90, 90, 90, 255]), r#"[{"op":"resize","width":50,"height":9}]"#);
    assert!(grey.pixels().all(|p| p.0 == [90, 90, 90, 255]));
    // Left half black, right half white: `cover` takes the centre, `stretch` the whole.
    let halves = RgbaImage::from_fn(40, 10, |x, _| if x < 20 { Rgba([0, 0, 0, 255]) } else { Rgba([255; 4]) });
    let small = seen(&png_of(&halves), r#"[{"op":"resize","width":10,"height":10,"fit":"cover"}]"#);
    assert!(small.get_pixel(0, 5).0[0] < 10 && small.get_pixel(9, 5).0[0] > 245);
    // Invisible pixels do not bleed at the edges.
    let hidden = RgbaImage::from_fn(40, 10, |x, _| if x < 20 { Rgba([0, 0, 255, 255]) } else { Rgba([255, 0, 0, 0]) });
    let small = seen(&png_of(&hidden), r#"[{"op":"resize","width":20,"height":5}]"#);
    assert!(small.pixels().all(|p| p.0[3] == 0 || p.0[0] < 3), "{small:?}");
}

#[test]
fn colours_change_and_alpha_stays() {
    let one = |pixel, list: &str| seen(&single(pixel), &format!("[{list}]")).get_pixel(1, 1).0;
    assert_eq!(one([255, 0, 0, 40], r#"{"op":"grayscale"}"#), [54, 54, 54, 40]);
    assert_eq!(one([0, 255, 0, 255], r#"{"op":"grayscale"}"#), [182, 182, 182, 255]);
    assert_eq!(one([100, 0, 250, 40], r#"{"op":"brightness","value":20}"#), [151, 51, 255, 40]);
    assert_eq!(one([100, 0, 250, 40], r#"{"op":"brightness","value":-100}"#), [0, 0, 0, 40]);
    assert_eq!(one([100, 0, 250, 40], r#"{"op":"brightness","value":0}"#), [100, 0, 250, 40]);
    assert_eq!(one([100, 0, 250, 40], r#"{"op":"contrast","value":-100}"#), [128, 128, 128, 40]);
    assert_eq!(one([100, 120, 250, 40], r#"{"op":"contrast","value":100}"#), [18, 98, 255, 40]);
}

#[test]
fn a_blur_spreads_as_far_as_it_says() {
    for sigma in [0.5_f32, 1.0, 2.5, 6.0] {
        let dot = RgbaImage::from_fn(101, 1, |x, _| Rgba([if x == 50 { 255 } else { 0 }, 0, 0, 255]));
        let mut canvas = Canvas { pixels: dot, is_opaque: true };
        // Nine pixels side by side, so that rounding does not remove the flanks.
        for pixel in canvas.pixels.pixels_mut().skip(46).take(9) {
            pixel.0[0] = 255;
        }
        let box_variance = (81.0 - 1.0) / 12.0;
        blur::blur(&mut canvas, sigma, Deadline(Instant::now() + Duration::from_mins(1))).unwrap();
        let values: Vec<f32> = canvas.pixels.pixels().map(|p| f32::from(p.0[0])).collect();
        let sum: f32 = values.iter().sum();
        let places = (0..).map(|at: u16| f32::from(at) - 50.0);
        let variance: f32 = values.iter().zip(places).map(|(value, at)| value * at * at).sum::<f32>() / sum;
        let measured = variance - box_variance;
        assert!((measured - sigma * sigma).abs() < 0.1 + 0.05 * sigma * sigma, "{sigma}: {measured}");
        assert!((sum - 9.0 * 255.0).abs() < 20.0, "{sigma}: {sum}");
        assert!((values[40] - values[60]).abs() < 1.5, "{sigma}");
    }
}

#[test]
fn softer_and_sharper_leave_what_is_even_and_move_what_is_not() {
    for list in [r#"[{"op":"blur","sigma":100}]"#, r#"[{"op":"sharpen","amount":10,"sigma":10}]"#] {
        let even = seen(&single([90, 20, 255, 255]), list);
        assert!(even.pixels().all(|p| p.0 == [90, 20, 255, 255]), "{list}");
    }
    let step = |left: u8, right: u8| {
        png_of(&RgbaImage::from_fn(20, 20, |x, _| {
            let value = if x < 10 { left } else { right };
            Rgba([value, value, value, 255])
        }))
    };
    let soft = seen(&step(0, 200), r#"[{"op":"blur","sigma":2}]"#);
    let across: Vec<u8> = (0..20).map(|x| soft.get_pixel(x, 7).0[0]).collect();
    assert!(
        across.is_sorted() && across[9] > 50 && across[10] < 150 && across[0] == 0 && across[19] == 200,
        "{across:?}"
    );
    assert!((0..20).all(|y| soft.get_pixel(9, y) == soft.get_pixel(9, 0)), "columns are even");
    let sharp = seen(&step(100, 150), r#"[{"op":"sharpen","amount":2,"sigma":1}]"#);
    assert!(sharp.get_pixel(9, 5).0[0] < 90 && sharp.get_pixel(10, 5).0[0] > 160);
    assert_eq!((sharp.get_pixel(0, 5).0[0], sharp.get_pixel(19, 5).0[0]), (100, 150));
    let hidden = RgbaImage::from_fn(9, 9, |x, _| if x < 5 { Rgba([0, 0, 255, 255]) } else { Rgba([255, 0, 0, 0]) });
    let soft = seen(&png_of(&hidden), r#"[{"op":"blur","sigma":1}]"#);
    assert!(soft.pixels().all(|p| p.0[3] == 0 || p.0[0] < 3), "invisible pixels do not bleed");
}

#[test]
fn the_result_is_written_as_asked_and_else_as_it_came() {
    let picture = DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels(5, 3)).into_rgb8());
    let formats = [
        (ImageFormat::Png, Format::Png, "png"),
        (ImageFormat::Jpeg, Format::Jpeg, "jpeg"),
        (ImageFormat::WebP, Format::WebP, "webp"),
    ];
    for (from, same, _) in formats {
        let file = file(&picture, from);
        assert_eq!(edited(&file, "[]").unwrap().format, same);
        for (_, format, name) in formats {
            let list = format!(r#"[{{"op":"format","format":"{name}"}}]"#);
            let result = edited(&file, &list).unwrap();
            assert_eq!((result.format, Format::of(&result.bytes)), (format, Some(format)));
            let shown = image::load_from_memory(&result.bytes).unwrap();
            assert!(!shown.color().has_alpha(), "a result without alpha for an input without alpha");
            assert_eq!((shown.width(), shown.height()), (5, 3));
        }
    }
    let small = edited(&png(64, 64), r#"[{"op":"format","format":"jpg","quality":5}]"#).unwrap().bytes.len();
    let large = edited(&png(64, 64), r#"[{"op":"format","format":"jpg","quality":95}]"#).unwrap().bytes.len();
    assert!(small < large, "{small} {large}");
}

#[test]
fn what_can_be_seen_through_becomes_white_in_a_jpeg() {
    let jpeg = |pixel| seen(&single(pixel), r#"[{"op":"format","format":"jpeg","quality":100}]"#).get_pixel(1, 1).0;
    let near = |found: [u8; 4], wanted: [u8; 4]| found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 3);
    assert!(near(jpeg([0, 0, 0, 0]), [255, 255, 255, 255]));
    assert!(near(jpeg([255, 0, 0, 128]), [255, 127, 127, 255]));
}

#[test]
fn grey_and_deep_pictures_are_taken() {
    let grey = DynamicImage::ImageLuma8(ImageBuffer::from_pixel(3, 3, Luma([77])));
    assert_eq!(seen(&file(&grey, ImageFormat::Png), "[]").get_pixel(1, 1).0, [77, 77, 77, 255]);
    assert!(seen(&file(&grey, ImageFormat::Jpeg), "[]").get_pixel(1, 1).0[0].abs_diff(77) < 3);
    let deep = DynamicImage::ImageRgba16(ImageBuffer::from_pixel(3, 3, Rgba([0xffff, 0x8080, 0, 0x4040])));
    assert_eq!(seen(&file(&deep, ImageFormat::Png), "[]").get_pixel(1, 1).0, [255, 128, 0, 64]);
}

#[test]
fn work_that_takes_too_long_is_given_up_between_steps() {
    let list = super::parse(r#"[{"op":"blur","sigma":3}]"#).unwrap();
    let over = super::super::edit(&png(9, 9), &list, Deadline(Instant::now()));
    assert_eq!(over, Err(PictureError::TooLong));
}
