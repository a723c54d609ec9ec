//! A folder with a database, its key and a backup, for tests of commands.

use super::{Ended, Program, environment};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A folder with a database, its key, and a backup.
pub struct Site {
    folder: TempDir,
    /// `first.backup`
    pub backup: PathBuf,
}

impl Site {
    /// A database with one admin, and a backup of it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self { backup: folder.path().join("first.backup"), folder };
        site.admin("first");
        assert_eq!(site.run(&["backup", "first.backup"]).code, Some(0));
        site
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn admin(&self, name: &str) {
        let made = self.run(&["admin", "create", name]);
        assert_eq!(made.code, Some(0), "{made:?}");
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Program::run(self.path(), arguments, &environment(self.path(), &[]))
    }

    /// True if there is a user of this name.
    pub fn has(&self, name: &str) -> bool {
        let reset = self.run(&["admin", "reset-password", name]);
        assert!(matches!(reset.code, Some(0 | 1)), "{reset:?}");
        reset.code == Some(0)
    }

    /// All files with their bytes.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(self.path())
    }
}

/// The files of a folder with their bytes.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// The files and folders with `part` in their names, sorted.
pub fn named(folder: &Path, part: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().contains(part)).collect();
    found.sort();
    found
}
