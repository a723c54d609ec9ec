//! `cargo xtask`: the tool for building, running, checking and testing this repository.
//!
//! One file per topic. A step prints one line when it is done, skips work that is already done, and on failure prints what happened
//! and how to fix it.

mod api;
mod apt;
mod assets;
mod bench;
mod browser;
mod build;
mod check;
mod clock;
mod cluster;
mod dist;
mod journal;
mod program;
mod proxies;
mod service;
mod shell;
mod site;
mod soak;
mod supply;
mod tally;
mod temp_dir;
mod test;
mod users;

use std::{env, process::ExitCode};

use shell::{Failure, Result};

const USAGE: &str = "\
usage: cargo xtask <command>

  run [args]        build, then start Weida; args go to the program (run doctor, run --addr 0.0.0.0:80)
  build [--dev]     the program and its site; --dev is quick to compile and slow to run
  site              style sheets, scripts and pictures alone, into target/site: quick, for work on pages
  dist              the archive for this platform, with checksums and SBOM, in target/dist
  check             formatting, lints, supply chain, spelling
  test              check, then all tests: unit, integration on three databases, browser
  it [filters]      unit and integration tests alone, those whose names have a filter in them
  api               the examples and schemathesis alone
  e2e [args]        browser tests alone; args go to Playwright (e2e sign-in --project phone)
  shots [paths]     pictures of pages in two widths and two themes, into target/shots; `shots all`: in four widths and both languages;
                    `shots docs`: those of the README, into docs/screenshots
  seed [options]    fills a database with users and messages: --users 1000000 --messages 0 --seed 1 --database URL
  bench [options]   the release build beside co-wechat, wechatpy and a bare route; `bench reply`: the reply engine only
  cluster [galera|postgres]   two instances on a MariaDB Galera cluster and on a PostgreSQL primary with a standby, while nodes are killed
  soak kill [N]     kills the release build N times (50) under full load: nothing that was acknowledged is lost
  soak flood        floods against the release build, with 1,024 descriptors: pushes and /login stay fast, memory comes back
  soak ilink        the personal channel under 100 kills, and taken over by another instance, on three engines
  soak backup       20 backups under load, and 200 damaged ones
  soak lighthouse   Lighthouse's phone profile on the pages that people see first, against the release build
  soak watchers [N] N browsers (10,000) wait with a sign-in page: memory of each, the idle processor, the time until a page knows
  soak upgrade COMMIT   this version on databases that an earlier commit filled, on three engines";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match shell::enter_root().and_then(|()| dispatch(&command, &rest)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<ExitCode> {
    match command {
        "run" => return build::release().and_then(|()| Err(build::become_program(rest))),
        "build" => match rest {
            [] => build::release()?,
            [flag] if flag == "--dev" => build::dev(&[])?,
            _ => return Err(Failure::new("build takes nothing but --dev").fix("cargo xtask build --dev")),
        },
        "site" => site::assemble()?,
        "dist" => dist::run(rest)?,
        "check" => return Ok(check::all()),
        "test" => return Ok(test::all()),
        "it" => return test::rust_only(rest),
        "api" => return test::api_only(),
        "e2e" => return test::browser_only(rest),
        "shots" => browser::shots(rest)?,
        "seed" => users::seed(rest)?,
        "bench" => bench::all(rest)?,
        "cluster" => cluster::run(rest)?,
        "soak" if rest == ["backup"] => return test::thorough(&["backup::".to_owned()]),
        "soak" if rest == ["ilink"] => {
            return test::thorough(&["channel::kills", "channel::takeover", "channel::crowd"].map(String::from));
        }
        "soak" => soak::run(rest)?,
        "" | "help" | "-h" | "--help" => println!("{USAGE}"),
        other => return Err(Failure::new(format!("there is no command `{other}`")).fix("cargo xtask help")),
    }
    Ok(ExitCode::SUCCESS)
}
