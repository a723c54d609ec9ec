//! All texts of the pages, one file per page. See [`crate::text`] for how texts are declared.

pub mod admin;
pub mod ago;
pub mod channel;
pub mod checklist;
pub mod codes;
pub mod common;
pub mod connect;
pub mod docs;
pub mod doctor;
pub mod field_error;
pub mod forgot;
pub mod home;
pub mod login;
pub mod me;
pub mod menu;
pub mod problem;
pub mod register;
pub mod replies;
pub mod review;
pub mod setting;
pub mod setup;
pub mod signin;
pub mod stored;
pub mod usage;
pub mod users;

pub use crate::text::{fill, fill_spaced};
pub use common::Common;
