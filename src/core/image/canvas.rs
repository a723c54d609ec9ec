//! A decoded picture during editing.

use image::RgbaImage;

/// RGBA pixels with 8 bits per channel, alpha not premultiplied.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Canvas {
    pub pixels: RgbaImage,
    /// True if alpha is 255 everywhere because the file had none.
    pub is_opaque: bool,
}

impl Canvas {
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    pub fn height(&self) -> u32 {
        self.pixels.height()
    }

    /// A copy with other pixels.
    pub fn with(&self, pixels: RgbaImage) -> Self {
        Self { pixels, is_opaque: self.is_opaque }
    }
}
