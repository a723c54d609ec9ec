//! What Weida costs: with many rules, for paid calls, at its start, in memory, and in bytes of pages.

use super::{
    contender::{RULES, weida_with},
    load::{self, Load},
    options::Options,
    table::{Table, ms, ratio, thousands},
};
use crate::{
    program::{Setup, free_port},
    shell::{Context, Failure, Result, find, quietly, skip, step},
};
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How often the start is measured.
const STARTS: usize = 5;
/// When memory is read after a start and after a load: background work has ended.
const SETTLE: Duration = Duration::from_secs(10);

fn push(options: &Options, setup: &Setup, connections: usize, rules: usize) -> Result<Load> {
    let arguments = [
        format!("to=127.0.0.1:{}", setup.port),
        format!("connections={connections}"),
        format!("seconds={}", options.seconds),
        format!("rules={rules}"),
    ];
    load::run(&options.tool, &arguments)
}

/// Pushes per second by the number of rules.
pub fn rules(options: &Options, folder: &Path) -> Result<String> {
    let mut table = Table::new(&["rules", "import", "start-up", "32 connections", "median", "99 %", "memory"]);
    for count in &options.rules {
        let begun = Instant::now();
        let setup = weida_with(options, folder, &format!("rules-{count}"), *count)?;
        let imported = begun.elapsed();
        let running = setup.start()?;
        let load = step(&format!("{count} rules"), || push(options, &setup, 32, *count))?;
        table.row(vec![
            thousands(u32::try_from(*count).map_or(0.0, f64::from)),
            format!("{:.1} s", imported.as_secs_f64()),
            ms(running.start_up.as_secs_f64() * 1e3),
            format!("{}/s", thousands(load.rate)),
            ms(load.median),
            ms(load.p99),
            format!("{} MiB", running.resident_mib()),
        ]);
    }
    Ok(table.to_string())
}

/// Paid calls beside raw commits. Each edits a picture of one pixel: the credit is held in one transaction and spent in another.
pub fn credits(options: &Options, folder: &Path) -> Result<String> {
    let platform = Platform::start(&options.tool)?;
    let mut setup = Setup::new(&options.program, folder, "credits")?;
    setup.platform = platform.port;
    let _running = setup.start()?;
    let mut table = Table::new(&["", "per second", "median", "99 %"]);
    let mut best: f64 = 0.0;
    for connections in [1, 32] {
        let arguments = [
            format!("to=127.0.0.1:{}", setup.port),
            "kind=edit".to_owned(),
            format!("connections={connections}"),
            format!("seconds={}", options.seconds),
        ];
        let load =
            step(&format!("paid calls, {connections} at the same time"), || load::run(&options.tool, &arguments))?;
        best = best.max(load.rate);
        if load.failed > 0 {
            println!("  {} failed: {:?}", load.failed, load.causes);
        }
        let what = format!("paid calls, {connections} at the same time");
        table.row(vec![what, thousands(load.rate), ms(load.median), ms(load.p99)]);
    }
    match commits(options, folder) {
        Ok((rate, sqlite)) => {
            let what = format!("raw commits of one row (SQLite {sqlite}, from Python)");
            table.row(vec![what, thousands(rate), String::new(), String::new()]);
            Ok(format!("{table}\nA paid call makes two commits. Paid calls per raw commit: {}.\n", ratio(best / rate)))
        }
        Err(failure) => {
            skip("raw commits", &format!("left out\n{failure}"));
            Ok(table.to_string())
        }
    }
}

/// Commits per second, and SQLite's version.
fn commits(options: &Options, folder: &Path) -> Result<(f64, String)> {
    let python = find(&["python3"], &[]).ok_or_else(|| Failure::new("python3 is not installed"))?;
    let mut script = Command::new(python);
    script.arg("xtask/peers/commits.py").arg(folder.join("commits.db")).arg(options.seconds.to_string());
    let output = quietly(&mut script)?;
    let (rate, version) = output.trim().split_once(' ').ok_or_else(|| Failure::new("no rate in its output"))?;
    Ok((rate.parse().context(rate)?, version.to_owned()))
}

/// Start-up and memory.
pub fn memory(options: &Options, folder: &Path) -> Result<String> {
    let setup = weida_with(options, folder, "memory", RULES)?;
    // The first start creates keys, and the second already has them.
    drop(setup.start()?);
    let starts = (0..STARTS).map(|_| setup.start().map(|running| running.start_up.as_secs_f64() * 1e3));
    let start_up = load::median(starts.collect::<Result<Vec<_>>>()?);
    let running = setup.start()?;
    thread::sleep(SETTLE);
    let (idle, idle_cpu) = (running.resident_mib(), running.cpu_seconds());
    let load = step("memory under load", || push(options, &setup, 128, RULES))?;
    let (loaded, cpu) = (running.resident_mib(), running.cpu_seconds() - idle_cpu);
    thread::sleep(SETTLE);
    let mut table = Table::new(&["", "measured"]);
    for (what, value) in [
        (format!("start-up with {RULES} rules, until it listens"), ms(start_up)),
        ("resident, idle".to_owned(), format!("{idle} MiB")),
        (format!("resident at the end of a load of {}/s", thousands(load.rate)), format!("{loaded} MiB")),
        (format!("resident {} s later", SETTLE.as_secs()), format!("{} MiB", running.resident_mib())),
        ("processor time a push under this load".to_owned(), cpu_a_push(cpu, &load)),
        ("the program's file".to_owned(), program_size(options)),
    ] {
        table.row(vec![what, value]);
    }
    Ok(table.to_string())
}

/// The warm-up before the measured part is a tenth more at most, and ignored.
fn cpu_a_push(cpu_seconds: f64, load: &Load) -> String {
    let answered = u32::try_from(load.answered).map_or(f64::MAX, f64::from);
    format!("{:.0} µs", cpu_seconds * 1e6 / answered.max(1.0))
}

fn program_size(options: &Options) -> String {
    let bytes = std::fs::metadata(&options.program).map_or(0, |file| file.len());
    format!("{} MB", bytes / 1_000_000)
}

/// `load platform`, until this is dropped.
pub struct Platform {
    child: Child,
    pub port: u16,
}

impl Platform {
    pub fn start(tool: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(tool);
        command.arg("platform").arg(format!("at=127.0.0.1:{port}")).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut platform = Self { child: command.spawn().context(tool.display())?, port };
        let output = platform.child.stdout.take().ok_or_else(|| Failure::new("load has no output"))?;
        match BufReader::new(output).lines().next() {
            Some(Ok(_)) => Ok(platform),
            _ => Err(Failure::new("the stand-in for the platform does not listen")),
        }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
