//! What a browser is shown: pages rendered by the server, and the parts they are made of.

pub mod lang;
pub mod part;
pub mod text;
