//! The program itself, as people start it: a process of its own with an environment of its own.

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
    // Kept open: the program may go on writing to it.
    stdout: Option<BufReader<ChildStdout>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a program that ended has left.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The settings of an account, with the database in `folder`; an empty value takes a setting away.
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
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into();
    environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    environment.retain(|_, v| !v.is_empty());
    environment
}

fn command(folder: &Path, arguments: &[&str], environment: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weida"));
    command.current_dir(folder).args(arguments).env_clear().envs(environment).stdin(Stdio::null());
    command
}

impl Program {
    /// Starts it and waits until it listens. Its stderr is a file in `folder`.
    pub fn start(folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        let stderr = File::options().create(true).append(true).open(folder.join("stderr.txt")).unwrap();
        let mut child =
            command(folder, &[], environment).stdout(Stdio::piped()).stderr(Stdio::from(stderr)).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).ok();
            tell.send((line, stdout)).ok();
        });
        let (line, stdout) = told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            child.kill().ok();
            panic!("the program said nothing")
        });
        let said = || std::fs::read_to_string(folder.join("stderr.txt")).unwrap_or_default();
        let address = line.trim().rsplit_once("//").and_then(|(_, address)| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{line:?} {}", said()));
        Self { child, address, folder: folder.to_owned(), stdout: Some(stdout) }
    }

    /// Runs it to its end.
    pub fn run(folder: &Path, arguments: &[&str], environment: &BTreeMap<String, String>) -> Ended {
        let mut child =
            command(folder, arguments, environment).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stdout, mut stderr) = (String::new(), String::new());
            err.read_to_string(&mut stderr).ok();
            out.read_to_string(&mut stdout).ok();
            tell.send((stdout, stderr)).ok();
        });
        let said = told.recv_timeout(PATIENCE);
        child.kill().ok();
        let code = child.wait().unwrap().code();
        let (stdout, stderr) = said.unwrap_or_else(|_| panic!("{arguments:?} did not end by itself"));
        Ended { code, stdout, stderr }
    }

    /// Kills it as a power cut would: SIGKILL, nothing is finished.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Everything it has said on stderr.
    pub fn stderr(&self) -> String {
        std::fs::read_to_string(self.folder.join("stderr.txt")).unwrap_or_default()
    }

    /// Ends it and gives the rest of what it said on stdout.
    pub fn end(&mut self) -> String {
        self.kill();
        let mut rest = String::new();
        if let Some(mut stdout) = self.stdout.take() {
            stdout.read_to_string(&mut rest).ok();
        }
        rest
    }

    /// Bytes of memory that it holds.
    pub fn resident_bytes(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap();
        // The second number counts pages; every machine that this runs on has pages of 4 KiB.
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    }
}
