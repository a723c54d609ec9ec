//! Colours, each by itself. Alpha stays as it is.

use super::Canvas;

/// To shades of grey, by how bright people see the three colours (Rec. 709).
pub(super) fn grayscale(canvas: &mut Canvas) {
    for pixel in canvas.pixels.pixels_mut() {
        let [red, green, blue, _] = pixel.0.map(u32::from);
        let grey = u8::try_from((2126 * red + 7152 * green + 722 * blue + 5_000) / 10_000).unwrap_or(u8::MAX);
        pixel.0[..3].fill(grey);
    }
}

/// Lighter or darker by so many percent of the whole range; ±100 is white or black.
pub(super) fn brighten(canvas: &mut Canvas, percent: f32) {
    map(canvas, |value| value + percent / 100.0 * 255.0);
}

/// Away from or towards middle grey; -100 is grey alone, 100 four times as far.
pub(super) fn contrast(canvas: &mut Canvas, percent: f32) {
    let factor = ((100.0 + percent) / 100.0).powi(2);
    map(canvas, |value| (value - 127.5) * factor + 127.5);
}

/// Every value of every colour through one function, worked out once a value.
fn map(canvas: &mut Canvas, change: impl Fn(f32) -> f32) {
    let table: [u8; 256] = std::array::from_fn(|value| to_byte(change(f32::from(u8::try_from(value).unwrap_or(255)))));
    for pixel in canvas.pixels.pixels_mut() {
        for colour in &mut pixel.0[..3] {
            *colour = table[usize::from(*colour)];
        }
    }
}

/// The nearest value that a byte can have.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and within a byte by then")]
pub(super) fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
