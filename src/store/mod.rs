//! SQL and nothing else: one file a topic, one text for SQLite, MySQL/MariaDB and PostgreSQL.
//!
//! Functions are named `find_ list_ insert_ update_ delete_` and take a [`Link`]: a [`Reader`] or a [`Tx`]. Every decision
//! that must be atomic is a conditional `UPDATE` or `DELETE` whose row count says who won.

#![expect(
    clippy::missing_errors_doc,
    reason = "every function here fails as StoreError says, and says what Duplicate means to it"
)]

mod constraint;
mod engine;
mod link;
mod rows;
mod schema;

pub mod audit;
pub mod code;
pub mod credit;
pub mod delivery;
pub mod fact;
pub mod identity;
pub mod limit;
pub mod message;
pub mod platform_token;
pub mod rule;
pub mod signin;
pub mod user;
pub mod web_session;

pub use constraint::StoreError;
pub use engine::{Engine, OpenError, Store};
pub use link::{Link, Reader, Tx};
use rows::rows;
