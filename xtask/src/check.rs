//! Static checks: format, lints, supply chain, spelling.

use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
};

use crate::{
    shell::{Failure, Result, brief, cargo, find, run, skip, step},
    supply,
};

/// Every check, cheapest first.
pub const CHECKS: &[fn() -> Result] = &[format, supply_chain, spelling, lint_program, lint_xtask];

/// Runs all checks, also after a failure.
pub fn all() -> ExitCode {
    let failures: Vec<Failure> = CHECKS.iter().filter_map(|check| check().err()).collect();
    for failure in &failures {
        eprintln!("{failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn format() -> Result {
    step("format", || run(cargo().args(["fmt", "--all", "--check"]))).map_err(|failure| failure.fix("cargo fmt --all"))
}

fn supply_chain() -> Result {
    step("supply chain", supply::check)?;
    if find(&["cargo-deny"], &[]).is_none() {
        skip("cargo deny", "not installed; our own check above stands (cargo install cargo-deny)");
        return Ok(());
    }
    let deny = ["deny", "--workspace", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    step("cargo deny", || run(cargo().args(deny)))?;
    advisories()
}

/// Checks dependencies against this machine's copy of the advisory database.
fn advisories() -> Result {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    if !home.is_some_and(|home| home.join("advisory-dbs").is_dir()) {
        skip("advisories", "no database of them here (cargo deny fetch db)");
        return Ok(());
    }
    let deny = ["deny", "--offline", "--workspace", "check", "--hide-inclusion-graph", "advisories"];
    step("advisories", || run(cargo().args(deny)))
}

fn spelling() -> Result {
    let Some(typos) = find(&["typos"], &[]) else {
        skip("spelling", "typos is not installed (cargo install typos-cli, or pip install typos)");
        return Ok(());
    };
    step("spelling", || run(&mut Command::new(typos)))
        .map_err(|failure| failure.fix("typos --write-changes, or a word for typos.toml"))
}

fn lint_program() -> Result {
    step("lints, weida", || clippy(&["--package", "weida", "--all-targets"]))
}

fn lint_xtask() -> Result {
    step("lints, xtask", || clippy(&["--package", "xtask", "--package", "load", "--all-targets"]))
}

fn clippy(what: &[&str]) -> Result {
    run(brief(cargo().arg("clippy")).args(what).args(["--", "-D", "warnings"]))
}
