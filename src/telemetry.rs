//! Logs: to stderr, and with a folder also to daily files. Nothing secret is handed to it; `tests/it` looks for canaries.

use crate::{
    config::Log,
    core::clock::{Clock as _, SystemClock},
};
use std::{
    fs::{File, OpenOptions, create_dir_all},
    io::{self, Write},
    path::PathBuf,
    sync::Mutex,
};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::LevelFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Starts logging.
///
/// # Errors
/// One line: the filter cannot be read, or the folder cannot be written.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|e| format!("RUST_LOG is {:?}: {e}", log.filter))?;
    let registry = tracing_subscriber::registry().with(filter).with(fmt::layer().with_writer(io::stderr));
    if log.dir.is_empty() {
        registry.init();
        return Ok(());
    }
    let file = |prefix| {
        DailyFile::open(&log.dir, prefix)
            .map(Mutex::new)
            .map_err(|e| format!("WEIDA_LOG_DIR is {:?}, which cannot be written: {e}", log.dir))
    };
    let info = fmt::layer().with_ansi(false).with_writer(file("info")?);
    let errors = fmt::layer().with_ansi(false).with_writer(file("error")?).with_filter(LevelFilter::ERROR);
    registry.with(info).with(errors).init();
    Ok(())
}

/// `PREFIX-YYYY-MM-DD.log`, a new one every day. Lines are written at once: what was logged before a crash is what is wanted
/// after it.
struct DailyFile {
    folder: PathBuf,
    prefix: &'static str,
    day: String,
    file: File,
}

impl DailyFile {
    fn open(folder: &str, prefix: &'static str) -> io::Result<Self> {
        create_dir_all(folder)?;
        let (folder, day) = (PathBuf::from(folder), today());
        let file = append_to(&folder, prefix, &day)?;
        Ok(Self { folder, prefix, day, file })
    }
}

impl Write for DailyFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let day = today();
        if day != self.day {
            self.file = append_to(&self.folder, self.prefix, &day)?;
            self.day = day;
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

/// The date by the machine's clock, UTC, as the lines themselves.
fn today() -> String {
    time::OffsetDateTime::from_unix_timestamp(SystemClock.now_secs()).map(|t| t.date().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_the_file_of_its_day() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = DailyFile::open(folder.path().to_str().unwrap(), "info").unwrap();
        log.day = "2000-01-01".to_owned();
        log.write_all(b"a line\n").unwrap();
        let path = folder.path().join(format!("info-{}.log", today()));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "a line\n");
    }
}
