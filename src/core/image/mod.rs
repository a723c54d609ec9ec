//! Editing pictures: PNG, JPEG and WebP in and out, ten operations, and limits that are checked before decoding.
//!
//! The first bytes determine the format, not the client's content type. Orientation is applied and all metadata is dropped: the
//! result reveals nothing about camera, place or author. Pixels with a colour profile are converted to sRGB.

mod blur;
mod canvas;
mod colour;
mod decode;
mod edit_queue;
mod encode;
mod geometry;
mod operation;
mod square;
mod tone;

pub mod paid;

#[cfg(test)]
mod tests;

pub use edit_queue::{EditQueue, MAX_REQUESTS_PER_USER, Slot, Timeouts};
pub use operation::{Kind, MOST_OPERATIONS, Operation, OperationFlaw, OperationProblem, Target, parse};
pub use square::square;

use super::CoreError;
use canvas::Canvas;
use std::time::{Duration, Instant};

/// The largest accepted file, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most pixels of an input or result: 40 megapixels, 160 MB as RGBA.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The longest side of an input or result: the limit of lossless WebP.
pub const MAX_SIDE: u32 = 16_384;
/// How long one edit may take.
pub const MAX_TIME: Duration = Duration::from_secs(5);

/// The supported formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    /// Read as any WebP, written lossy.
    WebP,
}

impl Format {
    /// The format by the first bytes; `None` for anything else.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }

    /// The content type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// Why a picture was not edited.
#[derive(Debug, Clone, PartialEq)]
pub enum PictureError {
    /// One of the operations cannot be applied.
    Operation(OperationFlaw),
    /// The file is above [`MAX_BYTES`].
    TooManyBytes,
    /// The file is not PNG, JPEG or WebP.
    UnknownFormat,
    /// The header declares more than [`MAX_PIXELS`] or [`MAX_SIDE`]. The file was not decoded.
    TooLarge,
    /// The file contains several pictures, and the intended one is unknown.
    Animated,
    /// The file begins like a picture but cannot be decoded.
    Damaged,
    /// The edit took longer than [`MAX_TIME`].
    TooLong,
}

/// Why an edit failed: a domain error, or the picture itself.
#[derive(Debug)]
pub enum EditError {
    Core(CoreError),
    Refused(PictureError),
    /// [`PictureError::TooLong`], too often in an hour: the credits stay spent. Contains the user's balance.
    Charged {
        remaining: i64,
    },
}

impl From<CoreError> for EditError {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

impl From<PictureError> for EditError {
    fn from(refusal: PictureError) -> Self {
        Self::Refused(refusal)
    }
}

/// When the edit must be done. It cannot be aborted from outside, so every step checks the deadline.
#[derive(Debug, Clone, Copy)]
struct Deadline(Instant);

impl Deadline {
    fn check(self) -> Result<(), PictureError> {
        if Instant::now() < self.0 { Ok(()) } else { Err(PictureError::TooLong) }
    }
}

/// True if a picture of this size may be edited.
fn is_workable(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS
}

/// Decodes, edits and encodes one picture. Takes a core for up to [`MAX_TIME`].
fn edit(bytes: &[u8], operations: &[Operation], deadline: Deadline) -> Result<Picture, PictureError> {
    let (mut canvas, format) = decode::decode(bytes, deadline)?;
    let mut target = Target { format, quality: None };
    for (at, operation) in operations.iter().enumerate() {
        deadline.check()?;
        canvas = match operation {
            Operation::Format(wanted) => {
                target = *wanted;
                canvas
            }
            other => perform(canvas, other, at, deadline)?,
        };
    }
    deadline.check()?;
    let bytes = encode::encode(canvas, target)?;
    Ok(Picture { format: target.format, bytes })
}

fn perform(mut canvas: Canvas, operation: &Operation, at: usize, deadline: Deadline) -> Result<Canvas, PictureError> {
    match *operation {
        Operation::Resize { width, height, fit } => return geometry::resize(canvas, at, width, height, fit),
        Operation::Crop { x, y, width, height } => return geometry::crop(&canvas, at, [x, y, width, height]),
        Operation::Rotate(turn) => return Ok(geometry::rotate(canvas, turn)),
        Operation::Flip(axis) => geometry::flip(&mut canvas, axis),
        Operation::Grayscale => tone::grayscale(&mut canvas),
        Operation::Brightness(percent) => tone::brighten(&mut canvas, percent),
        Operation::Contrast(percent) => tone::contrast(&mut canvas, percent),
        Operation::Blur { sigma } => blur::blur(&mut canvas, sigma, deadline)?,
        Operation::Sharpen { amount, sigma } => blur::sharpen(&mut canvas, amount, sigma, deadline)?,
        // Affects only how the result is written.
        Operation::Format(_) => {}
    }
    Ok(canvas)
}
