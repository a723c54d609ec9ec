//! Room for what lives as long as a run: in memory where Linux offers that and it is wide enough, else among temporary files. Every
//! test makes a database and drops it, and waiting for a disk to have it is most of the time that tests take.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use crate::shell::{Context, Result, quietly};

/// What the directories begin with; a name and our process follow.
const PREFIX: &str = "weida-test-";
/// A directory in memory.
const MEMORY: &str = "/dev/shm";
/// What the servers and all databases take while the tests run, and as much again.
const WIDE_MEGABYTES: u64 = 4_000;

/// A directory of this run, gone with it.
pub struct Room(PathBuf);

impl Room {
    pub fn new(name: &str) -> Result<Self> {
        let place = if has_memory() { MEMORY.into() } else { env::temp_dir() };
        sweep(&place);
        let room = Self(place.join(format!("{PREFIX}{name}-{}", process::id())));
        fs::create_dir_all(&room.0).context(room.0.display())?;
        Ok(room)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn has_memory() -> bool {
    let free = quietly(Command::new("df").args(["--output=avail", "--block-size=1M", MEMORY]));
    let free = free.ok().and_then(|said| said.lines().last()?.trim().parse::<u64>().ok());
    free.is_some_and(|megabytes| megabytes >= WIDE_MEGABYTES)
}

/// Removes what runs that were killed have left.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once('-')).map(|(_, process)| process);
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}
