//! The whole program, from the outside and from its domain's door, on every database engine.
//!
//! `every_engine!` makes one test an engine. SQLite is always there; where the others are is told by `WEIDA_TEST_POSTGRES` and
//! `WEIDA_TEST_MYSQL`. Under continuous integration a missing one is a failure, elsewhere a line that says so.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what went wrong by stopping")]

mod rig;

mod agreed;
mod api;
mod bench;
mod binding;
mod bomb;
mod cancel;
mod chat_rules;
mod console;
mod crash;
mod credits;
mod delivery;
mod directory;
mod editor;
mod export;
mod five_seconds;
mod forgery;
mod guessing;
mod house;
mod instances;
mod limits;
mod media;
mod openapi;
mod pages;
mod password;
mod person;
mod quotas;
mod replies;
mod rules;
mod secret;
mod settings;
mod shelf;
mod signin;
mod store;
mod tokens;
mod transfer;
mod walk;
mod web;
