//! The domain. It contains no HTTP, no XML and no dialect's response format.

pub mod access_token_store;
pub mod account;
pub mod audit;
pub mod backup;
pub mod check_in;
pub mod checklist;
pub mod cleanup;
pub mod counter;
pub mod credit;
pub mod doctor;
pub mod error;
pub mod ilink;
pub mod image;
pub mod keyed_lock;
pub mod limit;
pub mod message;
pub mod official_account;
pub mod quota;
pub mod rate;
pub mod redemption;
pub mod rule;
pub mod secret_key;
pub mod setting;
pub mod signin;
pub mod signin_log;
pub mod token;

mod context;

pub use context::{Ctx, OfficialCtx, Parts};
pub use error::{CoreError, FieldError, PlatformFault, Problem, TokenFault};
pub use official_account::OfficialAccount;
