//! What the document says about the machine and the versions.

use crate::shell::quietly;
use std::{fs, path::Path, process::Command};

/// Lines of a list.
pub fn describe(folder: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let output = |program: &str, arguments: &[&str]| {
        quietly(Command::new(program).args(arguments)).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let memory = memory.split(' ').next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024 / 1024;
    let disk = output("df", &["--output=fstype", &folder.display().to_string()]);
    let waiting = read("/proc/loadavg").split(' ').take(1).collect::<String>();
    let commit = output("git", &["rev-parse", "--short=10", "HEAD"]);
    vec![
        format!("{cores} processors ({model}), {memory} GiB, Linux {}", output("uname", &["-r"])),
        format!(
            "the databases on a disk ({}), SQLite with `synchronous=FULL`",
            disk.lines().last().unwrap_or_default().trim()
        ),
        format!("load average {waiting} when it began; the load generator runs on the same processors"),
        format!("commit {commit}, {}", output("rustc", &["--version"])),
    ]
}
