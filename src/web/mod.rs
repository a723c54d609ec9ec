//! The web interface: pages rendered by the server, and their components.

pub mod action;
pub mod asset;
pub mod component;
pub mod escape;
pub mod form;
pub mod markup;
pub mod page;
pub mod text;
