//! The domain. It knows no HTTP, no XML and no envelope of any dialect.

pub mod account;
pub mod chance;
pub mod clock;
pub mod credit;
pub mod error;
pub mod id;
pub mod keep;
pub mod limit;
pub mod message;
pub mod reply;
pub mod secret;
pub mod signin;
pub mod tokens;

mod context;

pub use context::{Ctx, Parts};
pub use error::{CoreError, Flaw, Problem};
