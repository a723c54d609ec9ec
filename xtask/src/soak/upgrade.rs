//! `cargo xtask soak upgrade COMMIT`: the program of an earlier commit fills a database on each engine, and this one starts on it
//! (`scripts/upgrade.py`). PostgreSQL and MariaDB must answer on 127.0.0.1, as for the tests.

use crate::{
    build::{self, Profile},
    shell::{Context, Failure, Result, find, quietly, run, step, target_dir},
};
use std::process::Command;

pub fn upgrade(commit: &str) -> Result {
    let python = find(&["python3"], &[])
        .ok_or_else(|| Failure::new("python3 is not installed").fix("apt-get install python3"))?;
    let tree = target_dir().join("upgrade-from").join(commit);
    if !tree.exists() {
        quietly(Command::new("git").args(["worktree", "add", "--detach"]).arg(&tree).arg(commit))?;
    }
    step("the earlier version", || {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--bin", "weida", "--example", "crowd"]).current_dir(&tree);
        run(&mut cargo)
    })?;
    build::dev(&[])?;
    let mut script = Command::new(python);
    script.arg("scripts/upgrade.py").arg(tree.join("target/debug/weida")).arg(&tree).arg(Profile::Dev.program());
    let success = script.status().context("scripts/upgrade.py")?.success();
    if success { Ok(()) } else { Err(Failure::new("the upgrade lost or changed something")) }
}
