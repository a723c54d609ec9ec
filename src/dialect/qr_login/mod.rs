//! Dialect D, the QR-login API (no prefix): `{"success": true, …}`, or HTTP 400, 401, 403, 404, 500 with
//! `{"success": false, "error": "…"}`.
//!
//! A program shows a QR code, follows the session by a secret of its own, and receives a token once the user has
//! confirmed on the phone.

mod admin;
mod fault;
mod follow;
mod paths;
mod routes;
mod target_user;
mod usage;
mod wire;

pub use fault::QrLogin;
pub use routes::{routes, unknown};
