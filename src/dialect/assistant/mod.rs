//! Dialect B, the reply-assistant API (no prefix): a session cookie, HTTP 200 with `{"code", "message"}`, a slash at the end or none.

mod account;
mod fault;
mod reply;
mod routes;
mod who;
mod wire;

pub use fault::Assistant;
pub use routes::routes;
