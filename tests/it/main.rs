//! Integration tests: the whole program over HTTP, and its core functions, on every database engine.
//!
//! `every_engine!` makes one test for each engine. SQLite is always there; `WEIDA_TEST_POSTGRES` and `WEIDA_TEST_MYSQL` are the
//! addresses of the others. In continuous integration a missing engine is a failure, elsewhere a printed line.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

mod rig;

mod api;
mod assets;
mod batches;
mod bench;
mod binding;
mod bomb;
mod cancel;
mod channel;
mod chat_rules;
mod code_at_rest;
mod connections;
mod consent;
mod console;
mod crash;
mod credits;
mod cross_site;
mod cuts;
mod deleted_users;
mod delivery;
mod directory;
mod docs;
mod editor;
mod effects;
mod empty_settings;
mod export;
mod foreign_tokens;
mod forgery;
mod forgetting;
mod group_commit;
mod guessing;
mod house;
mod instances;
mod joins;
mod known;
mod limits;
mod markup;
mod media;
mod names;
mod nginx;
mod null_character;
mod openapi;
mod pages;
mod password;
mod paths;
mod pending_bind;
mod person;
mod personal_data;
mod profile_fields;
mod quotas;
mod reference;
mod registration;
mod repeated_placeholders;
mod replay;
mod replies;
mod reply_deadline;
mod review;
mod revoked_data;
mod rule_cache;
mod rules;
mod secret;
mod secret_key;
mod sent_codes;
mod settings;
mod signin;
mod signin_log;
mod signin_model;
mod statements;
mod store;
mod tokens;
mod transact;
mod transfer;
mod unbinding;
mod unclean;
mod unclean_json;
mod unregister;
mod web;
mod wrong_address;
