//! Notices commits of any process in the embedded database without a query: each commit writes to the WAL.

use super::{Engine, Store};
use std::{path::PathBuf, time::SystemTime};

/// Watches the WAL. On a database server nothing can be watched.
#[derive(Debug)]
pub struct Watch {
    /// `None` on a server.
    wal: Option<PathBuf>,
    seen: Option<Stamp>,
    /// Calls since the last change that was seen.
    quiet_calls: u32,
}

/// The time of the last write (`None` without a file), and the length in bytes.
type Stamp = (Option<SystemTime>, u64);

/// A second commit within the resolution of the file system's clock (some milliseconds) may leave the time as it is. So the call after one
/// that saw a change reports a change, too: it comes much later.
const REPEATED_CALLS: u32 = 1;

impl Store {
    /// Begins to watch; the first call of [`Watch::may_have_changed`] reports a change.
    #[must_use]
    pub fn watch(&self) -> Watch {
        let wal = (self.engine() == Engine::Sqlite).then(|| self.files().into_iter().nth(1)).flatten();
        Watch { wal, seen: None, quiet_calls: 0 }
    }
}

impl Watch {
    /// False if nothing was committed since the call before. Always true on a server. Call it at intervals of at least a tenth of a second,
    /// and before the queries that find the change.
    pub fn may_have_changed(&mut self) -> bool {
        let Some(wal) = &self.wal else { return true };
        let now = std::fs::metadata(wal).map_or((None, 0), |found| (found.modified().ok(), found.len()));
        if self.seen.replace(now) == Some(now) {
            self.quiet_calls = self.quiet_calls.saturating_add(1);
        } else {
            self.quiet_calls = 0;
        }
        self.quiet_calls <= REPEATED_CALLS
    }
}
