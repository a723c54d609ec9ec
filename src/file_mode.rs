//! Modes of the program's files: databases, keys and logs are for the program's own user.

use rustix::{fs::Mode, process::umask};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// Permission bits of the owner.
const OWNER: u32 = 0o700;
/// Permission bits of all other users.
const OTHERS: u32 = 0o077;

/// Restricts files and folders that this process creates from now on to its own user (umask).
pub fn restrict_new_files() {
    umask(Mode::from_raw_mode(OTHERS));
}

/// Removes other users' permissions on these files. Returns the files for which that failed; skips missing files.
#[must_use]
pub fn restrict(files: &[PathBuf]) -> Vec<PathBuf> {
    let is_left = |path: &&PathBuf| {
        let Some(mode) = open_mode(path) else { return false };
        fs::set_permissions(path, Permissions::from_mode(mode & OWNER)).is_err()
    };
    files.iter().filter(is_left).cloned().collect()
}

/// The files that other users may read, write or execute.
#[must_use]
pub fn open_to_others(files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|path| open_mode(path).is_some()).cloned().collect()
}

/// The mode of a file that other users can access.
fn open_mode(path: &Path) -> Option<u32> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & OTHERS != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_users_lose_their_rights_and_the_owner_keeps_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path
        };
        let files = vec![of("open", 0o666), of("group", 0o640), of("own", 0o600), folder.path().join("none")];
        assert_eq!(open_to_others(&files), files[..2]);
        assert!(restrict(&files).is_empty());
        assert!(open_to_others(&files).is_empty());
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
        // An unprivileged process cannot change a system file, so the file is returned; root can.
        if fs::write("/proc/version", "").is_err() {
            assert_eq!(restrict(&[PathBuf::from("/proc/version")]), [PathBuf::from("/proc/version")]);
        }
    }
}
