//! The lock that keeps the embedded database's file in its place: every process that has the database open shares it, and a process that
//! replaces the file holds it alone.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

/// Released when the last clone of its holder is dropped.
pub type InUse = File;

/// Another process holds the lock in a way that excludes this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excluded;

/// The file beside the database that is locked.
pub fn lock_file(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".in-use");
    PathBuf::from(path)
}

/// For a process that opens the database. `None` on a file system without locks: a replacement then relies on `SQLite`'s own.
///
/// # Errors
/// The file is being replaced.
pub fn share(database: &Path) -> Result<Option<InUse>, Excluded> {
    lock(database, File::try_lock_shared)
}

/// For a process that replaces the file.
///
/// # Errors
/// Another process has the database open.
pub fn claim(database: &Path) -> Result<Option<InUse>, Excluded> {
    lock(database, File::try_lock)
}

fn lock(database: &Path, how: fn(&File) -> Result<(), TryLockError>) -> Result<Option<InUse>, Excluded> {
    let opened = File::options().create(true).truncate(false).write(true).open(lock_file(database));
    let Ok(file) = opened else { return Ok(None) };
    match how(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Excluded),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_in_use_is_not_replaced_and_one_that_is_replaced_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("weida.db");
        let (one, two) = (share(&database).unwrap(), share(&database).unwrap());
        assert!(one.is_some() && two.is_some());
        drop(one);
        assert_eq!(claim(&database).unwrap_err(), Excluded);
        drop(two);
        let alone = claim(&database).unwrap();
        assert_eq!(share(&database).unwrap_err(), Excluded);
        drop(alone);
        assert!(share(&database).is_ok());
    }
}
