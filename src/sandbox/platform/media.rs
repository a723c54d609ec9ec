//! Temporary media: files that the account uploaded, for three days. Facts: docs/WECHAT.md, 4.7.
//!
//! The state file only holds their upload times, because it is rewritten with every change; each medium is a file beside it.

use super::{Platform, credentials::letters, world::World};
use crate::{base::rng::Rng, core::rule::media::Format};
use std::{io, sync::Arc};

/// The lifetime of a medium, in milliseconds.
const LIFE_MS: i64 = 3 * 24 * 3600 * 1000;
/// The most media; beyond it the oldest is deleted.
const MEDIA_MAX: usize = 100;

impl World {
    /// True if a medium exists and has not expired.
    pub fn has_medium(&self, media_id: &str, now_ms: i64) -> bool {
        self.media.get(media_id).is_some_and(|at_ms| now_ms < at_ms + LIFE_MS)
    }

    /// Adds a medium; returns its id, and the ids deleted for it.
    fn add_medium(&mut self, rng: &dyn Rng, now_ms: i64) -> (String, Vec<String>) {
        let media_id = letters(rng, 64);
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

impl super::state::PlatformState {
    /// Stores a file for three days, and returns its media id.
    pub async fn keep_medium(&self, bytes: Vec<u8>) -> io::Result<String> {
        let (now_ms, rng) = (self.clock.now_ms(), Arc::clone(&self.rng));
        let (media_id, gone) = self.change(|world| world.add_medium(rng.as_ref(), now_ms)).await;
        for id in gone {
            self.files.remove(&id).await;
        }
        self.files.put(&media_id, bytes).await?;
        Ok(media_id)
    }

    /// The file of an unexpired medium.
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
    /// The file of an unexpired medium, and its content type.
    pub async fn medium(&self, media_id: &str) -> Option<(&'static str, Vec<u8>)> {
        let (format, bytes) = self.state.medium(media_id).await?;
        Some((format.media_type(), bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    #[test]
    fn old_media_go_and_there_are_never_too_many() {
        let rng = SeededRng::new(1);
        let mut world = World::new(super::super::Credentials::random(&rng), &rng);
        let (first, _) = world.add_medium(&rng, 0);
        assert!(world.has_medium(&first, LIFE_MS - 1) && !world.has_medium(&first, LIFE_MS));
        for n in 1..=150 {
            world.add_medium(&rng, n);
        }
        assert_eq!(world.media.len(), MEDIA_MAX);
        assert!(!world.has_medium(&first, 151));
        let (_, gone) = world.add_medium(&rng, LIFE_MS + 1_000);
        assert_eq!((gone.len(), world.media.len()), (MEDIA_MAX, 1));
    }
}
