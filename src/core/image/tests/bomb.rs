//! Malicious files: refused quickly, and without being decoded.

use super::{super::MAX_BYTES, PictureError, edited, file, pixels, png};
use image::{DynamicImage, ImageFormat, Luma};
use std::time::{Duration, Instant};

/// A refusal must be faster than an edit.
fn refused(bytes: &[u8]) -> PictureError {
    let begun = Instant::now();
    let refusal = edited(bytes, "[]").unwrap_err();
    assert!(begun.elapsed() < Duration::from_millis(500), "{refusal:?} after {:?}", begun.elapsed());
    refusal
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut checked = name.to_vec();
    checked.extend(data);
    let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(&checked);
    chunk.extend(crc(&checked).to_be_bytes());
    chunk
}

/// A PNG of this size with the compressed pixels `packed`.
fn png_of(width: u32, height: u32, packed: &[u8]) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 6, 0, 0, 0]);
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", packed), chunk(b"IEND", &[])].concat()
}

/// The compressed pixels of a PNG file.
fn packed(of: &[u8]) -> Vec<u8> {
    let at = of.windows(4).position(|name| name == b"IDAT").unwrap();
    let length = usize::try_from(u32::from_be_bytes(of[at - 4..at].try_into().unwrap())).unwrap();
    of[at + 4..at + 4 + length].to_vec()
}

#[test]
fn sizes_beyond_the_limits_are_refused_from_the_header() {
    let some = packed(&png(4, 4));
    for (width, height) in
        [(65_535, 65_535), (16_385, 1), (1, 16_385), (6_325, 6_325), (u32::MAX / 2, 1), (0x7fff_ffff, 0x7fff_ffff)]
    {
        assert_eq!(refused(&png_of(width, height, &some)), PictureError::TooLarge, "{width}×{height}");
    }
    assert!(matches!(refused(&png_of(0, 4, &some)), PictureError::Damaged | PictureError::TooLarge));
}

#[test]
fn a_file_that_holds_less_than_it_says_is_damaged() {
    // The header's size is allowed, but almost no data follows.
    assert_eq!(refused(&png_of(4_000, 4_000, &packed(&png(4, 4)))), PictureError::Damaged);
    let whole = [png(40, 40), file(&DynamicImage::ImageRgba8(pixels(40, 40)), ImageFormat::WebP)];
    for whole in whole {
        for length in [12, 20, 30, 40, whole.len() / 2] {
            assert_eq!(refused(&whole[..length]), PictureError::Damaged, "{length}");
        }
    }
}

#[test]
fn a_small_picture_with_a_bomb_behind_its_pixels_costs_nothing_more() {
    // 40 million zeros compress to a few kilobytes. Only as many as the picture has pixels are decompressed.
    let zeros = DynamicImage::new_luma8(6_000, 6_000);
    let bomb = packed(&file(&zeros, ImageFormat::Png));
    let begun = Instant::now();
    let result = edited(&png_of(4, 4, &bomb), "[]");
    assert!(matches!(result, Ok(_) | Err(PictureError::Damaged)), "{result:?}");
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[test]
fn a_jpeg_header_beyond_the_limits_is_refused() {
    let mut jpeg = file(&DynamicImage::ImageLuma8(image::ImageBuffer::from_pixel(8, 8, Luma([9]))), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert_eq!(refused(&jpeg), PictureError::TooLarge);
}

#[test]
fn a_webp_header_beyond_the_limits_is_refused() {
    // VP8X: a canvas of 2^24 × 2^24 without frames.
    let body = b"WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff";
    let mut webp = b"RIFF".to_vec();
    webp.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    webp.extend(body);
    assert!(matches!(refused(&webp), PictureError::TooLarge | PictureError::Damaged));
    // VP8L stores its size in 14 bits per side: 16,384 × 16,384.
    let mut lossless = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f".to_vec();
    lossless.extend([0; 5]);
    assert_eq!(refused(&lossless), PictureError::TooLarge);
}

#[test]
fn moving_pictures_are_refused() {
    let still = png(4, 4);
    let header = 8 + 25;
    let control = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let moving = [&still[..header], &control, &still[header..]].concat();
    assert_eq!(refused(&moving), PictureError::Animated);
    let frame = file(&DynamicImage::ImageRgba8(pixels(4, 4)), ImageFormat::WebP);
    let mut body = b"WEBPVP8X\x0a\0\0\0\x02\0\0\0\x03\0\0\x03\0\0ANIM\x06\0\0\0\0\0\0\0\0\0".to_vec();
    let mut anmf = vec![0; 6];
    anmf.extend([3, 0, 0, 3, 0, 0, 100, 0, 0, 0]);
    anmf.extend(&frame[12..]);
    body.extend(b"ANMF");
    body.extend(u32::try_from(anmf.len()).unwrap().to_le_bytes());
    body.extend(anmf);
    let moving = [b"RIFF".as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat();
    assert_eq!(refused(&moving), PictureError::Animated);
}

#[test]
fn what_is_no_picture_is_told_apart_by_its_first_bytes() {
    for other in [
        &b""[..],
        b"GIF89a",
        b"BM",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG",
        b"RIFF\0\0\0\0WAVE",
        b"%PDF-1.7",
    ] {
        assert_eq!(refused(other), PictureError::UnknownFormat, "{other:?}");
    }
    assert_eq!(refused(&vec![0; MAX_BYTES + 1]), PictureError::TooManyBytes);
    for start in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"] {
        assert_eq!(refused(start), PictureError::Damaged, "{start:?}");
    }
}
