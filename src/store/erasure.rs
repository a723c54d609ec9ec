//! Erasing deleted rows from the files of the embedded database.
//!
//! `secure_delete` overwrites deleted cells with zeros, but copies that SQLite left when it moved rows between pages stay, and so do older
//! pages in the WAL. `VACUUM` writes the file anew, and the checkpoint empties the WAL. A server's files are its own.

use super::{Engine, Store, StoreError, Tx, fact};
use sqlx::{Executor as _, Row as _};
use std::time::{Duration, Instant};

/// How long the file is not written anew after the last time.
const REST: Duration = Duration::from_mins(10);

/// Set while rows are deleted in the tables and not yet in the files.
const DUE: &str = "erasure-due";

/// Marks rows as deleted in the tables only, in the transaction that deletes them. `mark` is a new number.
pub async fn update_due(db: &mut Tx, mark: i64) -> Result<(), StoreError> {
    if db.engine != Engine::Sqlite {
        return Ok(());
    }
    fact::delete_fact(db, DUE).await?;
    fact::insert_fact(db, DUE, &mark.to_string()).await
}

impl Store {
    /// Erases what was deleted since the last time, if anything was and the database file is at most `most_bytes` long. Returns true if
    /// nothing is left to be erased.
    ///
    /// # Errors
    /// The disk is full, or another program uses the file.
    pub async fn erase_deleted(&self, most_bytes: u64) -> Result<bool, StoreError> {
        if self.engine() != Engine::Sqlite {
            return Ok(true);
        }
        let mut last = self.erasing.lock().await;
        let Some(mark) = fact::find_fact(&mut self.read().await?, DUE).await? else { return Ok(true) };
        let bytes = self.files().first().and_then(|file| std::fs::metadata(file).ok()).map_or(0, |found| found.len());
        // Messages wait meanwhile: people must not be able to cause this again and again.
        let is_soon = last.is_some_and(|last| last.elapsed() < REST);
        if bytes > most_bytes || is_soon {
            self.empty_wal().await?;
            return Ok(false);
        }
        *last = Some(Instant::now());
        if !self.compact().await? {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        fact::delete_fact_if(&mut tx, DUE, &mark).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Rewrites the embedded database's file, to erase deleted rows; false if a reader still needs older pages. Does nothing on a
    /// server, which owns its files.
    ///
    /// # Errors
    /// The disk is full, or another program uses the file.
    pub async fn compact(&self) -> Result<bool, StoreError> {
        if self.engine() != Engine::Sqlite {
            return Ok(true);
        }
        self.writers.acquire().await?.execute("VACUUM").await?;
        self.empty_wal().await
    }

    /// Moves the WAL into the file and truncates it; false if a reader still needs it.
    async fn empty_wal(&self) -> Result<bool, StoreError> {
        let mut conn = self.writers.acquire().await?;
        // Briefly: meanwhile no other transaction writes.
        conn.execute("PRAGMA busy_timeout = 500").await?;
        let done = conn.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
        conn.execute("PRAGMA busy_timeout = 5000").await?;
        Ok(done?.try_get::<i64, _>(0)? == 0)
    }
}
