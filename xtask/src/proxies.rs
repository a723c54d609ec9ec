//! The reverse proxies that the integration tests put before the program.

use crate::{
    apt,
    shell::{Result, find, is_ci, skip},
};

/// Each program, and Debian's smallest package of it.
const PROXIES: [(&str, &str); 2] = [("nginx", "nginx-light"), ("caddy", "caddy")];

/// Provides nginx and Caddy. A missing one is skipped with a line that says why; in continuous integration this is a failure.
pub fn ensure() -> Result {
    for (program, package) in PROXIES {
        if find(&[program], &["/usr/sbin".into(), "/usr/local/sbin".into()]).is_some() {
            skip(program, "already installed");
            continue;
        }
        match apt::install(&[package]) {
            Err(failure) if !is_ci() => skip(program, &format!("left out\n{failure}")),
            result => result?,
        }
    }
    Ok(())
}
