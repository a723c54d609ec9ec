//! Every word that a page says, one file a page. How texts are declared: [`crate::text`].

pub mod admin;
pub mod ago;
pub mod common;
pub mod docs;
pub mod flaw;
pub mod forgot;
pub mod home;
pub mod login;
pub mod me;
pub mod menu;
pub mod problem;
pub mod register;
pub mod replies;
pub mod setup;
pub mod signin;
pub mod usage;
pub mod users;

pub use crate::text::fill;
pub use common::Common;
