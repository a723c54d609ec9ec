//! Editing rules: atomic changes, concurrent editors, history and undo.

mod order;
mod save;
mod undo;
