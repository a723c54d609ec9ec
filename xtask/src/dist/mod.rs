//! `cargo xtask dist`: the archive that a server needs, with checksums and a list of what is in the program.
//!
//! `target/dist/weida-VERSION-TARGET.tar.gz` holds one folder: the program, its site, settings, documents and examples. The same commit
//! and compiler give the same bytes: names are sorted, and times, owners and modes are fixed.

mod sbom;
mod tar;

use crate::{
    build::{self, Profile},
    shell::{Context, Failure, Result, quietly, step, target_dir},
    site::names,
};
use flate2::{Compression, GzBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

const SITE: &str = "target/site";
/// What is copied from the repository, and under which name.
const FILES: [(&str, &str); 9] = [
    ("LICENSE", "LICENSE"),
    ("README.md", "README.md"),
    ("README.zh-CN.md", "README.zh-CN.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("SECURITY.md", "SECURITY.md"),
    ("docs/DEPLOY.md", "DEPLOY.md"),
    ("docs/DEPLOY.zh-CN.md", "DEPLOY.zh-CN.md"),
    ("Leptos.toml", "Leptos.toml"),
    ("public/docs/swagger-ui.LICENSE", "licenses/swagger-ui.LICENSE"),
];
/// Folders that are copied as they are.
const FOLDERS: [&str; 1] = ["packaging"];

/// A file of the archive, by its path in it.
type Files = BTreeMap<String, (u32, Vec<u8>)>;

/// `args`: nothing, or `--profile dev` for a quick look, or `--program FILE` to pack a program that was built elsewhere; both of the latter
/// use the site that is there.
pub fn run(args: &[String]) -> Result {
    let program = match args {
        [] => {
            build::dist()?;
            Profile::Dist.program()
        }
        [flag, name] if flag == "--profile" && name == "dev" => Profile::Dev.program(),
        [flag, file] if flag == "--program" => PathBuf::from(file),
        _ => {
            return Err(Failure::new("dist takes nothing, `--profile dev` or `--program FILE`").fix("cargo xtask dist"));
        }
    };
    let name = format!("weida-{}-{}", version()?, host()?);
    let folder = target_dir().join("dist");
    fs::create_dir_all(&folder).context(folder.display())?;
    let bill = step("sbom", || sbom::of_program(&host()?))?;
    let archive = step("archive", || {
        let mut files = contents(&program)?;
        files.insert("sbom.cdx.json".to_owned(), (0o644, bill.clone()));
        let sums = checksums(&files);
        files.insert("SHA256SUMS".to_owned(), (0o644, sums.into_bytes()));
        compressed(&tar::archive(&name, &files, commit_time()?)?)
    })?;
    let sum = hex(&Sha256::digest(&archive));
    let path = folder.join(format!("{name}.tar.gz"));
    fs::write(&path, &archive).context(path.display())?;
    fs::write(folder.join(format!("{name}.cdx.json")), &bill).context("the SBOM")?;
    fs::write(folder.join(format!("{name}.tar.gz.sha256")), format!("{sum}  {name}.tar.gz\n"))
        .context("the checksum")?;
    println!("  {} ({} MB)\n  sha256 {sum}", path.display(), archive.len().div_ceil(1_000_000));
    Ok(())
}

fn contents(program: &Path) -> Result<Files> {
    let read = |path: &Path| fs::read(path).context(path.display());
    let mut files = Files::new();
    files.insert("weida".to_owned(), (0o755, read(program)?));
    for (from, to) in FILES {
        files.insert(to.to_owned(), (0o644, read(Path::new(from))?));
    }
    // In the archive the documents lie beside one another.
    for (_, (_, bytes)) in files.iter_mut().filter(|(path, _)| path.starts_with("DEPLOY")) {
        *bytes = String::from_utf8_lossy(bytes).replace("(../", "(").into_bytes();
    }
    for folder in FOLDERS {
        add_folder(Path::new(folder), folder, &mut files)?;
    }
    add_site(&mut files)?;
    Ok(files)
}

fn add_folder(folder: &Path, path: &str, files: &mut Files) -> Result {
    for name in names(folder)? {
        let (file, path) = (folder.join(&name), format!("{path}/{}", name.display()));
        if file.is_dir() {
            add_folder(&file, &path, files)?;
        } else {
            files.insert(path, (0o644, fs::read(&file).context(file.display())?));
        }
    }
    Ok(())
}

/// The site without files of earlier versions: those that the manifest lists, and what is outside of `pkg`.
fn add_site(files: &mut Files) -> Result {
    let manifest = Path::new(SITE).join("pkg/manifest.json");
    let text = fs::read(&manifest).context(manifest.display());
    let text = text.map_err(|failure| failure.fix("cargo xtask build, or cargo xtask build --dev"))?;
    let mut manifest: Value = serde_json::from_slice(&text).context("manifest.json")?;
    let current: Vec<String> = manifest["files"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, name)| name.as_str().map(str::to_owned))
        .collect();
    let mut site = Files::new();
    add_folder(Path::new(SITE), "site", &mut site)?;
    for (path, file) in site {
        let in_pkg = path.strip_prefix("site/pkg/");
        let is_current = |name: &str| {
            let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name);
            current.iter().any(|known| known == plain) || name.contains('/') || !has_hash(plain)
        };
        if in_pkg.is_none_or(is_current) {
            files.insert(path, file);
        }
    }
    // When which version was replaced on this machine means nothing elsewhere.
    manifest["previous"] = serde_json::json!({ "files": [], "replaced_at": 0 });
    let text = serde_json::to_vec_pretty(&manifest).context("manifest.json")?;
    files.insert("site/pkg/manifest.json".to_owned(), (0o644, text));
    Ok(())
}

/// True for a name like `weida.0123456789abcdef.css`.
fn has_hash(name: &str) -> bool {
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split('.').any(is_hash)
}

/// In the format of `sha256sum -c`.
fn checksums(files: &Files) -> String {
    let mut sums = String::new();
    for (path, (_, bytes)) in files {
        sums.push_str(&hex(&Sha256::digest(bytes)));
        sums.push_str("  ");
        sums.push_str(path);
        sums.push('\n');
    }
    sums
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn compressed(archive: &[u8]) -> Result<Vec<u8>> {
    // Without a name and a time in its head.
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(archive).context("gzip")?;
    encoder.finish().context("gzip")
}

/// `SOURCE_DATE_EPOCH`, else the time of the last commit, in epoch seconds.
fn commit_time() -> Result<u64> {
    let given = env::var("SOURCE_DATE_EPOCH").ok();
    let text = match given {
        Some(text) => text,
        None => quietly(Command::new("git").args(["log", "-1", "--format=%ct"]))
            .map_err(|failure| failure.fix("set SOURCE_DATE_EPOCH outside of a git repository"))?,
    };
    text.trim().parse().context("the time of the commit")
}

/// The version of the program.
fn version() -> Result<String> {
    let manifest = fs::read_to_string("Cargo.toml").context("Cargo.toml")?;
    let manifest: toml::Table = manifest.parse().context("Cargo.toml")?;
    let version = manifest.get("package").and_then(|package| package.get("version")?.as_str());
    version.map(str::to_owned).ok_or_else(|| Failure::new("Cargo.toml has no version"))
}

/// The platform that is built on.
fn host() -> Result<String> {
    let about = quietly(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc -vV names no host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_known_from_plain_ones() {
        for name in ["weida.0123456789abcdef.css", "page.fedcba9876543210.js"] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["weida.css", "manifest.json", "0123456789abcdef0.js"] {
            assert!(!has_hash(name), "{name}");
        }
    }

    #[test]
    fn a_compressed_archive_has_no_time_and_no_name() {
        let bytes = compressed(b"the same").unwrap();
        assert_eq!(&bytes[..4], [0x1f, 0x8b, 8, 0], "no flags, so no name");
        assert_eq!(&bytes[4..8], [0; 4], "no time");
    }
}
