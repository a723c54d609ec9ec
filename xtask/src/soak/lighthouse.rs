//! `cargo xtask soak lighthouse`: Lighthouse's phone profile on the pages that people see first, against the release build.
//!
//! Performance, accessibility and best practices must be 100 on each page, and SEO on those that search engines may index.

use crate::{
    bench::pages::sign_in,
    browser,
    program::{self, Setup},
    shell::{Context, Failure, Result, quietly, step},
    temp_dir::TempDir,
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A page, and whether search engines may index it.
const PAGES: [(&str, bool); 7] = [
    ("/", true),
    ("/login", false),
    ("/register", false),
    ("/me", false),
    ("/replies", false),
    ("/admin/users", false),
    ("/docs", true),
];
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
/// Where npm installs it.
const HOME: &str = "target/lighthouse";
const USERNAME: &str = "lighthouse";
/// Performance is measured so often, and the best counts: other processes of the machine only ever make it worse.
const ROUNDS: usize = 3;

pub fn lighthouse(given: Option<&str>) -> Result {
    let tool = installed()?;
    let chromium = browser::chromium()?;
    let folder = TempDir::on_disk("lighthouse")?;
    let setup = Setup::new(&program::release(given)?, folder.path(), "program")?;
    setup.import_rules(100)?;
    let password = setup.create_admin(USERNAME)?;
    let _running = setup.start()?;
    let cookie = sign_in(setup.port, USERNAME, &password)?;
    let headers = folder.path().join("headers.json");
    fs::write(&headers, serde_json::json!({ "cookie": cookie }).to_string()).context(headers.display())?;
    let mut faults = Vec::new();
    for (path, is_indexed) in PAGES {
        let mut best = [0.0_f64; CATEGORIES.len()];
        for _ in 0..ROUNDS {
            let report = folder.path().join("report.json");
            let mut command = Command::new(&tool);
            command.arg(format!("http://127.0.0.1:{}{path}", setup.port)).env("CHROME_PATH", &chromium);
            command.args(["--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox"]);
            command.arg(format!("--only-categories={}", CATEGORIES.join(",")));
            command.arg("--output-path").arg(&report);
            // Visitors have no session on the pages before signing in.
            if !["/", "/login", "/register"].contains(&path) {
                command.arg("--extra-headers").arg(&headers);
            }
            quietly(&mut command)?;
            let text = fs::read_to_string(&report).context(report.display())?;
            let report: Value = serde_json::from_str(&text).context(path)?;
            for (best, category) in best.iter_mut().zip(CATEGORIES) {
                let score = report["categories"][category]["score"].as_f64().unwrap_or(0.0) * 100.0;
                *best = best.max(score);
                if score < 100.0 {
                    print_failed(path, category, &report);
                }
            }
            if best.iter().take(3).all(|score| *score >= 100.0) {
                break;
            }
        }
        let [performance, accessibility, practices, seo] = best;
        println!("  {path:<14} {performance:>4.0} {accessibility:>4.0} {practices:>4.0}   SEO {seo:>4.0}");
        let wanted = if is_indexed { CATEGORIES.len() } else { CATEGORIES.len() - 1 };
        for (score, category) in best.iter().zip(CATEGORIES).take(wanted) {
            if *score < 100.0 {
                faults.push(format!("{path}: {category} {score:.0}"));
            }
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(faults.join("\n  ")).fix("the audits above name the cause"))
    }
}

/// Names the audits that cost points.
fn print_failed(path: &str, category: &str, report: &Value) {
    for entry in report["categories"][category]["auditRefs"].as_array().into_iter().flatten() {
        let audit = &report["audits"][entry["id"].as_str().unwrap_or_default()];
        let has_weight = entry["weight"].as_f64().is_some_and(|weight| weight > 0.0);
        if has_weight && audit["score"].as_f64().is_some_and(|score| score < 1.0) {
            let shown = audit["displayValue"].as_str().unwrap_or_default();
            println!("    {path}: {category}: {} {shown}", audit["id"].as_str().unwrap_or_default());
        }
    }
}

fn installed() -> Result<PathBuf> {
    let tool = Path::new(HOME).join("node_modules/.bin/lighthouse");
    if !tool.is_file() {
        fs::create_dir_all(HOME).context(HOME)?;
        step("lighthouse, installed", || {
            let install = ["install", "--no-audit", "--no-fund", "--prefix", ".", "lighthouse@13"];
            quietly(Command::new("npm").args(install).current_dir(HOME)).map(drop)
        })?;
    }
    std::path::absolute(&tool).context(tool.display())
}
