//! `cargo xtask bench`: measures the release build, and what people use today beside it, and writes `docs/BENCHMARKS.md`.
//!
//! The load generator (`xtask/load`) shares the machine with what is measured: compare numbers of one run only with each other.

mod compare;
mod contender;
pub mod load;
mod machine;
mod options;
pub mod pages;
pub mod sizes;
mod table;
mod users;

use crate::{
    shell::{Context, Result, cargo, run},
    temp_dir::TempDir,
};
use options::Options;
use std::{fmt::Write as _, fs, path::Path};

/// The argument that runs only the reply engine's benchmark.
const ENGINE: &str = "reply";
const TITLE: &str = "# Benchmarks";

pub fn all(arguments: &[String]) -> Result {
    if arguments == [ENGINE] {
        return engine();
    }
    let options = Options::parse(arguments)?;
    let folder = TempDir::on_disk("bench")?;
    let text = document(&options, folder.path())?;
    println!("\n{text}");
    match &options.out {
        Some(out) => fs::write(out, text).context(out.display()),
        None => Ok(()),
    }
}

/// Runs `benches/reply.rs`, which fails if its limits are exceeded.
fn engine() -> Result {
    run(cargo().args(["bench", "--package", "weida", "--bench", "reply"]))
}

fn document(options: &Options, folder: &Path) -> Result<String> {
    let mut text = format!("{TITLE}\n\nMeasured by `{}`", options.command);
    let _ = writeln!(
        text,
        ": {} rounds, {} s a measurement. Numbers of one run can be compared with each other, not with those of another machine.\n",
        options.rounds, options.seconds
    );
    for line in machine::describe(folder) {
        let _ = writeln!(text, "- {line}");
    }
    if options.has("compare") {
        let contenders = contender::all(options, folder)?;
        for version in contenders.iter().filter_map(contender::Contender::version) {
            let _ = writeln!(text, "- {version}");
        }
        let compared = compare::compare(options, &contenders)?;
        let _ = writeln!(
            text,
            "\n## Pushes\n\n{} exact rules; each message has its own MsgId, nonce and signature. In each round every program runs alone, one \
             after the other, from a new database; the table has the medians of the rounds. Weida logs every message and recognizes \
             redeliveries; the others answer from a table in memory and do neither. The bare route reads the body and returns a constant.\n\n{}",
            contender::RULES,
            compared.document()
        );
    }
    for (part, title, measure) in [
        ("rules", "Rules", sizes::rules as fn(&Options, &Path) -> Result<String>),
        ("credits", "Credits", sizes::credits),
        ("memory", "Start-up and memory", sizes::memory),
        ("pages", "Page weights\n\nCompressed, as a browser receives them at its first visit.", pages::pages),
    ] {
        if options.has(part) {
            let _ = writeln!(text, "\n## {title}\n\n{}", measure(options, folder)?.trim_end());
        }
    }
    if options.has("users") {
        let _ = writeln!(text, "\n## Users\n\n{}", users::users(options, folder)?.trim_end());
    }
    Ok(text)
}
