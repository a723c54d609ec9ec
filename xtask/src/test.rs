//! Runs all checks and tests, as continuous integration does.

use std::{
    io::{BufRead, BufReader},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use crate::{
    api, browser, build, check, proxies,
    service::Engines,
    shell::{Context, Failure, Result, brief, cargo, line, report, run, step},
    tally::Tally,
    temp_dir::TempDir,
};

/// Checks, unit and integration tests, browser tests; continues after a failure, so that one run reports everything.
pub fn all() -> ExitCode {
    let begun = Instant::now();
    let mut verdict = Verdict::default();
    for check in check::CHECKS {
        verdict.need(check());
    }
    verdict.need(proxies::ensure());
    if let Some(engines) = verdict.need(Engines::ensure()) {
        verdict.count(cargo_test("weida", &engines, &[], &[]));
        verdict.count(cargo_test("xtask", &engines, &[], &[]));
        verdict.count(cargo_test("load", &engines, &[], &[]));
    }
    if verdict.need(build::dev(&["--tests"])).is_some() {
        verdict.count(api::test());
        verdict.count(browser::test(&[]));
    }
    report('●', "total", begun.elapsed());
    verdict.close()
}

/// Unit and integration tests only; `filters` select cargo's tests by name.
pub fn rust_only(filters: &[String]) -> Result<ExitCode> {
    let mut verdict = Verdict::default();
    proxies::ensure()?;
    verdict.count(cargo_test("weida", &Engines::ensure()?, filters, &[]));
    Ok(verdict.close())
}

/// Integration tests of these names with all their rounds.
pub fn thorough(filters: &[String]) -> Result<ExitCode> {
    let mut verdict = Verdict::default();
    verdict.count(cargo_test("weida", &Engines::ensure()?, filters, &[("WEIDA_TEST_THOROUGH", "1")]));
    Ok(verdict.close())
}

/// Integration tests of these names on the nodes of a cluster, and not on other engines.
pub fn on_cluster(variable: &'static str, url: &str, filters: &[&str]) -> Result<Tally> {
    let engines = Engines::only(variable, url);
    let other = if variable == "WEIDA_TEST_MYSQL" { "on_postgres" } else { "on_mariadb" };
    let filters: Vec<&str> = filters.iter().copied().chain(["--skip", "on_sqlite", "--skip", other]).collect();
    cargo_test("weida", &engines, &filters.into_iter().map(String::from).collect::<Vec<_>>(), &[])
}

/// The examples and schemathesis only, on a fresh build.
pub fn api_only() -> Result<ExitCode> {
    build::dev(&[])?;
    let mut verdict = Verdict::default();
    verdict.count(api::test());
    Ok(verdict.close())
}

/// The browser tests only, on a fresh build.
pub fn browser_only(args: &[String]) -> Result<ExitCode> {
    build::dev(&[])?;
    let mut verdict = Verdict::default();
    verdict.count(browser::test(args));
    Ok(verdict.close())
}

/// The results so far.
#[derive(Default)]
struct Verdict {
    total: Tally,
    failures: Vec<Failure>,
}

impl Verdict {
    fn need<T>(&mut self, result: Result<T>) -> Option<T> {
        result
            .map_err(|failure| {
                self.total += Tally::FAILURE;
                self.failures.push(failure);
            })
            .ok()
    }

    fn count(&mut self, result: Result<Tally>) {
        if let Some(tally) = self.need(result) {
            self.total += tally;
        }
    }

    /// Repeats the failures, which may have scrolled away, and ends with the line of counts.
    fn close(self) -> ExitCode {
        for failure in &self.failures {
            println!("{failure}");
        }
        println!("{}", self.total);
        if self.total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs cargo's tests of one package, shows their output and counts them; all tests without `filters`.
fn cargo_test(package: &str, engines: &Engines, filters: &[String], more: &[(&str, &str)]) -> Result<Tally> {
    let cargo_test = || {
        let mut command = cargo();
        command
            .args(["test", "--no-fail-fast", "--package", package])
            .envs(engines.environment())
            .envs(more.iter().copied());
        command
    };
    step(&format!("tests of {package}, compiled"), || run(brief(cargo_test().arg("--no-run"))))?;
    let (begun, files) = (Instant::now(), TempDir::new("files")?);
    let mut command = cargo_test();
    command.env("TMPDIR", files.path());
    if !filters.is_empty() {
        command.args(["--lib", "--test", "it", "--"]).args(filters);
    }
    let (tally, success) = stream(&mut command)?;
    report(if success { '✓' } else { '✗' }, &format!("tests of {package}"), begun.elapsed());
    if !success && tally.failed == 0 {
        return Err(
            Failure::new(format!("`{}` failed outside of the tests", line(&command))).fix("its message is above")
        );
    }
    Ok(tally)
}

/// Prints a command's output line by line and counts the results in it.
fn stream(command: &mut Command) -> Result<(Tally, bool)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context(line(command))?;
    let output = child.stdout.take().ok_or_else(|| Failure::new("cargo has no output"))?;
    let mut tally = Tally::default();
    for bytes in BufReader::new(output).split(b'\n') {
        // A test's output may be invalid UTF-8.
        let text = String::from_utf8_lossy(&bytes.context(line(command))?).into_owned();
        println!("{text}");
        tally += Tally::from_cargo(&text).unwrap_or_default();
    }
    let status = child.wait().context(line(command))?;
    Ok((tally, status.success()))
}
