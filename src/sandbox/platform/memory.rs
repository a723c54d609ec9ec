//! Loads the state at the start: stored by an earlier run, or new.

use super::{
    credentials::Credentials,
    disk::{self, StateWriter},
    locked::locked,
    world::{AccountKind, World},
};
use crate::base::rng::Rng;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// The state in `folder`, with these credentials and this kind of account if they are given.
///
/// # Errors
/// One line: the folder cannot be read or written, or the credentials are invalid.
pub(super) async fn open(
    folder: Option<PathBuf>,
    credentials: Option<Credentials>,
    kind: Option<AccountKind>,
    rng: &dyn Rng,
) -> Result<(Arc<Mutex<World>>, StateWriter), String> {
    let kept = match folder.clone() {
        Some(folder) => blocking(move || read(&folder)).await?,
        None => None,
    };
    let mut world = match (kept, credentials) {
        (Some(kept), None) => World { credentials: kept.credentials.completed(rng), ..kept },
        (Some(kept), Some(credentials)) => World { credentials, ..kept },
        (None, Some(credentials)) => World::new(credentials, rng),
        (None, None) => World::new(Credentials::random(rng), rng),
    };
    world.kind = kind.unwrap_or(world.kind);
    world.credentials.check()?;
    let bytes = snapshot(&world);
    let world = Arc::new(Mutex::new(world));
    let Some(folder) = folder else { return Ok((world, StateWriter::default())) };
    let (written, watched) = (folder.clone(), Arc::clone(&world));
    blocking(move || write(&written, &bytes)).await?;
    let stored = move || {
        let world = locked(&watched);
        (!world.is_over).then(|| snapshot(&world))
    };
    Ok((world, StateWriter::start(&folder, stored)))
}

fn read(folder: &Path) -> Result<Option<World>, String> {
    let unusable = |e: String| {
        format!("{} cannot be used: {e}; delete it to begin with a new sandbox", disk::path(folder).display())
    };
    match disk::read(folder) {
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => serde_json::from_slice(&bytes).map(Some).map_err(|e| unusable(e.to_string())),
        Err(e) => Err(unusable(e.to_string())),
    }
}

fn write(folder: &Path, bytes: &[u8]) -> Result<(), String> {
    let path = disk::path(folder);
    disk::write(folder, bytes)
        .map_err(|e| format!("{} cannot be written: {e}; make the folder writable", path.display()))
}

/// Serializing texts and numbers cannot fail.
fn snapshot(world: &World) -> Vec<u8> {
    serde_json::to_vec(world).unwrap_or_default()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())?
}
