//! Dialect C, the mini-program API (`/api/auth`): `{"code", "msg", "data"}`, the HTTP status equal to `code`. POST only, a slash at
//! the end is optional.

mod fault;
mod routes;
mod wire;

pub use fault::MiniProgram;
pub use routes::routes;
