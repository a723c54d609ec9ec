//! The outer shell: what every request goes through before and after it is served.

pub mod api;
pub mod assemble;
pub mod client;
pub mod cookie;
pub mod events;
pub mod guard;
pub mod headers;
pub mod router;
pub mod serve;
pub mod session;
pub mod state;

mod background;
mod limited;
mod media;
mod ops;
