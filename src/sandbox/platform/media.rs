//! Temporary media: what the account uploaded, for three days. Facts: docs/WECHAT.md, 4.7.
//!
//! When they came is part of the memory; the files themselves are beside it, one each: the memory is written anew with every change.

use super::{Platform, credentials::letters, desk::locked, world::World};
use crate::core::{chance::Chance, reply::media::Format};
use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// How long a medium lives, in milliseconds.
const LIFE_MS: i64 = 3 * 24 * 3600 * 1000;
/// A stand-in is for trying things out; beyond this the oldest one goes.
const MEDIA_MAX: usize = 100;
/// The folder of the files, beside the memory.
const FOLDER: &str = "sandbox-media";

/// The files, by media id: in a folder, or in memory.
#[derive(Debug, Default)]
pub struct Files {
    folder: Option<PathBuf>,
    memory: Mutex<HashMap<String, Arc<Vec<u8>>>>,
}

impl Files {
    /// Files beside a memory that is kept in this folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder: folder.map(|f| f.join(FOLDER)), memory: Mutex::default() }
    }

    /// Keeps a file.
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

    /// A file. The id must be one of the memory's: it is part of a path.
    pub async fn get(&self, media_id: &str) -> Option<Arc<Vec<u8>>> {
        let Some(folder) = &self.folder else { return locked(&self.memory).get(media_id).cloned() };
        let path = folder.join(media_id);
        tokio::task::spawn_blocking(move || fs::read(path)).await.ok()?.ok().map(Arc::new)
    }

    async fn remove(&self, media_id: &str) {
        locked(&self.memory).remove(media_id);
        if let Some(folder) = &self.folder {
            let path = folder.join(media_id);
            // It may be gone already.
            tokio::task::spawn_blocking(move || fs::remove_file(path).ok()).await.ok();
        }
    }
}

impl World {
    /// True while a medium lives.
    pub fn has_medium(&self, media_id: &str, now_ms: i64) -> bool {
        self.media.get(media_id).is_some_and(|at_ms| now_ms < at_ms + LIFE_MS)
    }

    /// Notes a new medium; gives its id, and the ids that go for it.
    fn add_medium(&mut self, chance: &dyn Chance, now_ms: i64) -> (String, Vec<String>) {
        let media_id = letters(chance, 64);
        self.media.insert(media_id.clone(), now_ms);
        let mut by_age: Vec<(i64, String)> = self.media.iter().map(|(id, at)| (*at, id.clone())).collect();
        by_age.sort();
        let surplus = by_age.len().saturating_sub(MEDIA_MAX);
        let gone: Vec<String> = by_age
            .into_iter()
            .enumerate()
            .filter(|(age, (at_ms, id))| *id != media_id && (*age < surplus || now_ms >= at_ms + LIFE_MS))
            .map(|(_, (_, id))| id)
            .collect();
        for id in &gone {
            self.media.remove(id);
        }
        (media_id, gone)
    }
}

impl super::desk::Desk {
    /// Keeps a file for three days, and gives its media id.
    pub async fn keep_medium(&self, bytes: Vec<u8>) -> io::Result<String> {
        let (now_ms, chance) = (self.clock.now_ms(), Arc::clone(&self.chance));
        let (media_id, gone) = self.change(|world| world.add_medium(chance.as_ref(), now_ms)).await;
        for id in gone {
            self.files.remove(&id).await;
        }
        self.files.put(&media_id, bytes).await?;
        Ok(media_id)
    }

    /// The file of a medium that still lives.
    pub async fn medium(&self, media_id: &str) -> Option<(Format, Arc<Vec<u8>>)> {
        let now_ms = self.clock.now_ms();
        if !self.look(|world| world.has_medium(media_id, now_ms)) {
            return None;
        }
        let bytes = self.files.get(media_id).await?;
        Some((Format::of(&bytes)?, bytes))
    }
}

impl Platform {
    /// The file of a medium that still lives, and what a browser is told that it is.
    pub async fn medium(&self, media_id: &str) -> Option<(&'static str, Vec<u8>)> {
        let (format, bytes) = self.desk.medium(media_id).await?;
        Some((format.media_type(), bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::chance::SeededChance;

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

    #[test]
    fn old_media_go_and_there_are_never_too_many() {
        let chance = SeededChance::new(1);
        let mut world = World::new(super::super::Credentials::random(&chance), &chance);
        let (first, _) = world.add_medium(&chance, 0);
        assert!(world.has_medium(&first, LIFE_MS - 1) && !world.has_medium(&first, LIFE_MS));
        for n in 1..=150 {
            world.add_medium(&chance, n);
        }
        assert_eq!(world.media.len(), MEDIA_MAX);
        assert!(!world.has_medium(&first, 151));
        let (_, gone) = world.add_medium(&chance, LIFE_MS + 1_000);
        assert_eq!((gone.len(), world.media.len()), (MEDIA_MAX, 1));
    }
}
