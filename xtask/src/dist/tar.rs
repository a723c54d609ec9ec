//! Writes a tar archive in the ustar format (POSIX.1-1988), with the same bytes for the same files.

use super::Files;
use crate::shell::{Failure, Result};

const BLOCK: usize = 512;

/// All files below one folder, sorted by path; `time` in epoch seconds.
pub fn archive(folder: &str, files: &Files, time: u64) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    out.extend(head(&format!("{folder}/"), 0o755, 0, time, b'5')?);
    for (path, (mode, bytes)) in files {
        out.extend(head(&format!("{folder}/{path}"), *mode, bytes.len(), time, b'0')?);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks end an archive.
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn head(path: &str, mode: u32, length: usize, time: u64, kind: u8) -> Result<[u8; BLOCK]> {
    let (prefix, name) = split(path).ok_or_else(|| Failure::new(format!("{path} is too long for a tar archive")))?;
    let mut block = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, format!("{mode:07o}").as_bytes());
    // Owner and group: root.
    put(108, b"0000000");
    put(116, b"0000000");
    put(124, format!("{length:011o}").as_bytes());
    put(136, format!("{time:011o}").as_bytes());
    // The checksum counts its own field as spaces.
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    put(265, b"root");
    put(297, b"root");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// A name of at most 100 bytes, and before a slash what is too long for it, at most 155 bytes.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let slashes = path.match_indices('/').map(|(at, _)| at);
    slashes
        .map(|at| (&path[..at], &path[at + 1..]))
        .find(|(prefix, name)| prefix.len() <= 155 && (1..=100).contains(&name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    #[test]
    fn tar_lists_what_was_written_and_the_bytes_repeat() {
        let long = format!("{}/{}", "d".repeat(90), "f".repeat(60));
        let files: Files = [
            ("weida".to_owned(), (0o755, vec![7; 1000])),
            ("site/pkg/a.css".to_owned(), (0o644, b"a{}".to_vec())),
            (long.clone(), (0o644, Vec::new())),
        ]
        .into();
        let bytes = archive("weida-1", &files, 1_700_000_000).unwrap();
        assert_eq!(bytes, archive("weida-1", &files, 1_700_000_000).unwrap());
        let mut tar = Command::new("tar")
            .args(["--utc", "-tvf", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        tar.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = tar.wait_with_output().unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{listed}");
        for line in [
            "drwxr-xr-x root/root         0 2023-11-14 22:13 weida-1/".to_owned(),
            "-rwxr-xr-x root/root      1000 2023-11-14 22:13 weida-1/weida".to_owned(),
            "-rw-r--r-- root/root         3 2023-11-14 22:13 weida-1/site/pkg/a.css".to_owned(),
            format!("weida-1/{long}"),
        ] {
            assert!(listed.contains(&line), "{line} is not in {listed}");
        }
        assert!(archive("weida-1", &[("x".repeat(200), (0o644, Vec::new()))].into(), 0).is_err());
    }
}
