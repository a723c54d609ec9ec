//! Dialect B, the reply-assistant API (no prefix): a session cookie, HTTP 200 with `{"code", "message"}`, trailing slash optional.
//! `message` is a word of the original document; a refusal explains itself in `detail`.

mod account;
mod caller;
mod channel;
mod code;
mod fault;
mod older;
mod pairs;
mod reply;
mod routes;
mod wire;

pub use fault::Assistant;
pub use routes::routes;
