//! Blurring and sharpening. A Gaussian by three box blurs with fractional edges (Gwosdek et al., 2011): its cost is the same for
//! every radius, it works in place, and it checks the deadline between lines, so that the largest picture stays within its
//! limits.

use super::{Canvas, Deadline, PictureError, tone::to_byte};

/// Bytes of neighbouring columns processed together: one cache line of the processor.
const STRIP: usize = 64;
/// Channels of a pixel.
const CHANNELS: usize = 4;

/// Applies a Gaussian blur with `sigma` in pixels.
pub(super) fn blur(canvas: &mut Canvas, sigma: f32, deadline: Deadline) -> Result<(), PictureError> {
    // Colours are weighted by alpha: invisible pixels must not bleed into visible ones.
    if !canvas.is_opaque {
        multiply(canvas);
    }
    let mean = Mean::of(sigma);
    along_rows(canvas, mean, deadline)?;
    along_columns(canvas, mean, deadline)?;
    if !canvas.is_opaque {
        divide(canvas);
    }
    Ok(())
}

/// Unsharp mask: adds the difference to the blurred picture `amount` times.
pub(super) fn sharpen(canvas: &mut Canvas, amount: f32, sigma: f32, deadline: Deadline) -> Result<(), PictureError> {
    let mut soft = canvas.clone();
    blur(&mut soft, sigma, deadline)?;
    for (pixel, soft) in canvas.pixels.pixels_mut().zip(soft.pixels.pixels()) {
        for (colour, soft) in pixel.0[..3].iter_mut().zip(soft.0) {
            let value = f32::from(*colour);
            *colour = to_byte(value + amount * (value - f32::from(soft)));
        }
    }
    Ok(())
}

/// A box filter: `radius` full neighbours on both sides, and a fraction of the next ones.
#[derive(Debug, Clone, Copy)]
struct Mean {
    radius: usize,
    edge: f32,
}

impl Mean {
    /// The box filter that, applied three times, approximates a Gaussian with this sigma in pixels.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sigma is at most 100, so the radius is small and not negative"
    )]
    fn of(sigma: f32) -> Self {
        let variance = sigma * sigma / 3.0;
        let radius = (((1.0 + 12.0 * variance).sqrt() - 1.0) / 2.0).floor();
        let whole = radius * (radius + 1.0) / 3.0;
        let edge = (2.0 * radius + 1.0) * (variance - whole) / (2.0 * ((radius + 1.0).powi(2) - variance));
        Self { radius: radius as usize, edge: edge.clamp(0.0, 1.0) }
    }
}

fn along_rows(canvas: &mut Canvas, mean: Mean, deadline: Deadline) -> Result<(), PictureError> {
    let stride = CHANNELS * canvas.width() as usize;
    let mut line = Line::new(stride);
    for row in canvas.pixels.chunks_exact_mut(stride) {
        deadline.check()?;
        for (value, byte) in line.values.iter_mut().zip(row.iter()) {
            *value = f32::from(*byte);
        }
        line.smooth(CHANNELS, mean);
        for (byte, value) in row.iter_mut().zip(&line.values) {
            *byte = to_byte(*value);
        }
    }
    Ok(())
}

fn along_columns(canvas: &mut Canvas, mean: Mean, deadline: Deadline) -> Result<(), PictureError> {
    let stride = CHANNELS * canvas.width() as usize;
    let height = canvas.height() as usize;
    for left in (0..stride).step_by(STRIP) {
        deadline.check()?;
        let lanes = STRIP.min(stride - left);
        let mut line = Line::new(lanes * height);
        for (values, row) in line.values.chunks_exact_mut(lanes).zip(canvas.pixels.chunks_exact(stride)) {
            for (value, byte) in values.iter_mut().zip(&row[left..left + lanes]) {
                *value = f32::from(*byte);
            }
        }
        line.smooth(lanes, mean);
        for (values, row) in line.values.chunks_exact(lanes).zip(canvas.pixels.chunks_exact_mut(stride)) {
            for (byte, value) in row[left..left + lanes].iter_mut().zip(values) {
                *byte = to_byte(*value);
            }
        }
    }
    Ok(())
}

/// A line of values, several lanes wide.
struct Line {
    values: Vec<f32>,
    spare: Vec<f32>,
}

impl Line {
    fn new(length: usize) -> Self {
        Self { values: vec![0.0; length], spare: vec![0.0; length] }
    }

    /// Applies the box filter three times.
    fn smooth(&mut self, lanes: usize, mean: Mean) {
        for _ in 0..3 {
            run(&self.values, &mut self.spare, lanes, mean);
            std::mem::swap(&mut self.values, &mut self.spare);
        }
    }
}

/// Applies the box filter once. Beyond its ends the line repeats its edge values.
fn run(from: &[f32], to: &mut [f32], lanes: usize, mean: Mean) {
    let last = from.len() / lanes - 1;
    let reach = mean.radius.cast_signed();
    let row = |place: isize| &from[usize::try_from(place).unwrap_or(0).min(last) * lanes..][..lanes];
    #[expect(clippy::cast_precision_loss, reason = "the radius is at most a hundred")]
    let scale = 1.0 / (2.0 * mean.radius as f32 + 1.0 + 2.0 * mean.edge);
    let mut sums = [0.0_f32; STRIP];
    let sums = &mut sums[..lanes];
    for place in -reach..=reach {
        sums.iter_mut().zip(row(place)).for_each(|(sum, value)| *sum += value);
    }
    for (place, out) in to.chunks_exact_mut(lanes).enumerate() {
        let place = place.cast_signed();
        let (before, leaving, coming) = (row(place - reach - 1), row(place - reach), row(place + reach + 1));
        let neighbours = before.iter().zip(leaving).zip(coming);
        for ((value, sum), ((before, leaving), coming)) in out.iter_mut().zip(sums.iter_mut()).zip(neighbours) {
            *value = (*sum + mean.edge * (before + coming)) * scale;
            *sum += coming - leaving;
        }
    }
}

/// Multiplies the colours by alpha.
fn multiply(canvas: &mut Canvas) {
    for pixel in canvas.pixels.pixels_mut() {
        let alpha = f32::from(pixel.0[3]) / 255.0;
        for colour in &mut pixel.0[..3] {
            *colour = to_byte(f32::from(*colour) * alpha);
        }
    }
}

/// Divides the colours by alpha.
fn divide(canvas: &mut Canvas) {
    for pixel in canvas.pixels.pixels_mut() {
        let alpha = f32::from(pixel.0[3]) / 255.0;
        if alpha > 0.0 {
            for colour in &mut pixel.0[..3] {
                *colour = to_byte(f32::from(*colour) / alpha);
            }
        }
    }
}
