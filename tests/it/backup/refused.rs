//! What is not restored, and what no backup is made of. Nothing is touched in these cases.

use crate::rig::{
    Program, environment, rounds,
    site::{Site, files, named},
};
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
};

async fn sqlite(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// One way in which a file may be wrong, and its bytes; `seed` varies them.
fn wrong(backup: &[u8], seed: usize) -> (String, Vec<u8>) {
    let (mut bytes, place) = (backup.to_vec(), seed.wrapping_mul(2_654_435_761) % backup.len());
    let name = match seed % 8 {
        0 => {
            bytes.truncate(place);
            format!("cut after {place} bytes")
        }
        1 => {
            bytes[place] ^= 1 << (seed % 7);
            format!("a flipped bit in byte {place}")
        }
        2 => {
            bytes[..16].copy_from_slice(b"another program\0");
            bytes[16] = u8::try_from(seed % 251).unwrap();
            "a wrong beginning".to_owned()
        }
        3 => {
            let end = (place + 512).min(bytes.len());
            bytes[place..end].fill(0);
            // A page of zeros may have been one before.
            bytes[backup.len() / 2] ^= 0xff;
            format!("a sector of zeros at {place}")
        }
        4 => {
            bytes.drain(..=place.min(backup.len() - 200));
            format!("without its first {place} bytes")
        }
        5 => {
            bytes.extend_from_slice(&backup[..=place]);
            "more behind the end".to_owned()
        }
        6 => {
            let last = bytes.len() - 1 - seed % 400;
            bytes[last] = if bytes[last] == b'7' { b'8' } else { b'7' };
            format!("another character in its last line, {last}")
        }
        _ => {
            bytes = (0..place).map(|at| u8::try_from((at * seed) % 251).unwrap()).collect();
            format!("{place} bytes of nothing")
        }
    };
    (name, bytes)
}

#[test]
fn a_damaged_file_is_refused_and_nothing_is_touched() {
    let site = Site::new();
    let (whole, before) = (fs::read(&site.backup).unwrap(), site.files());
    let bad = tempfile::tempdir().unwrap();
    let path = bad.path().join("bad.backup");
    let mut refused = 0;
    for seed in 0..rounds(20, 200) {
        let (name, bytes) = wrong(&whole, seed);
        fs::write(&path, bytes).unwrap();
        let ended = site.run(&["restore", path.to_str().unwrap()]);
        assert_eq!(ended.code, Some(2), "{name}: {ended:?}");
        assert_eq!(site.files(), before, "{name}");
        refused += 1;
    }
    assert!(refused >= 20 && site.has("first"));
}

#[tokio::test]
async fn a_file_that_is_no_backup_is_refused() {
    let site = Site::new();
    let other = tempfile::tempdir().unwrap();
    let mut db = sqlite(&other.path().join("other.db")).await;
    db.execute("CREATE TABLE facts (name TEXT, value TEXT)").await.unwrap();
    db.close().await.unwrap();
    fs::write(other.path().join("empty"), "").unwrap();
    fs::copy(site.path().join("weida.db"), other.path().join("plain-copy.db")).unwrap();
    assert!(Command::new("mkfifo").arg(other.path().join("pipe")).status().unwrap().success());
    let before = site.files();
    for name in ["other.db", "empty", "plain-copy.db", "pipe", ".", "no-such-file"] {
        let ended = site.run(&["restore", other.path().join(name).to_str().unwrap()]);
        assert_eq!((ended.code, site.files() == before), (Some(2), true), "{name}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
}

/// A correct end makes no backup of it: what it holds is checked, too.
#[tokio::test]
async fn a_database_that_this_version_does_not_know_is_refused() {
    let site = Site::new();
    let mut db = sqlite(&site.path().join("weida.db")).await;
    db.execute(
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, 1, x'00', 0 FROM _sqlx_migrations LIMIT 1",
    )
    .await
    .unwrap();
    db.close().await.unwrap();
    // No backup either: this version cannot say what is in it.
    let made = site.run(&["backup", "later.backup"]);
    assert!(made.code == Some(1) && made.stderr.contains("9999"), "{made:?}");
    assert!(!site.path().join("later.backup").exists());
    let mut db = sqlite(&site.path().join("weida.db")).await;
    db.execute("DELETE FROM _sqlx_migrations WHERE version = 9999").await.unwrap();
    db.execute("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 24").await.unwrap();
    db.close().await.unwrap();
    let made = site.run(&["backup", "foreign.backup"]);
    assert!(made.code == Some(1) && made.stderr.contains("not a database of Weida"), "{made:?}");
}

#[tokio::test]
async fn a_backup_of_a_later_version_is_refused() {
    let site = Site::new();
    // Its database is rewritten as a later version would have written it, with a correct end.
    let whole = fs::read(&site.backup).unwrap();
    let end = whole.windows(14).rposition(|window| window == b"\nweida-backup ").unwrap();
    let (database, line) = whole.split_at(end);
    let later = site.path().join("later.db");
    fs::write(&later, database).unwrap();
    let mut db = sqlite(&later).await;
    db.execute(
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, 1, x'00', 0 FROM _sqlx_migrations LIMIT 1",
    )
    .await
    .unwrap();
    db.close().await.unwrap();
    let mut bytes = fs::read(&later).unwrap();
    let line = std::str::from_utf8(line).unwrap().lines().nth(1).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(line.strip_prefix("weida-backup ").unwrap()).unwrap();
    manifest["schema"] = 9999.into();
    manifest["bytes"] = bytes.len().into();
    bytes.extend_from_slice(format!("\nweida-backup {manifest}\n").as_bytes());
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    bytes.extend_from_slice(format!("{digest}\n").as_bytes());
    fs::write(site.path().join("later.backup"), bytes).unwrap();
    let before = site.files();
    let ended = site.run(&["restore", "later.backup"]);
    assert!(ended.code == Some(2) && ended.stderr.contains("9999"), "{ended:?}");
    assert_eq!(site.files(), before);
}

#[test]
fn a_running_program_is_not_replaced_under_its_feet() {
    let site = Site::new();
    let mut program = Program::start(site.path(), &environment(site.path(), &[("RUST_LOG", "off")]));
    let ended = site.run(&["restore", "first.backup"]);
    assert!(ended.code == Some(1) && ended.stderr.contains("stop Weida"), "{ended:?}");
    assert_eq!(named(site.path(), "before-restore").len() + named(site.path(), ".weida-").len(), 0);
    program.kill();
    assert_eq!(site.run(&["restore", "first.backup"]).code, Some(0));
}

/// A tool that knows nothing of this program's own lock.
#[tokio::test]
async fn a_database_that_another_tool_has_open_is_not_replaced() {
    let site = Site::new();
    let mut db = sqlite(&site.path().join("weida.db")).await;
    db.fetch_all("SELECT * FROM facts").await.unwrap();
    let ended = site.run(&["restore", "first.backup"]);
    assert!(ended.code == Some(1) && ended.stderr.contains("stop Weida"), "{ended:?}");
    db.close().await.unwrap();
    assert_eq!(site.run(&["restore", "first.backup"]).code, Some(0));
}

#[test]
fn a_backup_for_another_key_is_refused_with_both_fingerprints() {
    let site = Site::new();
    let text = String::from_utf8_lossy(&fs::read(&site.backup).unwrap()).into_owned();
    let of = text.rsplit("secret_key_fingerprint\":\"").next().unwrap()[..32].to_owned();
    let key = site.path().join("secret.key");
    let own = fs::read(&key).unwrap();
    fs::write(&key, "another-key-another-key-another-key").unwrap();
    let before = site.files();
    let ended = site.run(&["restore", "first.backup"]);
    assert!(ended.code == Some(1) && ended.stderr.contains(&of), "{ended:?}");
    assert_eq!(ended.stderr.matches("fingerprint").count(), 2, "{ended:?}");
    assert_eq!(site.files(), before);
    // The key of the backup as the one before the present: the next start encrypts everything anew.
    let previous = String::from_utf8(own).unwrap();
    let more = [("WEIDA_PREVIOUS_SECRET_KEY", previous.trim())];
    let ended = Program::run(site.path(), &["restore", "first.backup"], &environment(site.path(), &more));
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn no_file_is_overwritten_by_a_backup() {
    let site = Site::new();
    fs::write(site.path().join("notes.txt"), "mine").unwrap();
    std::os::unix::fs::symlink("nowhere", site.path().join("link")).unwrap();
    fs::create_dir(site.path().join("folder")).unwrap();
    let before = site.files();
    for (name, code) in [("first.backup", 2), ("notes.txt", 2), ("link", 2), ("folder", 2), ("missing/x.backup", 1)] {
        let ended = site.run(&["backup", name]);
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(code), 1), "{name}: {ended:?}");
    }
    assert_eq!(site.files(), before);
    assert!(!site.path().join("nowhere").exists());
    let none = tempfile::tempdir().unwrap();
    let ended = Program::run(none.path(), &["backup", "x"], &environment(none.path(), &[]));
    assert!(ended.code == Some(1) && ended.stderr.contains("no such file"), "{ended:?}");
    assert_eq!(files(none.path()).len(), 0, "no database is created");
}

/// A limit on the length of files stands for a full disk: writes beyond it fail.
#[test]
fn a_full_disk_leaves_no_half_of_a_backup_and_the_database_as_it_was() {
    let site = Site::new();
    let before = site.files();
    let largest = before.values().map(Vec::len).max().unwrap();
    for arguments in [["backup", "second.backup"], ["restore", "first.backup"]] {
        for part in [2, 8] {
            // dash counts blocks of 512 bytes.
            let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", largest / part / 512);
            let mut command = Command::new("/bin/dash");
            command.args(["-c", &script, env!("CARGO_BIN_EXE_weida")]).args(arguments).current_dir(site.path());
            command.env_clear().envs(environment(site.path(), &[])).stdin(Stdio::null());
            let ended = command.output().unwrap();
            let line = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert_eq!((ended.status.code(), ended.status.signal()), (Some(1), None), "{arguments:?} {line}");
            assert_eq!(line.lines().count(), 1, "{line}");
            let after = site.files();
            assert!(after.keys().eq(before.keys()), "{arguments:?} {:?}", after.keys());
            assert_eq!(after, before, "{arguments:?}");
        }
    }
    assert_eq!(named(site.path(), ".weida-").len(), 0);
}
