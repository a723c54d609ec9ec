//! The names under which the build stored scripts and style sheets. Each name has the hash of its file's content, so browsers
//! may cache the file for ever. `xtask/src/assets.rs` writes the list as `manifest.json` into the site's `pkg` folder.

use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Hexadecimal digits of the hash in a name.
const HASH_DIGITS: usize = 16;

/// The names from the build's manifest, read once at the start.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    by_path: Arc<BTreeMap<String, String>>,
    /// `/pkg/`
    folder: Arc<str>,
}

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, String>,
}

impl Assets {
    /// Reads this site's manifest. Without one (a site built by another tool) every file keeps its plain name.
    #[must_use]
    pub fn read(site_root: &str, pkg_dir: &str) -> Self {
        let file: PathBuf = Path::new(site_root).join(pkg_dir).join("manifest.json");
        let read = std::fs::read(&file).ok().map(|bytes| serde_json::from_slice::<Manifest>(&bytes));
        let by_path = match read {
            Some(Ok(manifest)) => manifest.files,
            Some(Err(error)) => {
                tracing::warn!(%error, file = %file.display(), "the manifest of the site's files cannot be read");
                BTreeMap::new()
            }
            None => BTreeMap::new(),
        };
        Self { by_path: Arc::new(by_path), folder: format!("/{pkg_dir}/").into() }
    }

    /// The address of a file of the site: its hashed name, or its plain one if the manifest does not list it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        match self.by_path.get(path) {
            Some(name) => format!("{}{name}", self.folder),
            None => path.to_owned(),
        }
    }
}

/// True if a path's content never changes: its last segment has a hash in its name.
#[must_use]
pub fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let Some((_, hash)) = stem.rsplit_once('.') else { return false };
    hash.len() == HASH_DIGITS && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_the_hash_of_its_content_is_known() {
        for path in ["/pkg/page.0123456789abcdef.js", "/pkg/a-b.fedcba9876543210.css"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/page.js",
            "/pkg/weida.css",
            "/pkg/page.0123456789abcde.js",
            "/pkg/page.0123456789ABCDEF.js",
            "/0123456789abcdef.js",
            "/pkg/page.0123456789abcdef/x.js",
            "",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
