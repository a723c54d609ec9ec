//! Logs: to stderr, and with a folder also to daily files. Nothing secret is ever handed to it; see `tests/it/secret.rs`.

use crate::config::Log;
use std::fmt::Write as _;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, Layer as _, filter::LevelFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts logging.
///
/// # Errors
/// One line: the filter cannot be read, or the folder cannot be written.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|e| format!("RUST_LOG is {:?}: {e}", log.filter))?;
    let registry = tracing_subscriber::registry().with(filter).with(fmt::layer().with_writer(std::io::stderr));
    if log.dir.is_empty() {
        registry.init();
        return Ok(());
    }
    let file = |prefix: &str| {
        RollingFileAppender::builder().rotation(Rotation::DAILY).filename_prefix(prefix).filename_suffix("log").max_log_files(60).build(&log.dir).map_err(|e| {
            let mut line = format!("WEIDA_LOG_DIR is {:?}, which cannot be written", log.dir);
            let _ = write!(line, ": {e}");
            line
        })
    };
    // Written at once, not by a thread of its own: what was logged before a crash is what is wanted after it.
    let info = fmt::layer().with_ansi(false).with_writer(file("info-")?);
    let errors = fmt::layer().with_ansi(false).with_writer(file("error-")?).with_filter(LevelFilter::ERROR);
    registry.with(info).with(errors).init();
    Ok(())
}
