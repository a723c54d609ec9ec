//! Dialect C, the mini-program API (`/api/auth`): `{"code", "msg", "data"}`, the HTTP status equal to `code`. POST only, trailing
//! slash optional.

mod fault;
mod routes;
mod wire;

pub use fault::MiniProgram;
pub use routes::routes;
