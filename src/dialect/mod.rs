//! The public APIs: each reads its own requests, calls the core, and writes its own envelope.

pub mod follow;
