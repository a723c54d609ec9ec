//! Settings that change while the program runs, and where the value of every setting comes from.
//!
//! The environment wins over the console, the console over the settings file, and the file over the defaults. So a deployment can fix a
//! value for good, and everything else can be changed without a restart. Changes have a history and can be taken back.

mod change;
mod definition;
mod list;
mod live;

pub use change::{To, follow_changes, reload, set, undo};
pub use definition::{DEFINITIONS, Definition, Kind};
pub use list::{InForce, Origin, changes, in_force};
pub use live::{Live, LiveSettings};
