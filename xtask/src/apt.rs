//! Installs Debian packages that a test needs.

use std::{process::Command, sync::Once};

use crate::shell::{Failure, Result, find, is_root, quietly, step};

/// Installs packages without questions. The caller has checked that they are missing.
pub fn install(packages: &[&str]) -> Result {
    let by_hand = || format!("install {} yourself, then try again", packages.join(", "));
    if find(&["apt-get"], &[]).is_none() {
        return Err(
            Failure::new(format!("{} missing, and there is no apt-get here", packages.join(", "))).fix(by_hand())
        );
    }
    println!("  installing {} …", packages.join(", "));
    step(&format!("apt-get install {}", packages.join(" ")), || {
        static UPDATE: Once = Once::new();
        // A failed update is no error: the lists may be recent enough.
        UPDATE.call_once(|| drop(quietly(apt_get().args(["update", "-q"]))));
        quietly(apt_get().args(["install", "-qy", "--no-install-recommends"]).args(packages)).map(drop)
    })
    .map_err(|failure| failure.fix(by_hand()))
}

fn apt_get() -> Command {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}
