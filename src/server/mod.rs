//! Starts, serves and stops the program: router, assembly of its parts, and background tasks.

pub mod assemble;
pub mod router;
pub mod serve;

mod background;
mod ops;
