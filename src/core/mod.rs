//! The domain. It knows no HTTP, no XML and no envelope of any dialect.

pub mod account;
pub mod audit;
pub mod chance;
pub mod clock;
pub mod counter;
pub mod credit;
pub mod error;
pub mod id;
pub mod image;
pub mod keep;
pub mod limit;
pub mod message;
pub mod quota;
pub mod rate;
pub mod reply;
pub mod secret;
pub mod signin;
pub mod token;
pub mod tokens;
pub mod turn;

mod context;

pub use context::{Ctx, Parts};
pub use error::{CoreError, Flaw, PlatformFault, Problem};
