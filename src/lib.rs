//! Weida 微答: a self-hosted server for a WeChat Official Account.
#![recursion_limit = "256"]

pub mod app;
pub mod base;
pub mod command;
pub mod config;
pub mod core;
pub mod dialect;
pub mod file_mode;
pub mod http;
pub mod ilink;
pub mod sandbox;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod web;
pub mod wechat;
