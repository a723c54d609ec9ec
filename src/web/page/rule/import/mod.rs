//! Import and export of rules. A file is uploaded, its difference shown, and applied as one change, each on its own address, so that
//! every step works without a script.

mod begin;
mod difference;
mod export;
mod line;
mod look;
mod progress;

pub use begin::ImportPage;
pub use export::routes;
pub use look::{ImportJobPage, expired, is_running};

use super::{RuleOwner, RuleScope, Section, diff, padded, param};

/// The query parameter while an import runs: the page then reloads itself.
const RUNNING: &str = "running";

/// The page of an import.
pub fn address(scope: RuleScope, id: i64) -> String {
    scope.owner.below(&format!("import/{id}"))
}

/// The page of an import while it is applied.
pub fn running_address(scope: RuleScope, id: i64) -> String {
    format!("{}?{RUNNING}", address(scope, id))
}
