//! A message or event of the account: what it does, and what is answered.

pub mod answer;
pub mod commands;
pub mod inbox;
pub mod log;
pub mod preview;
pub mod service;
pub mod trace;

mod act;
mod decide;
mod order_texts;
mod order_words;
mod orders;
pub(crate) mod person;
mod piece;
mod rest;
mod words;

pub use answer::answer;
pub use piece::{PART_MAX_BYTES, Rest, pieces};
pub use rest::{Hold, continues};
