//! The platform of Official Accounts (微信公众平台), in both directions. Nobody else in this program talks to it.
//!
//! Inwards: [`callback`] verifies, opens and answers a push, [`message`] says what was in it, [`reply`] what to answer.
//! Outwards: [`api`] calls the platform. [`mini`] opens what a mini-program sealed. Below both: [`signature`], [`crypto`] and [`xml`].
//! Nothing here decides what an answer should be.

pub mod api;
pub mod callback;
pub mod crypto;
pub mod message;
pub mod mini;
pub mod reply;
pub mod signature;
pub mod xml;
