//! What a browser is shown: pages rendered by the server, and the parts they are made of.

#[cfg(feature = "ssr")]
pub mod action;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod part;
#[cfg(feature = "ssr")]
pub mod text;

pub mod island;
pub mod markup;
