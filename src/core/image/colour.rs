//! Colour profiles: the pixels of a picture with one are converted to sRGB, in which every operation works and which a file without a
//! profile means. The profile itself is dropped, like all metadata.

use super::{Deadline, PictureError};
use image::RgbaImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Larger profiles are not read. Those of cameras and screens have a few kilobytes, those of presses up to two megabytes.
const MAX_PROFILE_BYTES: usize = 4 * 1024 * 1024;
/// Rows that are converted between two looks at the deadline.
const ROWS: usize = 64;
/// A profile that moves no colour by more than this is sRGB under another name: its pixels stay exact.
const SAME: u8 = 1;
/// Channels of a pixel.
const CHANNELS: usize = 4;

/// A conversion to sRGB.
struct Conversion {
    transform: Arc<Transform8BitExecutor>,
    /// The layout of its source: RGBA, or grey.
    is_grey: bool,
}

/// Converts the pixels of a file with this profile. `is_grey`: the file has grey pixels only.
///
/// A profile that cannot be read, is too large, or is not for these pixels, has no effect.
pub(super) fn to_srgb(
    pixels: &mut RgbaImage,
    profile: &[u8],
    is_grey: bool,
    deadline: Deadline,
) -> Result<(), PictureError> {
    if profile.len() > MAX_PROFILE_BYTES {
        return Ok(());
    }
    // A crafted profile that the library does not expect must not fail the edit.
    let found = catch_unwind(|| Conversion::of(profile, is_grey)).unwrap_or_default();
    let Some(conversion) = found else { return Ok(()) };
    let width = CHANNELS * pixels.width() as usize;
    let mut rows = Vec::new();
    for part in pixels.chunks_mut(width * ROWS) {
        deadline.check()?;
        rows.clear();
        rows.extend_from_slice(part);
        let converted = catch_unwind(AssertUnwindSafe(|| conversion.apply(&rows, part)));
        if !converted.unwrap_or(false) {
            return Err(PictureError::Damaged);
        }
    }
    Ok(())
}

impl Conversion {
    /// The conversion; `None` if there is none, or none is needed.
    fn of(profile: &[u8], is_grey: bool) -> Option<Self> {
        let from = ColorProfile::new_from_slice(profile).ok()?;
        let (layout, to, is_grey) = match from.color_space {
            DataColorSpace::Rgb => (Layout::Rgba, Layout::Rgba, false),
            DataColorSpace::Gray if is_grey => (Layout::Gray, Layout::Rgb, true),
            // CMYK, for example: the decoder has turned those pixels into RGB already.
            _ => return None,
        };
        let transform =
            from.create_transform_8bit(layout, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()?;
        let conversion = Self { transform, is_grey };
        conversion.is_needed().then_some(conversion)
    }

    /// True if it moves a colour of a coarse grid.
    fn is_needed(&self) -> bool {
        const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let grid: Vec<u8> = if self.is_grey {
            STEPS.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect()
        } else {
            let pairs = STEPS.iter().flat_map(|red| STEPS.iter().map(move |green| (red, green)));
            let colours = pairs.flat_map(|(red, green)| STEPS.iter().map(move |blue| [*red, *green, *blue, 255]));
            colours.flatten().collect()
        };
        let mut moved = grid.clone();
        self.apply(&grid, &mut moved) && grid.iter().zip(&moved).any(|(was, is)| was.abs_diff(*is) > SAME)
    }

    /// Converts RGBA pixels; alpha stays. False if the library refuses.
    fn apply(&self, from: &[u8], to: &mut [u8]) -> bool {
        if !self.is_grey {
            let is_done = self.transform.transform(from, to).is_ok();
            for (was, is) in from.chunks_exact(CHANNELS).zip(to.chunks_exact_mut(CHANNELS)) {
                is[3] = was[3];
            }
            return is_done;
        }
        let grey: Vec<u8> = from.chunks_exact(CHANNELS).map(|pixel| pixel[0]).collect();
        let mut colours = vec![0; grey.len() * 3];
        let is_done = self.transform.transform(&grey, &mut colours).is_ok();
        for (colour, pixel) in colours.chunks_exact(3).zip(to.chunks_exact_mut(CHANNELS)) {
            pixel[..3].copy_from_slice(colour);
        }
        is_done
    }
}
