//! `cargo xtask cluster [galera|postgres] [--rounds N]`: two instances of Weida on different nodes of a real cluster on this machine, under a
//! load of signed pushes and paid calls. A node is killed (−9) and joins again; of PostgreSQL the standby is promoted. Then: nothing that
//! was acknowledged is lost, no redelivery gets another answer, every balance is what its ledger says, and answers came again in time.
//! Before that, the integration tests of deliveries, sign-in, credits and instances run on the nodes.

mod galera;
mod node;
mod postgres;

use crate::{
    bench::{
        load::{self, Load},
        sizes::Platform,
    },
    journal::{self, Verified},
    program::{self, Running, Setup},
    shell::{Failure, Result, report, step},
    temp_dir::TempDir,
    test,
};
use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

const USAGE: &str = "cargo xtask cluster [galera|postgres] [--rounds 3] [--no-tests] [--program target/release/weida]";
const ROUNDS: usize = 3;
/// From the start of the load until the node is killed, and from the take-over until it joins again.
const BEFORE: Duration = Duration::from_secs(4);
const WITHOUT: Duration = Duration::from_secs(6);
/// The load goes on for so long; the node must have joined again by then.
const LOAD_SECONDS: u64 = 30;
/// The longest time without an answer at one instance, from the kill on.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
const RULES: usize = 200;
const CONNECTIONS: usize = 16;
const SPENDERS: usize = 4;
/// The integration tests that are about transactions of several instances.
const TESTS: [&str; 5] = ["delivery::", "signin::", "credits::", "instances::", "cluster::"];

/// A cluster of database servers.
trait Cluster {
    fn name(&self) -> &'static str;
    /// The environment variable of the integration tests.
    fn variable(&self) -> &'static str;
    /// A URL with all hosts and without a database; each instance has another order.
    fn server_url(&self, instance: usize) -> String;
    fn create_database(&self, name: &str) -> Result;
    /// Rows of a statement, with tabs between the cells.
    fn query(&self, database: &str, sql: &str) -> Result<String>;
    /// Kills a node that is in use and returns its name.
    fn kill(&mut self, round: usize) -> Result<String>;
    /// Lets the other nodes go on.
    fn take_over(&mut self) -> Result;
    /// Lets the killed node join again; returns when it is up to date.
    fn rejoin(&mut self) -> Result;
}

struct Options {
    names: Vec<&'static str>,
    rounds: usize,
    has_tests: bool,
    program: PathBuf,
    tool: PathBuf,
}

pub fn run(arguments: &[String]) -> Result {
    let options = options(arguments)?;
    let folder = TempDir::on_disk("cluster")?;
    let mut faults = Vec::new();
    for name in &options.names {
        let mut cluster: Box<dyn Cluster> = match *name {
            "galera" => Box::new(step("a Galera cluster", || galera::Galera::start(folder.path()))?),
            _ => Box::new(step("a primary and a standby", || postgres::Postgres::start(folder.path()))?),
        };
        println!("{}", cluster.name());
        if options.has_tests {
            let tally = test::on_cluster(cluster.variable(), &cluster.server_url(0), &TESTS)?;
            if tally.failed > 0 {
                faults.push(format!("{}: {tally}", cluster.name()));
            }
        }
        for round in 0..options.rounds {
            let found = one_round(&options, cluster.as_mut(), folder.path(), round)?;
            faults.extend(found.into_iter().map(|fault| format!("{}, round {}: {fault}", cluster.name(), round + 1)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(faults.join("\n  "))) }
}

fn options(arguments: &[String]) -> Result<Options> {
    let wrong = || Failure::new("cluster takes galera or postgres, and options").fix(USAGE);
    let (mut names, mut rounds, mut has_tests, mut given) = (Vec::new(), ROUNDS, true, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "galera" => names.push("galera"),
            "postgres" => names.push("postgres"),
            "--rounds" => rounds = words.next().and_then(|word| word.parse().ok()).ok_or_else(wrong)?,
            "--no-tests" => has_tests = false,
            "--program" => given = Some(words.next().ok_or_else(wrong)?.as_str()),
            _ => return Err(wrong()),
        }
    }
    if names.is_empty() {
        names = vec!["postgres", "galera"];
    }
    Ok(Options { names, rounds, has_tests, program: program::release(given)?, tool: program::load_tool()? })
}

/// One failure of a node under load. Returns what was wrong.
fn one_round(options: &Options, cluster: &mut dyn Cluster, folder: &Path, round: usize) -> Result<Vec<String>> {
    let begun = Instant::now();
    let database = format!("weida_{round}");
    cluster.create_database(&database)?;
    let platform = Platform::start(&options.tool)?;
    let instances = start(options, cluster, folder, &database, platform.port)?;
    let to: Vec<String> = instances.iter().map(|(setup, _)| format!("127.0.0.1:{}", setup.port)).collect();
    let to = to.join(",");
    let journal = folder.join(format!("{database}.journal"));
    let common = [format!("to={to}"), format!("seconds={LOAD_SECONDS}"), "warm=0".to_owned()];
    let mut arguments = common.to_vec();
    arguments.extend(["kind=edit".to_owned(), format!("connections={SPENDERS}")]);
    let spends = load::start(&options.tool, "run", &arguments)?;
    let mut arguments = common.to_vec();
    arguments.extend([format!("rules={RULES}"), "followers=0".into(), "follow-every=20".into()]);
    arguments.extend([format!("connections={CONNECTIONS}"), format!("journal={}", journal.display())]);
    let pushes = load::start(&options.tool, "run", &arguments)?;

    thread::sleep(BEFORE);
    let killed = cluster.kill(round)?;
    let failed_at = Instant::now();
    cluster.take_over()?;
    let took_over = failed_at.elapsed();
    thread::sleep(WITHOUT);
    let joining = Instant::now();
    cluster.rejoin()?;
    let joined = joining.elapsed();

    let pushes = Load::parse(&load::finish(pushes)?)?;
    let spends = Load::parse(&load::finish(spends)?)?;
    let mut verified = journal::verify(&options.tool, &journal, &to, &|sql: &str| cluster.query(&database, sql))?;
    if let Some(slowest) = pushes.gaps.iter().max().filter(|gap| u128::from(**gap) > RECOVERY_MAX.as_millis()) {
        verified.faults.push(format!("{slowest} ms without an answer, wanted ≤ {} ms", RECOVERY_MAX.as_millis()));
    }
    if spends.answered == 0 {
        verified.faults.push(format!("no paid call was answered: {:?}", spends.causes));
    }
    let Verified { answered, repeated, same, ledger_entries, faults } = verified;
    let mark = if faults.is_empty() { '✓' } else { '✗' };
    report(mark, &format!("round {}: {killed} killed", round + 1), begun.elapsed());
    println!(
        "    {answered} pushes answered, {repeated} of them after a failure; {same} redeliveries with the same answer"
    );
    println!("    {} paid calls, {ledger_entries} entries in the ledger", spends.answered);
    println!(
        "    longest time without an answer {:?} ms by instance; taken over after {:.1} s, joined again in {:.1} s",
        pushes.gaps,
        took_over.as_secs_f64(),
        joined.as_secs_f64()
    );
    println!("    failed meanwhile: {:?}; paid calls: {:?}", pushes.causes, spends.causes);
    Ok(faults)
}

/// Two instances, each with another order of hosts.
fn start(
    options: &Options,
    cluster: &dyn Cluster,
    folder: &Path,
    database: &str,
    platform: u16,
) -> Result<Vec<(Setup, Running)>> {
    let mut instances = Vec::new();
    for n in 0..2 {
        let mut setup = Setup::new(&options.program, folder, &format!("{database}-{n}"))?;
        setup.database = Some(format!("{}/{database}", cluster.server_url(n)));
        setup.platform = platform;
        if n == 0 {
            setup.import_rules(RULES)?;
        }
        let running = setup.start()?;
        instances.push((setup, running));
    }
    Ok(instances)
}
