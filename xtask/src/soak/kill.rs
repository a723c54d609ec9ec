//! `cargo xtask soak kill [N]`: kills the release build (−9) again and again under full load of signed pushes and paid calls. Afterwards
//! every answered push is in the log once, every redelivery gets the identical answer, and every balance is what its ledger says.

use super::random::Random;
use crate::{
    bench::{
        load::{self, Load},
        sizes::Platform,
    },
    journal::{self, Verified},
    program::{self, Setup},
    shell::{Failure, Result, quietly},
    temp_dir::TempDir,
};
use std::{path::Path, process::Command, thread, time::Duration};

/// How often the program is killed.
pub const TIMES: usize = 50;
const RULES: usize = 1_000;
const CONNECTIONS: usize = 64;
const SPENDERS: usize = 8;
/// How long it runs between two kills, in milliseconds.
const RUNS_MS: std::ops::Range<u64> = 100..900;
/// The load goes on for so long after the last kill.
const REST: Duration = Duration::from_secs(3);
/// An allowance for each start.
const START: Duration = Duration::from_secs(1);

pub fn kill(times: usize, seed: u64, given: Option<&str>) -> Result {
    let (program, tool) = (program::release(given)?, program::load_tool()?);
    println!("seed {seed} ({})", super::server::SEED);
    let folder = TempDir::on_disk("kill")?;
    let platform = Platform::start(&tool)?;
    let mut setup = Setup::new(&program, folder.path(), "weida")?;
    setup.platform = platform.port;
    setup.import_rules(RULES)?;
    let mut running = setup.start()?;

    let mut random = Random::of(seed, "kill");
    let runs: Vec<Duration> =
        (0..times).map(|_| Duration::from_millis(RUNS_MS.start + random.below(RUNS_MS.end - RUNS_MS.start))).collect();
    let count = u32::try_from(times).unwrap_or(u32::MAX);
    let lasts = runs.iter().sum::<Duration>() + START * count + REST;
    let (to, journal) = (format!("127.0.0.1:{}", setup.port), folder.path().join("journal"));
    let common = [format!("to={to}"), format!("seconds={}", lasts.as_secs()), "warm=0".to_owned()];
    let mut arguments = common.to_vec();
    arguments.extend([format!("rules={RULES}"), "followers=0".into(), "follow-every=50".into()]);
    arguments.extend([format!("connections={CONNECTIONS}"), format!("journal={}", journal.display())]);
    let mut spending = common.to_vec();
    spending.extend(["kind=edit".to_owned(), format!("connections={SPENDERS}")]);
    let spends = load::start(&tool, "run", &spending)?;
    let pushes = load::start(&tool, "run", &arguments)?;

    let mut longest_start = Duration::ZERO;
    for run in runs {
        thread::sleep(run);
        drop(running);
        running = setup.start()?;
        longest_start = longest_start.max(running.start_up);
    }
    let pushes = Load::parse(&load::finish(pushes)?)?;
    let spends = Load::parse(&load::finish(spends)?)?;
    let file = setup.database_file();
    let Verified { answered, repeated, same, ledger_entries, mut faults } =
        journal::verify(&tool, &journal, &to, &|sql: &str| query(&file, sql))?;
    if spends.answered == 0 {
        faults.push(format!("no paid call was answered: {:?}", spends.causes));
    }
    println!("  killed {times} times; {answered} pushes answered, {repeated} of them after a failure");
    println!(
        "  {same} redeliveries with the identical answer; {} paid calls, {ledger_entries} entries in the ledger",
        spends.answered
    );
    println!("  the longest start {} ms; failed meanwhile: {:?}", longest_start.as_millis(), pushes.causes);
    drop(running);
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(faults.join("\n  "))) }
}

/// Rows of a statement on the embedded database, with tabs between the cells.
fn query(file: &Path, sql: &str) -> Result<String> {
    const SCRIPT: &str = "import sqlite3, sys\nfor row in sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, timeout=30).execute(sys.argv[2]):\n    \
                          print(*row, sep='\\t')";
    quietly(Command::new("python3").args(["-c", SCRIPT]).arg(file).arg(sql))
}
