//! How an engine runs a statement: for tests and measurements.

/// A statement and the steps of its plan.
#[derive(Debug, Clone)]
pub struct Plan {
    pub statement: String,
    pub steps: Vec<String>,
}
