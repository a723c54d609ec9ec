//! Dialect A, the follow API (`/api/v1`), for client programs: a QR to follow by, credits, image editing; and the two `verify` calls,
//! where the platform pushes to. Success is the bare object, an error its HTTP status with `{"detail": "…"}`.

mod fault;
mod routes;
mod upload;
mod verify;
mod who;
mod wire;

pub use fault::Follow;
pub use routes::routes;
