//! Editing pictures: PNG, JPEG and WebP in and out, ten operations, and limits that hold before anything is decoded.
//!
//! What a picture is, its first bytes say, never who sent it. Orientation is applied and all metadata is dropped: what comes out
//! tells nothing about camera, place or author. Colour profiles go with it, so pixels are taken as sRGB.

mod blur;
mod canvas;
mod decode;
mod encode;
mod geometry;
mod operation;
mod studio;
mod tone;

pub mod paid;

#[cfg(test)]
mod tests;

pub use operation::{Kind, MOST_OPERATIONS, Operation, OperationFlaw, OperationProblem, Target, parse};
pub use studio::{Place, Studio};

use super::CoreError;
use canvas::Canvas;
use std::time::{Duration, Instant};

/// The largest file that is taken, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most pixels of a decoded picture, given or made: 40 megapixels, 160 MB as RGBA.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The longest side, given or made: what lossless WebP can hold.
pub const MAX_SIDE: u32 = 16_384;
/// How long one edit may work.
pub const MAX_TIME: Duration = Duration::from_secs(5);

/// The formats that are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    /// Read as WebP of any kind, written without loss.
    WebP,
}

impl Format {
    /// What the first bytes say; None for anything else.
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

    /// The content type on the wire.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// A picture as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// Why a picture was not edited.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// One of the operations cannot be done.
    Operation(OperationFlaw),
    /// The file is above [`MAX_BYTES`].
    TooManyBytes,
    /// The file is no PNG, JPEG or WebP.
    UnknownFormat,
    /// The file says that it is larger than [`MAX_PIXELS`] or [`MAX_SIDE`]. It was not decoded.
    TooLarge,
    /// Several pictures in one file; there is no telling which is meant.
    Animated,
    /// The file begins like a picture and is none.
    Damaged,
    /// The work was not done within [`MAX_TIME`].
    TooLong,
}

/// Why an edit was not done: something of the domain, or the picture itself.
#[derive(Debug)]
pub enum EditError {
    Core(CoreError),
    Refused(Refusal),
}

impl From<CoreError> for EditError {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

impl From<Refusal> for EditError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// When the work must be done. It cannot be stopped from outside, so every step asks.
#[derive(Debug, Clone, Copy)]
struct Deadline(Instant);

impl Deadline {
    fn check(self) -> Result<(), Refusal> {
        if Instant::now() < self.0 { Ok(()) } else { Err(Refusal::TooLong) }
    }
}

/// True for sizes that may be worked on.
fn is_workable(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS
}

/// The whole way of one picture: read, worked on, written. Takes a core for up to [`MAX_TIME`].
fn edit(bytes: &[u8], operations: &[Operation], deadline: Deadline) -> Result<Picture, Refusal> {
    let (mut canvas, format) = decode::decode(bytes)?;
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

fn perform(mut canvas: Canvas, operation: &Operation, at: usize, deadline: Deadline) -> Result<Canvas, Refusal> {
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
        // Says how the result is written, and changes nothing of the picture.
        Operation::Format(_) => {}
    }
    Ok(canvas)
}
