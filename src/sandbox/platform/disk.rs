//! Stores the fake platform's state in one file, so that it survives a crash.
//!
//! One task writes; requests that arrive during a write share the next one. Each request is notified once its changes are on
//! disk. The file is replaced by renaming, so it is always either the old or the new version.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};
use tokio::sync::{mpsc, oneshot};

/// The file's name in the folder beside the database.
const FILE: &str = "sandbox.json";

/// Requests writes of the state. Without a file, nothing is stored.
#[derive(Debug, Clone, Default)]
pub struct StateWriter(Option<mpsc::UnboundedSender<oneshot::Sender<()>>>);

impl StateWriter {
    /// Starts to store the output of `snapshot` in a file of `folder`; ends when the last writer is dropped. A snapshot of `None`, of a
    /// state that is gone, writes nothing.
    pub fn start(folder: &Path, snapshot: impl Fn() -> Option<Vec<u8>> + Send + 'static) -> Self {
        let (sender, mut asked) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
        let folder = folder.to_owned();
        tokio::spawn(async move {
            while let Some(first) = asked.recv().await {
                let mut waiting = vec![first];
                while let Ok(next) = asked.try_recv() {
                    waiting.push(next);
                }
                let Some(bytes) = snapshot() else { break };
                let folder = folder.clone();
                match tokio::task::spawn_blocking(move || write(&folder, &bytes)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the sandbox's memory could not be written"),
                    Err(error) => tracing::warn!(%error, "writing the sandbox's memory failed"),
                }
                for one in waiting {
                    // The requesting task may have been dropped.
                    one.send(()).ok();
                }
            }
        });
        Self(Some(sender))
    }

    /// Requests a write, and does not wait for it.
    pub fn ask(&self) {
        if let Some(sender) = &self.0 {
            // The writing task ends with the program only.
            sender.send(oneshot::channel().0).ok();
        }
    }

    /// Returns once all changes up to now are on disk, or the write failed.
    pub async fn save(&self) {
        let Some(sender) = &self.0 else { return };
        let (done, saved) = oneshot::channel();
        if sender.send(done).is_ok() {
            saved.await.ok();
        }
    }
}

/// The stored state in `folder`, if any.
///
/// # Errors
/// The file cannot be read.
pub fn read(folder: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path(folder)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a temporary file and renames it. Its name is its own: of two writers, none renames what the other has not finished. Only this
/// user may read it: it contains secrets.
///
/// # Errors
/// The folder cannot be created or written to.
pub fn write(folder: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(path(folder))?;
    Ok(())
}

/// The path of the state file in `folder`.
#[must_use]
pub fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[tokio::test]
    async fn a_saved_state_is_readable_by_this_user_only() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        let below = folder.path().join("not").join("there");
        StateWriter::start(&below, || Some(b"memory".to_vec())).save().await;
        assert_eq!(read(&below).unwrap().unwrap(), b"memory");
        assert_eq!(fs::read_dir(&below).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path(&below)).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    /// At the end of the program the state is dropped while a write may be due.
    #[tokio::test]
    async fn a_state_that_is_gone_leaves_the_file_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), b"memory").unwrap();
        StateWriter::start(folder.path(), || None).save().await;
        assert_eq!(read(folder.path()).unwrap().unwrap(), b"memory");
    }

    #[tokio::test]
    async fn those_who_ask_together_are_served_together() {
        let folder = tempfile::tempdir().unwrap();
        let (written, counted) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&written);
        let writer = StateWriter::start(folder.path(), move || {
            Some(count.fetch_add(1, Ordering::SeqCst).to_string().into_bytes())
        });
        let asks = (0..50).map(|_| async {
            writer.save().await;
            counted.fetch_add(1, Ordering::SeqCst);
        });
        futures::future::join_all(asks).await;
        assert_eq!(counted.load(Ordering::SeqCst), 50);
        assert!(written.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_stops_no_request() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        StateWriter::start(&file, || Some(Vec::new())).save().await;
        StateWriter::default().save().await;
    }
}
