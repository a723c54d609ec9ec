//! SQL statements: one file per topic, one text for SQLite, MySQL/MariaDB and PostgreSQL.
//!
//! Functions are named `find_ list_ insert_ update_ delete_` and take a [`Link`]: a [`Reader`] or a [`Tx`]. Every decision
//! that must be atomic is a conditional `UPDATE` or `DELETE` whose row count says which transaction succeeded.

#![expect(clippy::missing_errors_doc, reason = "every function returns StoreError, and documents what Duplicate means")]

mod bulk;
mod checkpoint;
mod constraint;
mod database;
mod effects;
mod engine;
mod erasure;
mod group;
mod inspect;
mod link;
mod pattern;
mod plan;
mod rows;
mod schema;
mod script;
mod search_key;
mod server;
mod statement;
mod transact;
mod watch;

pub mod access;
pub mod audit;
pub mod avatar;
pub mod backup;
pub mod check_in;
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
pub mod ilink_connection;
pub mod ilink_lease;
pub mod ilink_login;
pub mod ilink_message;
pub mod import;
pub mod in_use;
pub mod join;
pub mod known_network;
pub mod level;
pub mod limit;
pub mod media;
pub mod media_upload;
pub mod message;
pub mod official_account;
pub mod pending;
pub mod personal_data;
pub mod platform_token;
pub mod question;
pub mod redemption;
pub mod registration;
pub mod rule;
pub mod rule_count;
pub mod rule_edit;
pub mod rule_history;
pub mod secret_value;
pub mod setting;
pub mod signin;
pub mod token;
pub mod usage;
pub mod used_signature;
pub mod user;
pub mod user_index;
pub mod user_list;
pub mod web_session;

pub use crate::transact;
pub use constraint::StoreError;
pub use database::Store;
pub use engine::{Engine, OpenError, file_of};
pub use erasure::update_due as update_erasure_due;
pub use inspect::{DatabaseState, inspect};
pub use link::{Link, Reader, Tx};
pub use pattern::containing;
pub use plan::Plan;
use rows::{joined, rows, table_rows};
pub use script::Script;
pub use search_key::folded;
pub use transact::{Attempts, TxError};
pub use watch::Watch;
