//! Geometric operations: resize, crop, rotate and flip.

use super::{
    Canvas, OperationFlaw, OperationProblem, PictureError, is_workable,
    operation::{Axis, Fit, Rotation},
};
use fast_image_resize::{PixelType, ResizeOptions, Resizer, images::Image};
use image::{RgbaImage, imageops};

/// Resizes the picture.
pub(super) fn resize(
    canvas: Canvas,
    at: usize,
    width: Option<u32>,
    height: Option<u32>,
    fit: Fit,
) -> Result<Canvas, PictureError> {
    let (from, wanted) = (canvas.pixels.dimensions(), (width, height));
    let to = match (wanted, fit) {
        ((Some(width), Some(height)), Fit::Stretch | Fit::Cover) => (width, height),
        ((Some(width), Some(height)), Fit::Inside) => inside(from, (width, height)),
        ((Some(width), None), _) => (width, in_proportion(from.1, width, from.0)),
        ((None, Some(height)), _) => (in_proportion(from.0, height, from.1), height),
        ((None, None), _) => from,
    };
    if !is_workable(to.0, to.1) {
        return Err(flaw(at, OperationProblem::ResultTooLarge));
    }
    let canvas = if fit == Fit::Cover { middle(&canvas, to) } else { canvas };
    // Widening before reducing the height would need more memory for the intermediate picture than either picture has.
    if to.0 > canvas.width() && to.1 < canvas.height() {
        let lower = (canvas.width(), to.1);
        return scaled(scaled(canvas, lower)?, to);
    }
    scaled(canvas, to)
}

/// Crops to a part that must lie within the picture: `[x, y, width, height]`.
pub(super) fn crop(canvas: &Canvas, at: usize, [x, y, width, height]: [u32; 4]) -> Result<Canvas, PictureError> {
    let (right, bottom) = (u64::from(x) + u64::from(width), u64::from(y) + u64::from(height));
    if right > u64::from(canvas.width()) || bottom > u64::from(canvas.height()) {
        let (width, height) = canvas.pixels.dimensions();
        return Err(flaw(at, OperationProblem::Outside { width, height }));
    }
    Ok(part(canvas, x, y, width, height))
}

/// Rotates clockwise.
pub(super) fn rotate(canvas: Canvas, turn: Rotation) -> Canvas {
    match turn {
        Rotation::None => canvas,
        Rotation::Quarter => canvas.with(imageops::rotate90(&canvas.pixels)),
        Rotation::Half => canvas.with(imageops::rotate180(&canvas.pixels)),
        Rotation::ThreeQuarters => canvas.with(imageops::rotate270(&canvas.pixels)),
    }
}

pub(super) fn flip(canvas: &mut Canvas, axis: Axis) {
    match axis {
        Axis::Horizontal => imageops::flip_horizontal_in_place(&mut canvas.pixels),
        Axis::Vertical => imageops::flip_vertical_in_place(&mut canvas.pixels),
    }
}

fn flaw(at: usize, problem: OperationProblem) -> PictureError {
    PictureError::Operation(OperationFlaw { place: format!("operations[{at}]"), problem })
}

/// `side` times `numerator / denominator`, rounded, at least 1.
fn in_proportion(side: u32, numerator: u32, denominator: u32) -> u32 {
    let (side, numerator, denominator) = (u64::from(side), u64::from(numerator), u64::from(denominator));
    u32::try_from((side * numerator + denominator / 2) / denominator).unwrap_or(u32::MAX).max(1)
}

/// The largest size with the proportions of `from` that fits into `frame`.
fn inside(from: (u32, u32), frame: (u32, u32)) -> (u32, u32) {
    let is_wide = u64::from(from.0) * u64::from(frame.1) > u64::from(frame.0) * u64::from(from.1);
    if is_wide {
        (frame.0, in_proportion(from.1, frame.0, from.0).min(frame.1))
    } else {
        (in_proportion(from.0, frame.1, from.1).min(frame.0), frame.1)
    }
}

/// The largest centred part with the proportions of `frame`.
fn middle(canvas: &Canvas, frame: (u32, u32)) -> Canvas {
    let (width, height) = inside(frame, canvas.pixels.dimensions());
    part(canvas, (canvas.width() - width) / 2, (canvas.height() - height) / 2, width, height)
}

fn part(canvas: &Canvas, x: u32, y: u32, width: u32, height: u32) -> Canvas {
    canvas.with(imageops::crop_imm(&canvas.pixels, x, y, width, height).to_image())
}

fn scaled(canvas: Canvas, (width, height): (u32, u32)) -> Result<Canvas, PictureError> {
    if canvas.pixels.dimensions() == (width, height) {
        return Ok(canvas);
    }
    let is_opaque = canvas.is_opaque;
    let (from_width, from_height) = canvas.pixels.dimensions();
    let broken = |error: String| {
        tracing::error!(error, "a picture could not be resized");
        PictureError::Damaged
    };
    let source = Image::from_vec_u8(from_width, from_height, canvas.pixels.into_raw(), PixelType::U8x4)
        .map_err(|e| broken(e.to_string()))?;
    let mut result = Image::new(width, height, PixelType::U8x4);
    // Lanczos; colours are weighted by alpha.
    let options = ResizeOptions::new().use_alpha(!is_opaque);
    Resizer::new().resize(&source, &mut result, &options).map_err(|e| broken(e.to_string()))?;
    let pixels = RgbaImage::from_raw(width, height, result.into_vec()).ok_or_else(|| broken("size".to_owned()))?;
    Ok(Canvas { pixels, is_opaque })
}
