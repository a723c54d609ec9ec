//! Stores the files of media by media id: in a folder, or in memory.

use super::locked::locked;
use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// The folder of the files, beside the state file.
const FOLDER: &str = "sandbox-media";

/// The files by media id: in a folder, or in memory.
#[derive(Debug, Default)]
pub struct Files {
    folder: Option<PathBuf>,
    memory: Mutex<HashMap<String, Arc<Vec<u8>>>>,
}

impl Files {
    /// Files beside the state file in this folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder: folder.map(|f| f.join(FOLDER)), memory: Mutex::default() }
    }

    /// Stores a file.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub async fn put(&self, media_id: &str, bytes: Vec<u8>) -> io::Result<()> {
        let Some(folder) = self.folder.clone() else {
            locked(&self.memory).insert(media_id.to_owned(), Arc::new(bytes));
            return Ok(());
        };
        let path = folder.join(media_id);
        let write = move || fs::create_dir_all(&folder).and_then(|()| fs::write(path, bytes));
        tokio::task::spawn_blocking(write).await.map_err(io::Error::other)?
    }

    /// Reads a file. The id must come from the state: it is part of a path.
    pub async fn get(&self, media_id: &str) -> Option<Arc<Vec<u8>>> {
        let Some(folder) = &self.folder else { return locked(&self.memory).get(media_id).cloned() };
        let path = folder.join(media_id);
        tokio::task::spawn_blocking(move || fs::read(path)).await.ok()?.ok().map(Arc::new)
    }

    /// Removes all files.
    pub(super) async fn clear(&self) {
        locked(&self.memory).clear();
        if let Some(folder) = self.folder.clone() {
            // Without files there is no folder.
            tokio::task::spawn_blocking(move || fs::remove_dir_all(folder).ok()).await.ok();
        }
    }

    pub(super) async fn remove(&self, media_id: &str) {
        locked(&self.memory).remove(media_id);
        if let Some(folder) = &self.folder {
            let path = folder.join(media_id);
            // It may have been deleted already.
            tokio::task::spawn_blocking(move || fs::remove_file(path).ok()).await.ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_kept_in_a_folder_as_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        for files in [Files::new(None), Files::new(Some(folder.path().to_owned()))] {
            files.put("m", b"bytes".to_vec()).await.unwrap();
            assert_eq!(**files.get("m").await.unwrap(), *b"bytes");
            files.remove("m").await;
            assert!(files.get("m").await.is_none());
        }
    }
}
