//! Hashes and compresses the site's files at build time, so that the program does neither per request.
//!
//! Scripts and style sheets are copied into `pkg/` under a name with the hash of their content. `pkg/manifest.json` lists the
//! names; the program reads it at its start (`src/http/assets.rs`). Each file has a `.br` and a `.gz` beside it. Files of the
//! previous version stay for a day, for pages that are open during a deployment.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    shell::{Context, Result},
    site::{names, write_if_changed},
};

const PKG: &str = "pkg";
const MANIFEST: &str = "manifest.json";
/// Files whose name gets a hash.
const HASHED: [&str; 2] = ["js", "css"];
/// Other files that are worth compressing.
const TEXT: [&str; 3] = ["svg", "txt", "json"];
const VARIANTS: [&str; 2] = ["br", "gz"];
/// Bytes of a hash in a name; `src/http/assets.rs` expects twice as many digits.
const HASH_BYTES: usize = 8;
/// How long files of the previous version stay.
const RETENTION: Duration = Duration::from_hours(24);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// Names in `pkg/` by public path.
    files: BTreeMap<String, String>,
    #[serde(default)]
    previous: Previous,
}

/// Files of the previous version that the current one no longer has.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Previous {
    files: BTreeSet<String>,
    /// When the current version replaced it, in epoch seconds.
    replaced_at: u64,
}

/// Hashes and compresses the files of an assembled site.
pub fn publish(site: &Path, now: SystemTime) -> Result {
    let pkg = site.join(PKG);
    let known = read(&pkg.join(MANIFEST));
    let plain = plain_files(site, "")?;
    let files = hashed_names(site, &plain)?;
    for path in &plain {
        let file = site.join(&path[1..]);
        match files.get(path) {
            Some(name) => publish_one(&file, &pkg.join(name))?,
            None => compress_in_place(&file)?,
        }
    }
    let previous = superseded(known, &files, seconds(now));
    sweep(&pkg, &files, &previous)?;
    let manifest = serde_json::to_vec_pretty(&Manifest { files, previous }).context(MANIFEST)?;
    replace(&pkg.join(MANIFEST), &manifest)
}

/// The plain file of a compressed variant.
pub fn plain_of(name: &Path) -> Option<PathBuf> {
    let is_variant = VARIANTS.iter().any(|variant| name.extension().is_some_and(|ending| ending == *variant));
    is_variant.then(|| name.with_extension(""))
}

/// The public paths of every file that this module did not create.
fn plain_files(site: &Path, below: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in names(&site.join(below.trim_start_matches('/')))? {
        let path = format!("{below}/{}", name.display());
        if site.join(&path[1..]).is_dir() {
            found.extend(plain_files(site, &path)?);
        } else if plain_of(&name).is_none() && !is_hashed(&name) && !path.ends_with(MANIFEST) {
            found.push(path);
        }
    }
    Ok(found)
}

fn hashed_names(site: &Path, plain: &[String]) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for path in plain {
        let file = Path::new(path);
        let (Some(stem), Some(ending)) = (text(file.file_stem()), text(file.extension())) else { continue };
        if HASHED.contains(&ending) {
            let content = fs::read(site.join(&path[1..])).context(path)?;
            files.insert(path.clone(), format!("{stem}.{}.{ending}", hash(&content)));
        }
    }
    Ok(files)
}

/// Copies a file to its hashed name and writes the compressed variants of both.
fn publish_one(plain: &Path, hashed: &Path) -> Result {
    let bytes = fs::read(plain).context(plain.display())?;
    if !hashed.is_file() {
        replace(hashed, &bytes)?;
    }
    for variant in VARIANTS {
        let (beside_hashed, beside_plain) = (with_variant(hashed, variant), with_variant(plain, variant));
        if !beside_hashed.is_file() {
            match compressed(variant, &bytes)? {
                Some(less) => replace(&beside_hashed, &less)?,
                None => continue,
            }
        }
        write_if_changed(&beside_plain, &fs::read(&beside_hashed).context(beside_hashed.display())?)?;
    }
    Ok(())
}

fn compress_in_place(plain: &Path) -> Result {
    if !text(plain.extension()).is_some_and(|ending| TEXT.contains(&ending)) {
        return Ok(());
    }
    let bytes = fs::read(plain).context(plain.display())?;
    for variant in VARIANTS {
        let beside = with_variant(plain, variant);
        match compressed(variant, &bytes)? {
            Some(less) => write_if_changed(&beside, &less)?,
            None if beside.exists() => fs::remove_file(&beside).context(beside.display())?,
            None => {}
        }
    }
    Ok(())
}

/// The compressed bytes, or `None` if they are not fewer.
fn compressed(variant: &str, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let less = if variant == "br" { brotli(bytes)? } else { gzip(bytes)? };
    Ok((less.len() < bytes.len()).then_some(less))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut less = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut less, &params).context("brotli")?;
    Ok(less)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("gzip")?;
    encoder.finish().context("gzip")
}

/// The files of the previous version that stay.
fn superseded(known: Manifest, files: &BTreeMap<String, String>, now: u64) -> Previous {
    let current: BTreeSet<&String> = files.values().collect();
    let gone: BTreeSet<String> = known.files.into_values().filter(|name| !current.contains(name)).collect();
    if !gone.is_empty() {
        return Previous { files: gone, replaced_at: now };
    }
    let is_over = now.saturating_sub(known.previous.replaced_at) > RETENTION.as_secs();
    if is_over { Previous::default() } else { known.previous }
}

/// Removes hashed files of neither the current nor the previous version.
fn sweep(pkg: &Path, files: &BTreeMap<String, String>, previous: &Previous) -> Result {
    for name in names(pkg)? {
        let plain = plain_of(&name).unwrap_or_else(|| name.clone());
        let is_wanted = text(Some(plain.as_os_str()))
            .is_some_and(|plain| previous.files.contains(plain) || files.values().any(|name| name == plain));
        if is_hashed(&plain) && !is_wanted {
            fs::remove_file(pkg.join(&name)).context(name.display())?;
        }
    }
    Ok(())
}

fn is_hashed(name: &Path) -> bool {
    let stem = text(name.file_stem()).unwrap_or_default();
    let hash = stem.rsplit_once('.').map(|(_, hash)| hash);
    hash.is_some_and(|hash| hash.len() == 2 * HASH_BYTES && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(HASH_BYTES).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn read(file: &Path) -> Manifest {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Writes a file atomically, so that a running program never reads half of it.
fn replace(file: &Path, content: &[u8]) -> Result {
    let part = with_variant(file, "part");
    fs::write(&part, content).context(part.display())?;
    fs::rename(&part, file).context(file.display())
}

fn with_variant(file: &Path, variant: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(variant);
    name.into()
}

fn text(name: Option<&std::ffi::OsStr>) -> Option<&str> {
    name.and_then(std::ffi::OsStr::to_str)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-assets-{name}-{}", std::process::id()));
            fs::remove_dir_all(&path).ok();
            fs::create_dir_all(path.join(PKG)).unwrap();
            Self(path)
        }

        fn write(&self, path: &str, content: &str) {
            fs::write(self.0.join(path), content).unwrap();
        }

        fn publish(&self, hour: u64) {
            publish(&self.0, UNIX_EPOCH + Duration::from_hours(hour)).unwrap();
        }

        fn name(&self, path: &str) -> String {
            read(&self.0.join("pkg/manifest.json")).files[path].clone()
        }

        fn has(&self, name: &str) -> bool {
            let file = self.0.join(PKG).join(name);
            let all = [file.clone(), with_variant(&file, "br"), with_variant(&file, "gz")];
            let there = all.iter().filter(|file| file.is_file()).count();
            assert!(there == 0 || there == 3, "{name}: {there}");
            there == 3
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    fn script(n: usize) -> String {
        format!("{}// {n}", "let answer = 42;\n".repeat(40))
    }

    #[test]
    fn a_file_is_named_by_its_content_and_has_compressed_variants() {
        let site = Scratch::new("names");
        site.write("page.js", &script(1));
        site.write("mark.svg", &"<svg></svg>".repeat(20));
        site.publish(0);
        let name = site.name("/page.js");
        assert!(is_hashed(Path::new(&name)) && site.has(&name), "{name}");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &fs::read(site.0.join("page.js.br")).unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, script(1).as_bytes());
        assert!(site.0.join("mark.svg.br").is_file() && site.0.join("mark.svg.gz").is_file());
    }

    #[test]
    fn only_the_previous_version_stays_for_a_day() {
        let site = Scratch::new("before");
        let names: Vec<String> = (0..3)
            .map(|n| {
                site.write("page.js", &script(n));
                site.publish(n as u64);
                site.name("/page.js")
            })
            .collect();
        assert!(!site.has(&names[0]) && site.has(&names[1]) && site.has(&names[2]));
        // Another build within the day changes nothing.
        site.publish(25);
        assert!(site.has(&names[1]));
        site.publish(27);
        assert!(!site.has(&names[1]) && site.has(&names[2]));
    }
}
