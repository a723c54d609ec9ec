//! The interface to the platform of Official Accounts (微信公众平台), in both directions. Only this module talks to the platform.
//!
//! Inbound: [`callback`] verifies and decrypts a push, [`message`] parses it, [`reply`] renders the answer.
//! Outbound: [`api`] calls the platform. [`mini`] decrypts a mini-program's data. Below both: [`signature`], [`crypto`] and [`xml`].
//! Nothing here decides the content of an answer.

pub mod api;
pub mod callback;
pub mod crypto;
mod fields;
pub mod message;
pub mod mini;
pub mod reply;
pub mod round_trip;
pub mod signature;
pub mod xml;
