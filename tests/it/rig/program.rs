//! The compiled program in a separate process with its own environment.

use super::{AES_KEY, APPID, TOKEN};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// How long a start or a refusal may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    folder: PathBuf,
    // Kept open, because the program may still write to it.
    stdout: Option<BufReader<ChildStdout>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Exit code and output of a program that ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The settings of an account, with the database in `folder`; an empty value removes a setting.
pub fn environment(folder: &Path, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let database = format!("sqlite://{}", folder.join("weida.db").display());
    let mut environment: BTreeMap<String, String> = [
        ("DATABASE_URL", database.as_str()),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ("WECHAT_APPID", APPID),
        ("WECHAT_SECRET", "stand-in"),
        ("WECHAT_TOKEN", TOKEN),
        ("WECHAT_AES_KEY", AES_KEY),
        ("WECHAT_API_BASE", "http://127.0.0.1:9"),
        ("WECHAT_MP_BASE", "http://127.0.0.1:9"),
        ("ILINK_API_BASE", "http://127.0.0.1:9"),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into();
    environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    environment.retain(|_, v| !v.is_empty());
    environment
}

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_weida");

fn command(program: &Path, folder: &Path, arguments: &[&str], environment: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments).env_clear().envs(environment).stdin(Stdio::null());
    command
}

impl Program {
    /// Starts it and waits until it listens. Its stderr is a file in `folder`.
    pub fn start(folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        Self::start_of(Path::new(PROGRAM), folder, environment)
    }

    /// The same with a copy of the program.
    pub fn start_of(program: &Path, folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        let (mut program, line, log) = Self::listening(program, folder, environment);
        let address = line.trim().rsplit_once("//").and_then(|(_, address)| address.parse().ok());
        program.address = address.unwrap_or_else(|| panic!("{line:?} {log}"));
        program
    }

    /// The same for a public URL that is not where the program listens: `address` is then not it.
    pub fn start_anywhere(folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        let (program, line, log) = Self::listening(Path::new(PROGRAM), folder, environment);
        assert!(line.contains("//"), "{line:?} {log}");
        program
    }

    /// Starts it. Returns the first line that it printed when it listened, and its log.
    fn listening(program: &Path, folder: &Path, environment: &BTreeMap<String, String>) -> (Self, String, String) {
        let stderr = File::options().create(true).append(true).open(folder.join("stderr.txt")).unwrap();
        let mut child = command(program, folder, &[], environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::from(stderr))
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).ok();
            sender.send((line, stdout)).ok();
        });
        let (line, stdout) = receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            child.kill().ok();
            panic!("the program printed nothing")
        });
        let log = std::fs::read_to_string(folder.join("stderr.txt")).unwrap_or_default();
        let address = SocketAddr::from(([0; 4], 0));
        (Self { child, address, folder: folder.to_owned(), stdout: Some(stdout) }, line, log)
    }

    /// Runs it to its end.
    pub fn run(folder: &Path, arguments: &[&str], environment: &BTreeMap<String, String>) -> Ended {
        let mut child = command(Path::new(PROGRAM), folder, arguments, environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        // Both at once: a full pipe would stop the program.
        let errors = std::thread::spawn(move || {
            let mut stderr = String::new();
            err.read_to_string(&mut stderr).ok();
            stderr
        });
        std::thread::spawn(move || {
            let mut stdout = String::new();
            out.read_to_string(&mut stdout).ok();
            sender.send((stdout, errors.join().unwrap())).ok();
        });
        let output = receiver.recv_timeout(PATIENCE);
        child.kill().ok();
        let code = child.wait().unwrap().code();
        let (stdout, stderr) = output.unwrap_or_else(|_| panic!("{arguments:?} did not end by itself"));
        Ended { code, stdout, stderr }
    }

    /// Kills it with SIGKILL, as a power failure would.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Everything it has written to stderr.
    pub fn stderr(&self) -> String {
        std::fs::read_to_string(self.folder.join("stderr.txt")).unwrap_or_default()
    }

    /// Ends it and returns the rest of its stdout.
    pub fn end(&mut self) -> String {
        self.kill();
        let mut rest = String::new();
        if let Some(mut stdout) = self.stdout.take() {
            stdout.read_to_string(&mut rest).ok();
        }
        rest
    }

    /// Its resident memory in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap();
        // The second number is in pages; every machine that this runs on has pages of 4 KiB.
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    }
}
