//! The Official Account that this installation answers for: where its credentials come from, and how they change while the program runs.
//!
//! The environment wins; then the account that the console connected; without either there is the sandbox, where the public URL is
//! private, or no account ([`start`]). The one in force is in [`Accounts`], which every request asks, and is replaced as a whole when its
//! row changes, here and on other instances ([`live`]). Work that has begun goes on with the account that it began with.

mod account;
mod arrival;
mod build;
mod change;
mod draft;
mod live;
mod platforms;
mod registry;
mod sandbox_end;
mod secret;
mod start;
mod view;

pub use account::{OfficialAccount, Origin};
pub use arrival::record as record_use;
pub use build::{Deps, client, push_settings};
pub use change::{activate, disconnect, renew, save};
pub use draft::{Draft, Renewed};
pub use live::{follow_changes, reload};
pub use platforms::Platforms;
pub use registry::Accounts;
pub use sandbox_end::{SandboxData, count as sandbox_data};
pub use start::{in_force, of_sandbox, store_environment, unconnected};
pub use view::{Arrived, Shown, State, View, find as view, history, suggested};
