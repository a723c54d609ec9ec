//! Utilities that depend on no other module: time, days of Beijing, randomness, ids, keyed hashes, TLS and JSON that is not clean.

pub mod beijing;
pub mod clock;
pub mod id;
pub mod json;
pub mod rng;
pub mod secret;
pub mod tls;
