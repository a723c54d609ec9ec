//! The reverse proxy that the integration tests put before the program.

use crate::{
    apt,
    shell::{Result, find, is_ci, skip},
};

/// Debian's smallest nginx.
const PACKAGE: &str = "nginx-light";

/// Provides nginx. A missing one is skipped with a line that says why; in continuous integration this is a failure.
pub fn ensure() -> Result {
    if find(&["nginx"], &["/usr/sbin".into(), "/usr/local/sbin".into()]).is_some() {
        skip("nginx", "already installed");
        return Ok(());
    }
    match apt::install(&[PACKAGE]) {
        Err(failure) if !is_ci() => {
            skip("nginx", &format!("left out\n{failure}"));
            Ok(())
        }
        result => result,
    }
}
