//! Browser tests and screenshots, by Playwright with the system's Chromium.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use crate::{
    apt,
    build::{self, Profile},
    shell::{Context, Failure, Result, find, line, quietly, report, run, skip, step, succeeds},
    tally::Tally,
    temp_dir::TempDir,
};

const HOME: &str = "end2end";

/// Runs the Playwright tests against the development build; `args` go to Playwright.
pub fn test(args: &[String]) -> Result<Tally> {
    let mut playwright = playwright(&["test"])?;
    let counts = env::current_dir().context("the working directory")?.join("target/e2e.json");
    fs::remove_file(&counts).ok();
    let files = TempDir::new("browser")?;
    let command =
        playwright.args(args).env("WEIDA_E2E_REPORT", &counts).env("TMPDIR", files.path()).stdin(Stdio::null());
    let begun = Instant::now();
    let success = command.status().context(line(command))?.success();
    report(if success { '✓' } else { '✗' }, "browser tests", begun.elapsed());
    let tally =
        fs::read_to_string(&counts).context("Playwright's report").and_then(|text| Tally::from_playwright(&text))?;
    // Without tests, or if a spec does not compile, Playwright fails without a failed test.
    if !success && tally.failed == 0 {
        return Err(Failure::new("Playwright failed outside of the tests").fix("its message is above"));
    }
    Ok(tally)
}

/// Takes screenshots of pages.
pub fn shots(paths: &[String]) -> Result {
    build::dev(&[])?;
    let mut playwright = playwright(&["test", "--config", "rig/shots.config.ts"])?;
    step("shots", || run(playwright.env("WEIDA_SHOTS", paths.join(" "))))?;
    println!("  {}", if paths == ["docs"] { "docs/screenshots" } else { "target/shots" });
    Ok(())
}

/// The Playwright command, with everything that it needs installed.
fn playwright(args: &[&str]) -> Result<Command> {
    let chromium = chromium()?;
    fonts()?;
    packages()?;
    let program = fs::canonicalize(Profile::Dev.program()).context("the program")?;
    let crowd = fs::canonicalize(Profile::Dev.crowd()).context("the crowd example")?;
    let mut command = Command::new("node");
    command.arg("node_modules/@playwright/test/cli.js").args(args).current_dir(HOME);
    command.env("CHROMIUM", chromium).env("WEIDA_BIN", program).env("WEIDA_CROWD", crowd);
    Ok(command)
}

pub fn chromium() -> Result<PathBuf> {
    let known = || {
        let by_hand = env::var_os("CHROMIUM").map(PathBuf::from);
        by_hand.or_else(|| find(&["chromium", "chromium-browser", "google-chrome"], &[]))
    };
    if let Some(chromium) = known() {
        return Ok(chromium);
    }
    apt::install(&["chromium"])?;
    known().ok_or_else(|| Failure::new("there is no Chromium").fix("install one, or set CHROMIUM to its path"))
}

/// Installs a Chinese font; without one, widths and screenshots would be those of empty boxes.
fn fonts() -> Result {
    let fonts = quietly(Command::new("fc-list").args([":lang=zh", "family"])).unwrap_or_default();
    if fonts.trim().is_empty() { apt::install(&["fonts-wqy-microhei"]) } else { Ok(()) }
}

/// Runs `npm ci`, unless `node_modules` was installed from the current lock file.
fn packages() -> Result {
    if !succeeds(Command::new("npm").arg("--version")) {
        apt::install(&["nodejs", "npm"])?;
    }
    let lock = Path::new(HOME).join("package-lock.json");
    let record = Path::new(HOME).join("node_modules/.installed-lock.json");
    let wanted = fs::read(&lock).context(lock.display())?;
    if fs::read(&record).is_ok_and(|known| known == wanted) {
        skip("npm ci", "up to date");
        return Ok(());
    }
    step("npm ci", || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(HOME);
        // The tests use the system's browser.
        quietly(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")).map(drop)
    })?;
    fs::write(&record, wanted).context(record.display())
}
