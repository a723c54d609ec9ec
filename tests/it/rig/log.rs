//! The log of a test's own thread.

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

/// What was logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Collects the log of this thread at the level `info` while the guard lives. A test with one thread (`#[tokio::test]`) has all its
    /// tasks there.
    pub fn collect(&self) -> tracing::subscriber::DefaultGuard {
        // With one subscriber in the process, the thread that first reaches a line decides whether it is logged, also for this thread
        // (`has_just_one` in tracing-core 0.1): so there are always two.
        static SECOND: OnceLock<tracing::Dispatch> = OnceLock::new();
        SECOND.get_or_init(|| {
            let silent = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(std::io::sink);
            tracing::Dispatch::new(silent.finish())
        });
        let written = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || written.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    /// The text since the last call.
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}
