//! A message or event of the account: what it does, and what is answered.

pub mod answer;
pub mod commands;

mod act;
mod person;
mod words;

pub use answer::answer;
