//! Colour operations on single pixels. Alpha stays unchanged.

use super::Canvas;

/// Converts to greyscale by luminance (Rec. 709).
pub(super) fn grayscale(canvas: &mut Canvas) {
    for pixel in canvas.pixels.pixels_mut() {
        let [red, green, blue, _] = pixel.0.map(u32::from);
        let grey = u8::try_from((2126 * red + 7152 * green + 722 * blue + 5_000) / 10_000).unwrap_or(u8::MAX);
        pixel.0[..3].fill(grey);
    }
}

/// Brightens or darkens by `percent` of the whole range; ±100 is white or black.
pub(super) fn brighten(canvas: &mut Canvas, percent: f32) {
    map(canvas, |value| value + percent / 100.0 * 255.0);
}

/// Changes contrast around middle grey; -100 is flat grey, 100 is four times the distance.
pub(super) fn contrast(canvas: &mut Canvas, percent: f32) {
    let factor = ((100.0 + percent) / 100.0).powi(2);
    map(canvas, |value| (value - 127.5) * factor + 127.5);
}

/// Applies a function to every colour value, computed once per value.
fn map(canvas: &mut Canvas, change: impl Fn(f32) -> f32) {
    let table: [u8; 256] = std::array::from_fn(|value| to_byte(change(f32::from(u8::try_from(value).unwrap_or(255)))));
    for pixel in canvas.pixels.pixels_mut() {
        for colour in &mut pixel.0[..3] {
            *colour = table[usize::from(*colour)];
        }
    }
}

/// The nearest byte value.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and within a byte by then")]
pub(super) fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
