//! `load`: sends requests and measures, serves a constant answer, or stands in for the platform. `cargo xtask bench`, `cargo xtask
//! cluster` and `cargo xtask soak kill` start it. `run` and `redeliver` print a line when they begin, and a line of JSON at the end.
//!
//! ```text
//! load run to=HOST:PORT[,HOST:PORT …] [kind=push|aes|get|edit] [connections=32] [seconds=5] [rate=0] [journal=FILE] …
//! load redeliver to=HOST:PORT[,…] journal=FILE …
//! load bare at=HOST:PORT        a route with a constant answer
//! load platform at=HOST:PORT    access tokens and QR codes, as the platform gives them
//! ```

mod args;
mod edit;
mod journal;
mod push;
mod redeliver;
mod report;
mod run;
mod serve;
mod wire;

use args::Args;
use std::process::ExitCode;

/// Why the tool ended: one line.
type Fault = String;

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("load: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<(), Fault> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let args = Args::parse(words)?;
    match command.as_str() {
        // One thread drives all connections: it leaves the other processors to the program that is measured.
        "run" => single_thread(run::run(args)),
        "redeliver" => single_thread(redeliver::redeliver(args)),
        "bare" => all_threads(serve::bare(args)),
        "platform" => all_threads(serve::platform(args)),
        other => Err(format!("there is no command {other:?}: run, redeliver, bare, platform")),
    }
}

fn single_thread(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(tokio::task::LocalSet::new().run_until(work))
}

fn all_threads(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    tokio::runtime::Runtime::new().map_err(|e| e.to_string())?.block_on(work)
}
