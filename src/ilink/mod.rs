//! The iLink bot platform (微信 ClawBot): a bot contact in one person's own WeChat, to which only this person can talk.
//!
//! [`Client`] calls the platform, [`login`] connects a person's WeChat by a QR code, [`message`] and [`media`] are what is received and
//! sent. Nothing here stores anything or decides the content of an answer.
//! Facts: docs/WECHAT.md, 7.

mod bot;
mod client;
mod error;
mod host;
pub mod login;
pub mod media;
pub mod message;
mod qr;
mod transport;

pub use bot::{Bot, Credentials};
pub use client::{CLIENT_ID_MAX_BYTES, CURSOR_MAX_BYTES, Client, SendOutcome, Typing, Updates};
pub use error::{Error, TransportFailure};
pub use host::{API_BASE, BaseUrl, CDN_BASE, Hosts};
pub use qr::{LoginCode, QrCode, QrStatus};
