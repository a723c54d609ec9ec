//! The outermost layers, which every request passes before and after its handler.

pub mod account_picture;
pub mod api;
pub mod assets;
pub mod channel_events;
pub mod client;
pub mod connect_events;
pub mod connection;
pub mod cookie;
pub mod events;
pub mod form;
pub mod guard;
pub mod headers;
pub mod known;
pub mod proxy;
pub mod qr_image;
pub mod session;
pub mod sse;
pub mod state;
mod state_stream;
pub mod wrong_address;

pub mod avatar;
pub mod compress;
pub mod limited;
pub mod media;
