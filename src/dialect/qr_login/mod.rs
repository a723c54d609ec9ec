//! Dialect D, the QR-login API (no prefix): `{"success": true, …}`, or HTTP 400, 401, 403, 404, 500 with
//! `{"success": false, "error": "…"}`.
//!
//! A program shows a QR, follows the session by a secret of its own, and gets a token once the person's phone has agreed.

mod admin;
mod fault;
mod follow;
mod routes;
mod usage;
mod whose;
mod wire;

pub use fault::QrLogin;
pub use routes::routes;
