//! The domain. It knows no HTTP, no XML and no envelope of any dialect.

pub mod chance;
pub mod clock;
