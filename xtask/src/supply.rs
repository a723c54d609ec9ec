//! Checks the dependencies: their source, their licence, and the SQLite version.
//!
//! The same rules as `deny.toml`, whose list of licences this module reads, for machines without cargo-deny.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;
use spdx::{Expression, ParseMode};
use toml::Table;

use crate::shell::{Context, Failure, Result, cargo, quietly};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The first `libsqlite3-sys` with SQLite 3.51.3, in which a checkpoint that races a reset can no longer corrupt the write-ahead log
/// (<https://www.sqlite.org/wal.html#walresetbug>).
const SOUND_SQLITE: (u64, u64) = (0, 37);

pub fn check() -> Result {
    let lock: Table = read("Cargo.lock")?;
    let rules: Table = read("deny.toml")?;
    let mut faults = sources(&lock);
    faults.extend(sqlite(&lock));
    faults.extend(licences(&rules)?);
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(faults.join("\n  ")).fix("choose another version or crate, or argue for it in deny.toml"))
}

fn read(file: &str) -> Result<Table> {
    fs::read_to_string(file).context(file)?.parse().context(file)
}

/// Every package must be ours or from crates.io with a checksum.
fn sources(lock: &Table) -> Vec<String> {
    packages(lock)
        .filter_map(|package| {
            let source = text(package, "source")?;
            let sound = source == CRATES_IO && package.contains_key("checksum");
            (!sound).then(|| format!("{} comes from {source}, not from crates.io", label(package)))
        })
        .collect()
}

/// There must be exactly one SQLite, in a sound version.
fn sqlite(lock: &Table) -> Vec<String> {
    let found: Vec<&Table> = packages(lock).filter(|package| text(package, "name") == Some("libsqlite3-sys")).collect();
    let is_sound = |package: &&Table| {
        let mut parts = text(package, "version").unwrap_or_default().split('.').map_while(|part| part.parse().ok());
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= SOUND_SQLITE
    };
    match found.as_slice() {
        [one] if is_sound(one) => Vec::new(),
        _ => {
            let labels: Vec<String> = found.into_iter().map(label).collect();
            vec![format!("one libsqlite3-sys ≥ 0.37 is wanted (SQLite ≥ 3.51.3), there is: [{}]", labels.join(", "))]
        }
    }
}

/// Every crate must have an allowed licence.
fn licences(rules: &Table) -> Result<Vec<String>> {
    let allowed: Vec<&str> = rules
        .get("licenses")
        .and_then(|table| table.get("allow")?.as_array())
        .map(|list| list.iter().filter_map(toml::Value::as_str).collect())
        .ok_or_else(|| Failure::new("deny.toml has no licenses.allow"))?;
    let version = quietly(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("x86_64-unknown-linux-gnu");
    let mut faults = BTreeSet::new();
    let metadata = ["metadata", "--locked", "--format-version", "1", "--filter-platform", host];
    let metadata = quietly(cargo().args(metadata))
        .map_err(|failure| failure.fix("commit a Cargo.lock that fits: cargo update --workspace"))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let licence = package["license"].as_str().unwrap_or("no licence");
        if !is_allowed(licence, &allowed) {
            faults.insert(format!("{} is under {licence}", package["name"].as_str().unwrap_or_default()));
        }
    }
    Ok(faults.into_iter().collect())
}

fn is_allowed(licence: &str, allowed: &[&str]) -> bool {
    Expression::parse_mode(licence, ParseMode::LAX)
        .is_ok_and(|terms| terms.evaluate(|term| allowed.contains(&term.to_string().as_str())))
}

fn packages(lock: &Table) -> impl Iterator<Item = &Table> {
    lock.get("package").and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

fn text<'a>(package: &'a Table, key: &str) -> Option<&'a str> {
    package.get(key)?.as_str()
}

fn label(package: &Table) -> String {
    format!("{} {}", text(package, "name").unwrap_or("?"), text(package, "version").unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &str) -> Table {
        packages.parse().unwrap()
    }

    #[test]
    fn one_sound_sqlite_passes_and_an_old_or_second_one_does_not() {
        let old = "[[package]]\nname = 'libsqlite3-sys'\nversion = '0.30.1'\n";
        let new = "[[package]]\nname = 'libsqlite3-sys'\nversion = '0.37.0'\n";
        assert!(sqlite(&lock(new)).is_empty());
        assert!(!sqlite(&lock(old)).is_empty());
        assert!(!sqlite(&lock(&format!("{old}{new}"))).is_empty());
        assert!(!sqlite(&lock("")).is_empty());
    }

    #[test]
    fn a_crate_from_git_or_another_registry_is_reported() {
        let git = "[[package]]\nname = 'a'\nversion = '1.0.0'\nsource = 'git+https://example.org/a#1'\n";
        let ours = "[[package]]\nname = 'weida'\nversion = '0.1.0'\n";
        assert_eq!(sources(&lock(&format!("{git}{ours}"))).len(), 1);
    }

    #[test]
    fn a_choice_of_licences_passes_when_one_is_allowed() {
        let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception"];
        for good in ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "Apache-2.0 WITH LLVM-exception OR GPL-2.0"] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "no licence"] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }
}
