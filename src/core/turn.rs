//! Turns: rows that many callers want at once are waited for here, in memory, and not with a connection to the database in hand.
//!
//! Only a courtesy to the connections, in each instance for itself: what is right or wrong is decided in the database.

use tokio::sync::{Mutex, MutexGuard};

/// Two rows in so many share a queue by chance.
const QUEUES: usize = 64;

/// The queues.
#[derive(Debug)]
pub struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..QUEUES).map(|_| Mutex::new(())).collect())
    }
}

impl Turns {
    /// Waits for one's turn at a row; it ends when what is returned is dropped. Never take two at a time.
    pub async fn wait(&self, row: i64) -> MutexGuard<'_, ()> {
        let queue = usize::try_from(row.unsigned_abs()).unwrap_or_default() % QUEUES;
        self.0[queue].lock().await
    }
}
