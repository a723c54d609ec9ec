//! Commands, steps and failures, used by every other file here.

use std::{
    env,
    ffi::OsStr,
    fmt::{self, Display},
    io::IsTerminal,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

pub type Result<T = ()> = std::result::Result<T, Failure>;

/// What failed, in one line, and how to fix it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    fix: Option<String>,
}

impl Failure {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), fix: None }
    }

    pub fn fix(mut self, how: impl Into<String>) -> Self {
        self.fix = Some(how.into());
        self
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "✗ {}", self.what)?;
        self.fix.as_ref().map_or(Ok(()), |how| write!(f, "\n  to fix it: {how}"))
    }
}

/// Adds the action that failed to an error of another crate.
pub trait Context<T> {
    fn context(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| Failure::new(format!("{doing}: {error}")))
    }
}

/// Changes to the root of the repository: all paths here are relative to it.
pub fn enter_root() -> Result {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
        Failure::new("xtask was started without cargo").fix("cargo xtask, anywhere in the repository")
    })?;
    let root = Path::new(&manifest).join("..");
    env::set_current_dir(&root).context(root.display())
}

/// Runs one step and prints a line with its duration.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let result = work();
    report(if result.is_ok() { '✓' } else { '✗' }, name, begun.elapsed());
    result
}

pub fn report(mark: char, name: &str, took: Duration) {
    println!("{mark} {name}  {:.1} s", took.as_secs_f32());
}

/// Prints that a step was skipped, and why.
pub fn skip(name: &str, why: &str) {
    println!("· {name}: {why}");
}

/// Runs a command that must succeed, with our output and without input.
pub fn run(command: &mut Command) -> Result {
    let status = command.stdin(Stdio::null()).status().context(line(command))?;
    if status.success() { Ok(()) } else { Err(ended(command, status)) }
}

/// Runs a command that must succeed; prints its output only on failure.
pub fn quietly(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().context(line(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(ended(command, output.status))
}

/// Returns true if a command can be run and succeeds; its output is discarded.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn ended(command: &Command, status: std::process::ExitStatus) -> Failure {
    Failure::new(format!("`{}` ended with {status}", line(command)))
}

/// The command line, shortened to the program and the first arguments.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args().take(6));
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// The cargo that started this process.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Makes cargo list what it compiles on a terminal only, not in a log.
pub fn brief(command: &mut Command) -> &mut Command {
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command
}

/// Cargo's output directory.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// The first of these programs that exists in PATH or `more`.
pub fn find(names: &[&str], more: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).chain(more.iter().cloned()).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

pub fn is_root() -> bool {
    quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Every continuous integration service sets `CI`; there a missing tool is a failure instead of a skip.
pub fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
