//! The command line: subcommands and flags.

mod admin;
mod backup;
mod doctor;
mod ready;
mod rules;
mod serve;
mod token;

use crate::{
    base::{clock::SystemClock, rng::SystemRng},
    config::{Checked, Flags, load},
    core::{OfficialCtx, backup::Failure, official_account},
    file_mode,
    server::assemble,
    text::Lang,
};
use clap::{Parser, Subcommand};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

/// Weida 微答 — a self-hosted home for a WeChat Official Account.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings file [default: Leptos.toml]
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Address to listen on, like 127.0.0.1:3000
    #[arg(long, global = true)]
    addr: Option<SocketAddr>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default)
    Serve,
    /// Make an admin, or reset a password
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Change the key that tokens are signed with
    #[command(subcommand)]
    Token(token::Token),
    /// Write rules to a file, or read them from one
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Copy the database into FILE, which must not exist yet; the program may run (SQLite)
    Backup { file: PathBuf },
    /// Replace the database by the one of a backup; the program must be stopped (SQLite)
    Restore { file: PathBuf },
    /// Succeed if the program on this machine serves and reaches its database: for health checks
    Ready,
    /// Print the settings in force, check them against the live services, and say how to mend what does not fit
    Doctor(doctor::Doctor),
    /// Print the OpenAPI document of the public API
    Openapi {
        /// zh or en
        #[arg(long, default_value = "zh", value_parser = language)]
        lang: Lang,
    },
}

/// After so many tasks a thread looks at the global queue.
const GLOBAL_QUEUE_INTERVAL: u32 = 4;

/// Runs the command; every failure is one line on stderr.
pub fn main() -> ExitCode {
    // Before any file is opened, so that it applies to every file created from here on.
    file_mode::restrict_new_files();
    let arguments = Arguments::parse();
    let flags = Flags { config: arguments.config, addr: arguments.addr };
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let settings = match load(&flags, &environment) {
        Ok(settings) => settings,
        Err(e) => return fail(2, &e.to_string()),
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(e) => return fail(1, &format!("the program's threads cannot be started: {e}")),
    };
    let done = match arguments.command {
        None | Some(Command::Serve) => runtime.block_on(serve::run(settings)),
        Some(Command::Admin(admin)) => runtime.block_on(admin::run(settings, admin)),
        Some(Command::Openapi { lang }) => openapi(&settings, lang),
        Some(Command::Token(token)) => runtime.block_on(token::run(settings, &token)),
        Some(Command::Rules(rules)) => match runtime.block_on(rules::run(settings, rules)) {
            Ok(()) => Ok(()),
            Err(rules::Fault::Wrong(line)) => return fail(2, &line),
            Err(rules::Fault::Failed(line)) => Err(line),
        },
        Some(Command::Backup { file }) => match runtime.block_on(backup::create(&settings, &file)) {
            Err(Failure::File(line)) => return fail(2, &line),
            done => done.map_err(|failure| failure.to_string()),
        },
        Some(Command::Restore { file }) => match runtime.block_on(backup::restore(&settings, &file)) {
            Err(Failure::File(line)) => return fail(2, &line),
            done => done.map_err(|failure| failure.to_string()),
        },
        Some(Command::Ready) => ready::run(&settings),
        Some(Command::Doctor(doctor)) => runtime.block_on(doctor::run(settings, &flags, &environment, &doctor)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => fail(1, &line),
    }
}

/// `weida openapi`: the document as this installation serves it.
/// The threads that serve requests.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    // What the database's threads answer arrives in the global queue. By default it is looked at after 61 tasks: each statement of a
    // batch of messages would wait for that many requests.
    tokio::runtime::Builder::new_multi_thread().enable_all().global_queue_interval(GLOBAL_QUEUE_INTERVAL).build()
}

fn openapi(settings: &Checked, lang: Lang) -> Result<(), String> {
    let server = settings.public_url.as_str().trim_end_matches('/');
    let document = crate::dialect::openapi::document(lang, server);
    println!("{}", serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?);
    Ok(())
}

fn language(tag: &str) -> Result<Lang, String> {
    Lang::parse(tag).ok_or_else(|| "zh or en".to_owned())
}

/// Prints one line to stderr. Exit code 1: the command cannot be run now; 2: the arguments are wrong.
fn fail(code: u8, line: &str) -> ExitCode {
    eprintln!("weida: {}", line.lines().collect::<Vec<_>>().join(" "));
    ExitCode::from(code)
}

/// Opens the core without a server, for commands that use the database beside a running one.
async fn open(settings: Checked) -> Result<OfficialCtx, String> {
    let opened = assemble::open(&settings, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let account = match official_account::in_force(opened.deps(), &opened.platforms, &settings).await? {
        Some(account) => account,
        None => official_account::unconnected(opened.deps(), &opened.platforms).await?,
    };
    Ok(assemble::ctx(settings, opened, account, None).await?.official())
}
