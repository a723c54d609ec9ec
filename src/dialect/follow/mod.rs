//! Dialect A, the follow API (`/api/v1`), for client programs: a QR code to follow by, credits, image editing; and the two `verify`
//! calls, to which the platform sends its pushes. Success is the bare object, an error its HTTP status with `{"detail": "…"}`.

mod caller;
mod fault;
mod gateway;
mod paths;
mod round_trip;
mod routes;
mod upload;
mod verify;
mod wire;

pub use fault::Follow;
pub use routes::{pushes, routes};

use crate::core::image;

/// The largest form: the largest picture, plus room for the list of operations and the multipart boundaries.
const FORM_MAX_BYTES: usize = image::MAX_BYTES + 128 * 1024;
