//! A picture while it is being worked on.

use image::RgbaImage;

/// Pixels with red, green, blue and alpha in 8 bits each, alpha not multiplied in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Canvas {
    pub pixels: RgbaImage,
    /// True where alpha is 255 everywhere because the file had none.
    pub is_opaque: bool,
}

impl Canvas {
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    pub fn height(&self) -> u32 {
        self.pixels.height()
    }

    /// The same with other pixels.
    pub fn with(&self, pixels: RgbaImage) -> Self {
        Self { pixels, is_opaque: self.is_opaque }
    }
}
