//! Rules in and out. A file is uploaded, its difference looked at, and applied as one change — each on an address of its own, so that
//! every step works without a script.

mod begin;
mod difference;
mod export;
mod look;
mod progress;

pub use begin::ImportPage;
pub use export::routes;
pub use look::{ImportJobPage, is_running};

use super::{Desk, Room, Scope, diff, padded, param};
use crate::{
    core::reply::{Door, edit::Editor},
    web::page::Visitor,
};

/// Who imports: in the history it is told from what was typed.
fn editor(visitor: &Visitor, desk: Desk) -> Editor {
    Editor { door: Door::Import, ..desk.editor(&visitor.here) }
}
