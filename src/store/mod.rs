//! SQL and nothing else: one file a topic, one text for SQLite, MySQL/MariaDB and PostgreSQL.
//!
//! Functions are named `find_ list_ insert_ update_ delete_` and take a [`Link`]: a [`Reader`] or a [`Tx`]. Every decision
//! that must be atomic is a conditional `UPDATE` or `DELETE` whose row count says who won.

#![expect(
    clippy::missing_errors_doc,
    reason = "every function here fails as StoreError says, and says what Duplicate means to it"
)]

mod bulk;
mod constraint;
mod engine;
mod link;
mod pattern;
mod rows;
mod schema;
mod search_key;

pub mod audit;
pub mod code;
pub mod counter;
pub mod credit;
pub mod delivery;
pub mod directory;
pub mod fact;
pub mod file;
pub mod follow;
pub mod hold;
pub mod identity;
pub mod import;
pub mod limit;
pub mod media;
pub mod media_upload;
pub mod message;
pub mod pending;
pub mod platform_token;
pub mod question;
pub mod rule;
pub mod rule_count;
pub mod rule_edit;
pub mod rule_history;
pub mod signin;
pub mod token;
pub mod usage;
pub mod user;
pub mod web_session;

pub use constraint::StoreError;
pub use engine::{Engine, OpenError, Store};
pub use link::{Link, Reader, Tx};
pub use pattern::containing;
use rows::rows;
pub use search_key::folded;
