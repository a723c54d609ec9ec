//! The languages that everything is written in; texts themselves stand where they are said.

pub use crate::web::{lang::Lang, text::fill};
