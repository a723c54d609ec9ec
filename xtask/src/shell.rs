//! Commands, steps and failures: what every other file here is written with.

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

/// What went wrong, in one line, and how to mend it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    mend: Option<String>,
}

impl Failure {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), mend: None }
    }

    pub fn mend(mut self, how: impl Into<String>) -> Self {
        self.mend = Some(how.into());
        self
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "✗ {}", self.what)?;
        self.mend.as_ref().map_or(Ok(()), |how| write!(f, "\n  to mend it: {how}"))
    }
}

/// Says what was being done when an error of the standard library or another crate came.
pub trait Context<T> {
    fn context(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| Failure::new(format!("{doing}: {error}")))
    }
}

/// Makes the root of the repository the working directory: all paths here are relative to it.
pub fn enter_root() -> Result {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
        Failure::new("xtask was started without cargo").mend("cargo xtask, anywhere in the repository")
    })?;
    let root = Path::new(&manifest).join("..");
    env::set_current_dir(&root).context(root.display())
}

/// Does one step and prints one line with the time it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let result = work();
    report(if result.is_ok() { '✓' } else { '✗' }, name, begun.elapsed());
    result
}

pub fn report(mark: char, name: &str, took: Duration) {
    println!("{mark} {name}  {:.1} s", took.as_secs_f32());
}

/// A step that was left out, and why.
pub fn skip(name: &str, why: &str) {
    println!("· {name}: {why}");
}

/// Runs a command that must succeed; it writes to our output and reads nothing.
pub fn run(command: &mut Command) -> Result {
    let status = command.stdin(Stdio::null()).status().context(line(command))?;
    if status.success() { Ok(()) } else { Err(ended(command, status)) }
}

/// Runs a command that must succeed and keeps its output to itself, unless it fails.
pub fn quietly(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().context(line(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(ended(command, output.status))
}

/// Whether a command can be run and succeeds; its output is nobody's business.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn ended(command: &Command, status: std::process::ExitStatus) -> Failure {
    Failure::new(format!("`{}` ended with {status}", line(command)))
}

/// The command as a person would type it, shortened to its program and first words.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args().take(6));
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// The cargo that started us.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Lets cargo list what it compiles to a person who waits, and keeps the list out of a log.
pub fn brief(command: &mut Command) -> &mut Command {
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// The first of these programs that exists, looked for in PATH and in `more`.
pub fn find(names: &[&str], more: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<PathBuf> = env::split_paths(&path).chain(more.iter().cloned()).collect();
    names.iter().flat_map(|name| places.iter().map(move |place| place.join(name))).find(|file| file.is_file())
}

pub fn is_root() -> bool {
    quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Set by every continuous integration service; there, what is missing is a failure instead of a skip.
pub fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
