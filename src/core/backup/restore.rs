//! Restoring a backup.

use super::{Failure, Manifest, Unreadable, folder_of, manifest, sync_folder, time_text};
use crate::store::{
    backup::{self, FileFault},
    in_use,
};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What a backup is restored to.
#[derive(Debug)]
pub struct Target<'a> {
    /// The embedded database's file; it need not exist.
    pub database: &'a Path,
    /// The fingerprints of the secret keys that are here: of the present one, and of the one before if it is given.
    pub key_fingerprints: &'a [String],
    /// Where the present key is, for messages.
    pub key_name: &'a str,
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Where the database of before is now; `None` if there was none.
    pub former: Option<PathBuf>,
}

/// Replaces the database by the one of a backup, and keeps the former one beside it.
///
/// # Errors
/// [`Failure`]: the database is as before.
pub async fn restore(file: &Path, target: &Target<'_>, now_ms: i64) -> Result<Restored, Failure> {
    let name = file.display();
    let found = fs::metadata(file).map_err(|e| Failure::File(format!("{name} cannot be read: {e}")))?;
    if !found.is_file() {
        return Err(Failure::File(format!("{name} is not a file")));
    }
    let mut opened = File::open(file).map_err(|e| Failure::File(format!("{name} cannot be read: {e}")))?;
    let manifest = manifest::read(&mut opened).map_err(|e| unreadable(file, e))?;
    // Before anything is created, and before the manifest is believed.
    manifest::verify(&mut opened, &manifest).map_err(|e| unreadable(file, e))?;
    check_key(&manifest, target)?;
    // SQLite follows a link as well: its WAL is beside the file itself.
    let database = fs::canonicalize(target.database).unwrap_or_else(|_| target.database.to_owned());
    let folder = folder_of(&database);
    let unwritable = |e: io::Error| Failure::Now(format!("{} cannot be written: {e}", folder.display()));
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let in_the_way =
        || Failure::Now(format!("a program uses {}: stop Weida, then restore again", target.database.display()));
    // Held until the new file is in its place.
    let _alone = in_use::claim(target.database).map_err(|_| in_the_way())?;
    let mut copy = tempfile::Builder::new().prefix(".weida-restore-").tempfile_in(&folder).map_err(unwritable)?;
    manifest::extract(&mut opened, &manifest, copy.as_file_mut()).map_err(|e| unreadable(file, e))?;
    copy.as_file().sync_all().map_err(unwritable)?;
    let contents = backup::inspect(copy.path()).await.map_err(|fault| match fault {
        FileFault::Io(why) => Failure::Now(why),
        fault => Failure::File(format!("{name}: {fault}")),
    })?;
    if (contents.schema, &contents.key_fingerprint) != (manifest.schema, &manifest.secret_key_fingerprint) {
        return Err(Failure::File(format!("{name}: the database is not the one that the backup describes")));
    }
    let former = set_aside(&database, now_ms).await.map_err(|refused| refused.map_or_else(in_the_way, unwritable))?;
    copy.persist(&database).map_err(|refused| unwritable(refused.error))?;
    sync_folder(&folder).map_err(unwritable)?;
    Ok(Restored { manifest, former })
}

fn unreadable(file: &Path, why: Unreadable) -> Failure {
    let name = file.display();
    match why {
        Unreadable::NotABackup => {
            Failure::File(format!("{name} is not a backup, or its end is missing: weida backup makes them"))
        }
        Unreadable::Changed => Failure::File(format!("{name} is damaged: its checksum does not match")),
        Unreadable::NewerFormat => {
            Failure::File(format!("{name} was made by a later version: restore it with that version"))
        }
        Unreadable::Io(e) => Failure::Now(format!("{name} cannot be copied: {e}")),
    }
}

/// Without the key of the backup the program would not start on the database.
fn check_key(manifest: &Manifest, target: &Target<'_>) -> Result<(), Failure> {
    let Some(wanted) = &manifest.secret_key_fingerprint else { return Ok(()) };
    if target.key_fingerprints.contains(wanted) {
        return Ok(());
    }
    let found = target
        .key_fingerprints
        .first()
        .map_or_else(|| "there is no key".to_owned(), |found| format!("the key there has the fingerprint {found}"));
    Err(Failure::Now(format!(
        "the backup needs the secret key with the fingerprint {wanted}, in {}: {found}; put the key of the backup there first",
        target.key_name
    )))
}

/// The files that `SQLite` may have left beside a database. It would apply them to the new one.
const LEFT: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Gives the database a second name, and leaves nothing beside its first one that would change another database in its place. Returns the
/// new name; `Err(None)` if another program has the database open.
async fn set_aside(database: &Path, now_ms: i64) -> Result<Option<PathBuf>, Option<io::Error>> {
    if !database.exists() {
        return Ok(None);
    }
    let former = free_name(database, now_ms);
    let mut names = vec![former.clone()];
    second_name(database, &former)?;
    // Opening a damaged database removes its WAL: it is kept first.
    for end in LEFT.iter().filter(|end| beside(database, end).exists()) {
        let name = beside(&former, end);
        second_name(&beside(database, end), &name)?;
        names.push(name);
    }
    sync_folder(&folder_of(database))?;
    match backup::detach(database).await {
        // Its WAL is in the database now.
        Ok(()) => remove(&names[1..])?,
        Err(FileFault::InUse) => {
            remove(&names)?;
            return Err(None);
        }
        // A damaged database, the reason for many a restoration, is kept as it is.
        Err(_) => remove(&LEFT.map(|end| beside(database, end)))?,
    }
    Ok(Some(former))
}

/// A name that says what the file is, and that no file has.
fn free_name(database: &Path, now_ms: i64) -> PathBuf {
    let time = time_text(now_ms).replace(':', "");
    let first = beside(database, &format!(".before-restore-{time}"));
    let more = (2_u32..).map(|n| beside(&first, &format!("-{n}")));
    std::iter::once(first.clone()).chain(more).find(|name| !name.exists()).unwrap_or(first)
}

/// Removes those of the files that exist.
fn remove(files: &[PathBuf]) -> io::Result<()> {
    for file in files {
        match fs::remove_file(file) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// A hard link: the database has its own name all the time. On a file system without links, a copy.
fn second_name(path: &Path, name: &Path) -> io::Result<()> {
    if fs::hard_link(path, name).is_ok() {
        return Ok(());
    }
    fs::copy(path, name)?;
    File::open(name)?.sync_all()
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(end);
    PathBuf::from(text)
}
