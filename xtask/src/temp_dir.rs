//! Temporary directories of one run: in memory if `/dev/shm` is large enough, otherwise in the usual place. Every test creates and drops
//! a database, which is slow on a disk.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use crate::shell::{Context, Result, quietly, target_dir};

/// The beginning of a directory's name; a name and the process id follow.
const PREFIX: &str = "weida-test-";
/// A directory in memory on Linux.
const MEMORY: &str = "/dev/shm";
/// Twice the size of all databases during the tests.
const NEEDED_MEGABYTES: u64 = 4_000;

/// A directory that is removed on drop.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> Result<Self> {
        Self::inside(&if has_memory() { MEMORY.into() } else { env::temp_dir() }, name)
    }

    /// On the disk of `target/`, for measurements and crash tests of durable databases.
    pub fn on_disk(name: &str) -> Result<Self> {
        let parent = target_dir().join("disk");
        fs::create_dir_all(&parent).context(parent.display())?;
        // Servers run with other working directories.
        Self::inside(&fs::canonicalize(&parent).context(parent.display())?, name)
    }

    fn inside(parent: &Path, name: &str) -> Result<Self> {
        sweep(parent);
        let created = Self(parent.join(format!("{PREFIX}{name}-{}", process::id())));
        fs::create_dir_all(&created.0).context(created.0.display())?;
        Ok(created)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn has_memory() -> bool {
    let free = quietly(Command::new("df").args(["--output=avail", "--block-size=1M", MEMORY]));
    let free = free.ok().and_then(|said| said.lines().last()?.trim().parse::<u64>().ok());
    free.is_some_and(|megabytes| megabytes >= NEEDED_MEGABYTES)
}

/// Removes the directories of killed runs.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once('-')).map(|(_, process)| process);
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}
