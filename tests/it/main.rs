//! The whole program, from the outside and from its domain's door, on every database engine.
//!
//! `every_engine!` makes one test an engine. SQLite is always there; where the others are is told by `WEIDA_TEST_POSTGRES` and
//! `WEIDA_TEST_MYSQL`. Under continuous integration a missing one is a failure, elsewhere a line that says so.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what went wrong by stopping")]

mod rig;

mod binding;
mod bomb;
mod cancel;
mod crash;
mod delivery;
mod five_seconds;
mod forgery;
mod guessing;
mod house;
mod instances;
mod limits;
mod pages;
mod password;
mod secret;
mod settings;
mod signin;
mod store;
mod walk;
mod web;
