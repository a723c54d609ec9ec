//! The system clock.

use std::time::SystemTime;

/// The current time.
#[expect(clippy::disallowed_methods, reason = "the tool is not part of the application, whose clock is an argument")]
pub fn now() -> SystemTime {
    SystemTime::now()
}
