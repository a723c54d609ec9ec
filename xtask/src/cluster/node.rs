//! A database server of a cluster: a process with its own port and directory that can be killed and started again.

use crate::{
    program::free_port,
    service,
    shell::{Context, Failure, Result, succeeds},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_mins(1);

pub struct Node {
    pub name: String,
    pub port: u16,
    /// The operating system's user that the server runs as when we are root.
    pub user: &'static str,
    folder: PathBuf,
    child: Option<Child>,
}

impl Node {
    /// A node that is not started, with an empty data directory.
    pub fn new(parent: &Path, name: &str, user: &'static str) -> Result<Self> {
        let folder = parent.join(name);
        fs::create_dir_all(&folder).context(folder.display())?;
        let node = Self { name: name.to_owned(), port: free_port()?, user, folder, child: None };
        service::make_data_folder(&node.folder, user)?;
        Ok(node)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Replaces the data directory by an empty one.
    pub fn empty(&self) -> Result {
        fs::remove_dir_all(self.data()).context(self.data().display())?;
        service::make_data_folder(&self.folder, self.user)
    }

    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Starts the server; its output is appended to the log.
    pub fn start(&mut self, command: &mut Command) -> Result {
        let log = fs::File::options().create(true).append(true).open(self.log()).context(self.log().display())?;
        let errors = log.try_clone().context(self.log().display())?;
        self.child = Some(command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().context(&self.name)?);
        Ok(())
    }

    /// Waits until this is true.
    pub fn wait(&mut self, what: &str, is_true: impl Fn() -> bool) -> Result {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if is_true() {
                return Ok(());
            }
            if self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None))) {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        let last = log.lines().rev().take(4).collect::<Vec<_>>().join(" | ");
        Err(Failure::new(format!("{} is not {what}: {last}", self.name)))
    }

    /// SIGKILL for the server and its processes at the same time: the machine lost its power.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let children = format!("/proc/{0}/task/{0}/children", child.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        let mut command = Command::new("kill");
        command.arg("-9").arg(child.id().to_string()).args(children.split_whitespace());
        succeeds(&mut command);
        child.kill().ok();
        child.wait().ok();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // SIGQUIT and not SIGKILL: PostgreSQL must end its children and free shared memory.
            succeeds(Command::new("kill").args(["-QUIT", &child.id().to_string()]));
            child.wait().ok();
        }
    }
}
