//! The end of a backup file: what the backup is, and a checksum over every byte before it.
//!
//! A backup is a database file followed by two lines: `weida-backup` with the manifest as JSON, and the SHA-256 of everything before the
//! second line. `SQLite` ignores what follows a database's last page, so the file opens in other tools, too.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Write},
};

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;
/// What the line with the manifest begins with.
const MARK: &str = "weida-backup ";
/// The longest manifest with its marks and checksum, in bytes.
const END_MAX_BYTES: u64 = 4096;
/// The last line: a SHA-256 in hexadecimal digits, and the line's end.
const CHECKSUM_BYTES: usize = 65;
const BUFFER_BYTES: usize = 256 * 1024;

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The number of the database's last migration.
    pub schema: i64,
    /// RFC 3339, UTC.
    pub made_at: String,
    /// The fingerprint of the key that the database's values are encrypted with. The key itself is not in the backup.
    pub secret_key_fingerprint: Option<String>,
    /// The database's length in bytes.
    pub bytes: u64,
}

/// Why a file is not a backup that can be restored.
#[derive(Debug)]
pub enum Unreadable {
    /// It does not end as a backup does.
    NotABackup,
    /// Its bytes are not those that were written.
    Changed,
    /// A later version of the program wrote it.
    NewerFormat,
    Io(io::Error),
}

impl From<io::Error> for Unreadable {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// Appends manifest and checksum to a database file.
///
/// # Errors
/// The disk is full, or the file cannot be read.
pub fn append(database: &mut File, manifest: &Manifest) -> io::Result<()> {
    database.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let read = pass(&mut *database, manifest.bytes, &mut digest, &mut io::sink())?;
    if read != manifest.bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let line = format!("\n{MARK}{}\n", serde_json::to_string(manifest).map_err(io::Error::other)?);
    digest.update(line.as_bytes());
    writeln!(database, "{line}{}", hex::encode(digest.finalize()))?;
    database.sync_all()
}

/// The manifest of a backup, from its end alone: [`extract`] verifies it.
///
/// # Errors
/// [`Unreadable`]
pub fn read(backup: &mut File) -> Result<Manifest, Unreadable> {
    let length = backup.metadata()?.len();
    let tail = length.min(END_MAX_BYTES);
    backup.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    backup.take(tail).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.strip_suffix('\n').ok_or(Unreadable::NotABackup)?;
    let (head, checksum) = lines.rsplit_once('\n').ok_or(Unreadable::NotABackup)?;
    let line = head.rsplit('\n').next().and_then(|line| line.strip_prefix(MARK)).ok_or(Unreadable::NotABackup)?;
    if checksum.len() + 1 != CHECKSUM_BYTES {
        return Err(Unreadable::NotABackup);
    }
    // A later format may have other fields.
    let format = serde_json::from_str::<serde_json::Value>(line).ok().and_then(|json| json["format"].as_u64());
    if format.is_some_and(|format| format > u64::from(FORMAT)) {
        return Err(Unreadable::NewerFormat);
    }
    serde_json::from_str(line).map_err(|_| Unreadable::NotABackup)
}

/// Verifies the checksum over the whole backup.
///
/// # Errors
/// [`Unreadable`]
pub fn verify(backup: &mut File, manifest: &Manifest) -> Result<(), Unreadable> {
    extract(backup, manifest, &mut io::sink())
}

/// Writes the database of a backup to `target`, and verifies the checksum over the whole backup.
///
/// # Errors
/// [`Unreadable`]; `target` must then be dropped.
pub fn extract(backup: &mut File, manifest: &Manifest, target: &mut impl Write) -> Result<(), Unreadable> {
    let length = backup.metadata()?.len();
    let rest = length.checked_sub(manifest.bytes).ok_or(Unreadable::Changed)?;
    if !(CHECKSUM_BYTES as u64..=END_MAX_BYTES).contains(&rest) {
        return Err(Unreadable::Changed);
    }
    backup.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    pass(&mut *backup, manifest.bytes, &mut digest, target)?;
    let mut end = Vec::new();
    backup.take(END_MAX_BYTES).read_to_end(&mut end)?;
    let at = end.len().checked_sub(CHECKSUM_BYTES).ok_or(Unreadable::Changed)?;
    let (line, checksum) = end.split_at(at);
    digest.update(line);
    // The manifest was read from the end of the file; its line must follow the database directly.
    let is_whole = line.starts_with(format!("\n{MARK}").as_bytes()) && line.ends_with(b"\n");
    if !is_whole || checksum != format!("{}\n", hex::encode(digest.finalize())).as_bytes() {
        return Err(Unreadable::Changed);
    }
    Ok(())
}

/// Copies up to `bytes` bytes and adds them to the digest. Returns their number.
fn pass(from: &mut impl Read, bytes: u64, digest: &mut Sha256, to: &mut impl Write) -> io::Result<u64> {
    let (mut from, mut buffer, mut passed) = (from.take(bytes), vec![0; BUFFER_BYTES], 0);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(passed);
        }
        digest.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        passed += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(database: &[u8]) -> (tempfile::NamedTempFile, Manifest) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(database).unwrap();
        let manifest = Manifest {
            format: FORMAT,
            program: "0.1.0".to_owned(),
            schema: 24,
            made_at: "2026-11-30T12:00:00Z".to_owned(),
            secret_key_fingerprint: Some("ab".repeat(16)),
            bytes: database.len() as u64,
        };
        append(file.as_file_mut(), &manifest).unwrap();
        (file, manifest)
    }

    fn extracted(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let manifest = read(&mut file)?;
        let mut target = tempfile::NamedTempFile::new().unwrap();
        extract(&mut file, &manifest, target.as_file_mut())?;
        Ok(std::fs::read(target.path()).unwrap())
    }

    #[test]
    fn a_backup_gives_the_database_back_and_no_changed_byte_of_it_is_accepted() {
        let database = b"SQLite format 3\0 and more".to_vec();
        let (file, manifest) = backup(&database);
        let whole = std::fs::read(file.path()).unwrap();
        assert_eq!(read(&mut File::open(file.path()).unwrap()).unwrap(), manifest);
        assert_eq!(extracted(&whole).unwrap(), database);
        for at in 0..whole.len() {
            for bit in [1_u8, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                assert!(extracted(&changed).is_err(), "byte {at}");
            }
            assert!(extracted(&whole[..at]).is_err(), "cut at {at}");
            assert!(at == 0 || extracted(&whole[at..]).is_err(), "begun at {at}");
        }
        assert!(extracted(&[whole.as_slice(), b"\n"].concat()).is_err());
        assert!(extracted(&[whole.as_slice(), &whole].concat()).is_err());
    }

    #[test]
    fn a_later_format_is_named() {
        let mut file = tempfile::tempfile().unwrap();
        let line = format!("x\n{MARK}{{\"format\":2,\"other\":1}}\n{}\n", "0".repeat(64));
        file.write_all(line.as_bytes()).unwrap();
        assert!(matches!(read(&mut file), Err(Unreadable::NewerFormat)));
    }
}
