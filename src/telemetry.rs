//! Logs: to stderr, and optionally to daily files. No secret is ever logged; `tests/it` searches the logs for canaries.

use crate::{
    base::clock::{Clock as _, SystemClock},
    config::Log,
};
use std::{
    fs::{File, OpenOptions, create_dir_all},
    io::{self, IsTerminal as _, Write},
    path::PathBuf,
    sync::Mutex,
};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::LevelFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Starts logging.
///
/// # Errors
/// One line: the filter is invalid, or the folder cannot be written.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|e| format!("RUST_LOG is {:?}: {e}", log.filter))?;
    let stderr = fmt::layer().with_ansi(has_colours()).with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter).with(stderr);
    if log.dir.is_empty() {
        registry.init();
        return Ok(());
    }
    let file = |prefix| {
        DailyFile::open(&log.dir, prefix, log.keep_days)
            .map(Mutex::new)
            .map_err(|e| format!("WEIDA_LOG_DIR is {:?}, which cannot be written: {e}", log.dir))
    };
    let info = fmt::layer().with_ansi(false).with_writer(file("info")?);
    let errors = fmt::layer().with_ansi(false).with_writer(file("error")?).with_filter(LevelFilter::ERROR);
    registry.with(info).with(errors).init();
    Ok(())
}

/// True where a person reads the log: the colours of a terminal are rubbish in a file. `NO_COLOR` switches them off (no-color.org).
fn has_colours() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The existing log files.
#[must_use]
pub fn log_files(log: &Log) -> Vec<PathBuf> {
    if log.dir.is_empty() {
        return Vec::new();
    }
    let is_log = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_suffix(".log").is_some_and(|name| name.starts_with("info-") || name.starts_with("error-"))
    };
    let entries = std::fs::read_dir(&log.dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(is_log).collect()
}

/// `PREFIX-YYYY-MM-DD.log`, a new one every day. Lines are written unbuffered: the last lines before a crash are the most
/// useful.
struct DailyFile {
    folder: PathBuf,
    prefix: &'static str,
    keep_days: i64,
    day: String,
    file: File,
}

impl DailyFile {
    fn open(folder: &str, prefix: &'static str, keep_days: i64) -> io::Result<Self> {
        create_dir_all(folder)?;
        let (folder, day) = (PathBuf::from(folder), today());
        let file = append_to(&folder, prefix, &day)?;
        delete_old(&folder, prefix, &day_before(keep_days));
        Ok(Self { folder, prefix, keep_days, day, file })
    }
}

impl Write for DailyFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let day = today();
        if day != self.day {
            self.file = append_to(&self.folder, self.prefix, &day)?;
            self.day = day;
            delete_old(&self.folder, self.prefix, &day_before(self.keep_days));
        }
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append_to(folder: &std::path::Path, prefix: &str, day: &str) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(folder.join(format!("{prefix}-{day}.log")))
}

/// Deletes the files of days before `oldest`. A file that cannot be deleted is tried again the next day.
fn delete_old(folder: &std::path::Path, prefix: &str, oldest: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix(prefix)?.strip_prefix('-')?.strip_suffix(".log"));
        let is_day = |day: &str| day.len() == oldest.len() && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        // Dates are in the order of their texts.
        if day.is_some_and(|day| is_day(day) && day < oldest) {
            std::fs::remove_file(entry.path()).ok();
        }
    }
}

/// The machine's date in UTC, as in the lines themselves.
fn today() -> String {
    day_before(0)
}

fn day_before(days: i64) -> String {
    let secs = SystemClock.now_secs() - days * 86_400;
    time::OffsetDateTime::from_unix_timestamp(secs).map(|t| t.date().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_the_file_of_its_day() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = DailyFile::open(folder.path().to_str().unwrap(), "info", 30).unwrap();
        log.day = "2000-01-01".to_owned();
        log.write_all(b"a line\n").unwrap();
        let path = folder.path().join(format!("info-{}.log", today()));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "a line\n");
    }

    #[test]
    fn files_older_than_the_days_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, old) = (format!("info-{}.log", day_before(7)), format!("info-{}.log", day_before(8)));
        let others = ["info-old.log", "error-2000-01-01.log", "info-2000-01-01.log.gz", "notes-2000-01-01.log"];
        for name in others.iter().copied().chain([kept.as_str(), old.as_str(), "info-2000-01-01.log"]) {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let names = || {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        let mut expected: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
        expected.extend([kept, format!("info-{}.log", today())]);
        expected.sort();
        let mut log = DailyFile::open(folder.path().to_str().unwrap(), "info", 7).unwrap();
        assert_eq!(names(), expected);
        // Also while the program runs, at the first line of a day.
        std::fs::write(folder.path().join(&old), "x").unwrap();
        log.day = "2000-01-01".to_owned();
        log.write_all(b"a line\n").unwrap();
        assert_eq!(names(), expected);
    }
}
