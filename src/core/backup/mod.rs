//! Backups of the embedded database: one file with everything but the secret key, and the way back.
//!
//! A backup is made beside a running program (`SQLite`'s `VACUUM INTO`: the state at one moment), checked, and appears under its name only
//! when it is complete and on the disk. Restoring checks everything first, and replaces the database by one rename.

mod manifest;
mod restore;

pub use manifest::Manifest;
pub use restore::{Restored, Target, restore};

use crate::store::backup::{self, FileFault};
use manifest::{FORMAT, Unreadable};
use std::{
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Why there is no backup, or nothing was restored: nothing was changed.
#[derive(Debug)]
pub enum Failure {
    /// The file that was given cannot be used.
    File(String),
    /// Something else is in the way.
    Now(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::File(line) | Self::Now(line)) = self;
        f.write_str(line)
    }
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    pub manifest: Manifest,
    /// Its length in bytes.
    pub bytes: u64,
    /// Why the time of this backup could not be stored in the database, from where `weida doctor` reads it.
    pub unrecorded: Option<String>,
}

/// Makes a backup of `database` under the new name `target`. The program may run meanwhile.
///
/// # Errors
/// [`Failure`]: there is no file of that name then.
pub async fn create(database: &Path, target: &Path, now_ms: i64) -> Result<Made, Failure> {
    let folder = folder_of(target);
    let unwritable = |e: io::Error| Failure::Now(format!("{} cannot be written: {e}", target.display()));
    if fs::symlink_metadata(target).is_ok() {
        return Err(Failure::File(format!("{} exists: choose another name", target.display())));
    }
    // On the same file system as the target, for its user only, and removed whatever happens.
    let temporary = tempfile::Builder::new().prefix(".weida-backup-").tempdir_in(&folder).map_err(unwritable)?;
    let path = temporary.path().join("database");
    let database_fault = |fault: FileFault| Failure::Now(format!("{}: {fault}", database.display()));
    // SQLite would create it with the mode that the umask leaves.
    File::options().create_new(true).write(true).mode(0o600).open(&path).map_err(unwritable)?;
    backup::copy(database, &path).await.map_err(database_fault)?;
    let contents = backup::inspect(&path).await.map_err(database_fault)?;
    let mut file = File::options().read(true).write(true).open(&path).map_err(unwritable)?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: contents.schema,
        made_at: time_text(now_ms),
        secret_key_fingerprint: contents.key_fingerprint,
        bytes: file.metadata().map_err(unwritable)?.len(),
    };
    manifest::append(&mut file, &manifest).map_err(unwritable)?;
    let bytes = file.metadata().map_err(unwritable)?.len();
    let complete = tempfile::TempPath::try_from_path(&path).map_err(unwritable)?;
    complete.persist_noclobber(target).map_err(|refused| match refused.error.kind() {
        io::ErrorKind::AlreadyExists => Failure::File(format!("{} exists: choose another name", target.display())),
        _ => unwritable(refused.error),
    })?;
    sync_folder(&folder).map_err(unwritable)?;
    let unrecorded = backup::update_last(database, now_ms, bytes).await.err().map(|fault| fault.to_string());
    Ok(Made { manifest, bytes, unrecorded })
}

fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// Makes the names in a folder survive a power failure.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn time_text(ms: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| ms.to_string())
}
