//! Backups: made while the program writes, refused when anything about them is wrong, and restored as a whole or not at all.

mod refused;
mod under_load;

use crate::rig::{
    Program, environment,
    site::{Site, files, named},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn a_restored_backup_is_the_database_of_then_and_the_former_one_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&site.backup), 0o600);
    let key = fs::read(site.path().join("secret.key")).unwrap();
    let bytes = fs::read(&site.backup).unwrap();
    assert!(!bytes.windows(key.len() - 1).any(|window| window == &key[..key.len() - 1]), "the key is in the backup");
    site.admin("second");
    let restored = site.run(&["restore", "first.backup"]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(site.has("first") && !site.has("second"));
    let [former] = <[PathBuf; 1]>::try_from(named(site.path(), "before-restore")).unwrap();
    assert!(restored.stdout.contains(former.to_str().unwrap()), "{restored:?}");
    assert_eq!((mode(&former), mode(&site.path().join("weida.db"))), (0o600, 0o600));
    // The former database is whole: in the place of the other, it is the newer state.
    fs::rename(&former, site.path().join("weida.db")).unwrap();
    assert!(site.has("second"));
    assert_eq!(named(site.path(), ".weida-"), [""; 0].map(PathBuf::from), "nothing temporary is left");
}

#[test]
fn a_backup_is_restored_on_another_machine_with_its_key() {
    let (site, other) = (Site::new(), tempfile::tempdir().unwrap());
    let (below, settings) = (other.path().join("data"), [("DATABASE_URL", "sqlite://data/weida.db")]);
    let environment = environment(other.path(), &settings);
    let backup = site.backup.to_str().unwrap();
    let without = Program::run(other.path(), &["restore", backup], &environment);
    assert!(without.code == Some(1) && without.stderr.contains("data/secret.key"), "{without:?}");
    assert!(!below.join("weida.db").exists());
    fs::create_dir_all(&below).unwrap();
    fs::copy(site.path().join("secret.key"), below.join("secret.key")).unwrap();
    assert_eq!(Program::run(other.path(), &["restore", backup], &environment).code, Some(0));
    assert_eq!(Program::run(other.path(), &["admin", "reset-password", "first"], &environment).code, Some(0));
    assert_eq!(named(&below, "before-restore").len(), 0);
}

#[test]
fn a_damaged_database_is_kept_as_it_is_with_what_lies_beside_it() {
    let site = Site::new();
    let wal = site.path().join("weida.db-wal");
    fs::write(site.path().join("weida.db"), "damaged").unwrap();
    fs::write(&wal, "a log of the damaged one").unwrap();
    assert_eq!(site.run(&["restore", "first.backup"]).code, Some(0));
    assert!(!wal.exists());
    let kept: Vec<Vec<u8>> = named(site.path(), "before-restore").iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(kept, [b"damaged".to_vec(), b"a log of the damaged one".to_vec()]);
    assert!(site.has("first"));
}

/// A link to the database stays one.
#[test]
fn a_database_behind_a_link_is_replaced_where_it_is() {
    let (site, elsewhere) = (Site::new(), tempfile::tempdir().unwrap());
    let (link, real) = (site.path().join("weida.db"), elsewhere.path().join("real.db"));
    fs::rename(&link, &real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    site.admin("second");
    assert_eq!(site.run(&["restore", "first.backup"]).code, Some(0));
    assert!(link.is_symlink() && site.has("first") && !site.has("second"));
    assert_eq!(named(elsewhere.path(), "real.db.before-restore").len(), 1);
}

#[test]
fn a_database_server_has_its_own_tools() {
    let folder = tempfile::tempdir().unwrap();
    for (url, words) in [
        ("postgres://weida:canary-db-password@db.example/weida", ["pg_dump", "pg_restore"]),
        (
            "mysql://weida:canary-db-password@db.example:3307/weida",
            ["mariadb-dump", "mariadb --host=db.example --port=3307"],
        ),
    ] {
        let environment = environment(folder.path(), &[("DATABASE_URL", url), ("RUST_LOG", "trace")]);
        for (command, word) in ["backup", "restore"].into_iter().zip(words) {
            let ended = Program::run(folder.path(), &[command, "weida.dump"], &environment);
            assert!(ended.code == Some(2) && ended.stderr.contains(word), "{ended:?}");
            assert!(!ended.stderr.contains("canary-db-password"), "{ended:?}");
        }
    }
    assert_eq!(files(folder.path()).len(), 0);
}
