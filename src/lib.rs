//! Weida 微答: a self-hosted home for a WeChat Official Account.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod core;
#[cfg(feature = "ssr")]
pub mod web;
#[cfg(feature = "ssr")]
pub mod wechat;
