//! Runs at full size against the release build.
//!
//! `cargo xtask soak flood`: the release build with 1,024 descriptors under attacks that cost the server more than the sender, each kind
//! alone and then all together. Meanwhile a signed push must be answered within a second and `/login` within half a second; afterwards
//! the memory must shrink again.
//!
//! Each kind of flood uses its own loopback addresses, at most 200 connections from each; the public URL is public, so that loopback has
//! no privilege. The probes come from 127.0.0.1.

mod flood;
mod kill;
mod lighthouse;
mod probe;
mod random;
mod server;
mod upgrade;
mod watchers;
mod wire;

use crate::{
    build, clock,
    shell::{Failure, Result},
};
use flood::{ALL, Flood};
use probe::Measured;
use random::Random;
use server::{Server, Setup};
use std::{
    env, thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

/// How long one kind of flood lasts, and all of them together.
const ALONE: Duration = Duration::from_secs(8);
const TOGETHER: Duration = Duration::from_secs(30);
/// How long the program may take to free memory.
const SETTLE: Duration = Duration::from_secs(20);

const PUSH_MAX: Duration = Duration::from_secs(1);
const LOGIN_MAX: Duration = Duration::from_millis(500);
const RESIDENT_MAX_MIB: u64 = 150;

pub fn run(rest: &[String]) -> Result {
    let usage = || {
        Failure::new("soak takes `flood` and its kinds, `ilink`, `backup`, `kill` and a number, `lighthouse`, `upgrade` and a commit, or `watchers` and a number")
            .fix("cargo xtask soak flood [kinds], soak ilink, soak backup, soak kill [N [--program FILE]], soak lighthouse, soak upgrade COMMIT, or soak watchers [N]")
    };
    let Some((first, kinds)) = rest.split_first() else { return Err(usage()) };
    if let ("upgrade", [commit]) = (first.as_str(), kinds) {
        return upgrade::upgrade(commit);
    }
    if first == "kill" {
        let (times, given) = match kinds {
            [] => (kill::TIMES, None),
            [times] => (times.parse().map_err(|_| usage())?, None),
            [times, flag, program] if flag == "--program" => {
                (times.parse().map_err(|_| usage())?, Some(program.as_str()))
            }
            _ => return Err(usage()),
        };
        return kill::kill(times, seed(), given);
    }
    if first == "lighthouse" {
        return match kinds {
            [] => lighthouse::lighthouse(None),
            [flag, program] if flag == "--program" => lighthouse::lighthouse(Some(program)),
            _ => Err(usage()),
        };
    }
    if first == "watchers" {
        let count = kinds.first().map(|count| count.parse().map_err(|_| usage())).transpose()?;
        build_unless_given()?;
        return watchers::watchers(count, seed());
    }
    let chosen: Vec<&Flood> = ALL.iter().filter(|f| kinds.is_empty() || kinds.iter().any(|k| k == f.name)).collect();
    if first != "flood" || (chosen.len() < kinds.len()) {
        return Err(usage());
    }
    build_unless_given()?;
    flood_all(&chosen)
}

/// Another program may be given, for comparisons.
fn build_unless_given() -> Result {
    if env::var_os(server::PROGRAM).is_none() { build::release() } else { Ok(()) }
}

fn flood_all(chosen: &[&Flood]) -> Result {
    let seed = seed();
    println!("seed {seed} ({})", server::SEED);
    let server = Server::start(Setup { descriptors: server::FEW, public_url: Some("https://weida.test") })?;
    println!("  at start             resident {:>4} MiB", server.resident_mib());
    let target = server.target()?;
    let mut faults = Vec::new();
    let quiet = probe::during(&target, Random::of(seed, "quiet"), Duration::from_secs(3), || {});
    report("quiet", &quiet, &server, &mut faults);
    for flood in chosen {
        let measured = probe::during(&target, Random::of(seed, flood.name), ALONE, || {
            (flood.run)(&target, Random::of(seed, flood.name), Instant::now() + ALONE);
        });
        report(flood.name, &measured, &server, &mut faults);
    }
    let measured = probe::during(&target, Random::of(seed, "together"), TOGETHER, || {
        thread::scope(|scope| {
            for flood in chosen {
                scope.spawn(|| (flood.run)(&target, Random::of(seed + 1, flood.name), Instant::now() + TOGETHER));
            }
        });
    });
    report("together", &measured, &server, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(faults.join("\n  ")).fix("run it alone on the machine")) }
}

/// Prints the measurement and the memory, and adds exceeded limits to `faults`.
fn report(name: &str, measured: &Measured, server: &Server, faults: &mut Vec<String>) {
    let peak = server.resident_mib();
    let resident = resident_after_settling(server);
    println!("  {name:<20} push {}   /login {}   resident {peak} → {resident} MiB", measured.push, measured.login);
    for (what, times, most) in [("a push", &measured.push, PUSH_MAX), ("/login", &measured.login, LOGIN_MAX)] {
        if times.p99() > most || times.failed > 0 {
            faults.push(format!("{name}: {what} {times}, wanted ≤ {} ms and no failure", most.as_millis()));
        }
    }
    if resident > RESIDENT_MAX_MIB {
        faults.push(format!("{name}: {resident} MiB afterwards, wanted ≤ {RESIDENT_MAX_MIB} MiB"));
    }
}

/// Waits until the memory is below the limit or the time is over. Returns the memory.
fn resident_after_settling(server: &Server) -> u64 {
    let until = Instant::now() + SETTLE;
    loop {
        let now = server.resident_mib();
        if now <= RESIDENT_MAX_MIB || Instant::now() > until {
            return now;
        }
        thread::sleep(Duration::from_millis(250));
    }
}

fn seed() -> u64 {
    let given = env::var(server::SEED).ok().and_then(|seed| seed.parse().ok());
    let now = clock::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    given.unwrap_or(u64::from(now))
}
