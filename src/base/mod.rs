//! Utilities that depend on no other module: time, randomness, ids and keyed hashes.

pub mod clock;
pub mod id;
pub mod rng;
pub mod secret;
