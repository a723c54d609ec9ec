//! Opening the database: engine, connections and required settings.

use super::{
    Engine, Link as _, OpenError, Reader, StoreError, Tx,
    checkpoint::{self, Checkpoints},
    effects::Effects,
    file_of,
    group::{Open, Turn, WriterQueue},
    in_use::{self, InUse},
    link::Statements,
    server,
};
use sqlx::{AnyPool, Executor as _, Row as _, any::AnyPoolOptions};
use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// How long a caller waits for a free connection before the answer is "unavailable". Below the 3 s in which a message is
/// answered, so that its sender is asked to retry.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(2500);
/// Read connections of the embedded database; it has exactly one writer.
const SQLITE_READERS: u32 = 4;
/// The most transactions on a server, other than those of messages, that run or wait for a connection: a quarter of the connections is
/// reserved for messages.
const SERVER_QUEUED: usize = 12;
/// Older versions can corrupt a WAL database during concurrent checkpoints (sqlite.org/wal.html#walresetbug).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    readers: AnyPool,
    pub(super) writers: AnyPool,
    /// Lets only a few transactions wait for the connections to a server, so that a message waits for a few of them and not for all.
    queue: Arc<Semaphore>,
    /// The queue for the embedded database's only writer.
    writer: WriterQueue,
    /// The embedded database's file.
    file: Option<PathBuf>,
    checkpoints: Checkpoints,
    statements: Statements,
    /// Keeps the embedded database's file from being replaced.
    _in_use: Option<Arc<InUse>>,
    /// Held while deleted rows are erased from the file.
    pub(super) erasing: Arc<Mutex<Option<Instant>>>,
}

impl Store {
    /// Connects, checks the requirements, and migrates the schema.
    ///
    /// # Errors
    /// One line with the problem and its remedy.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let store = match engine {
            Engine::Sqlite => Self::open_sqlite(url).await?,
            Engine::MySql | Engine::Postgres => {
                let pool = server::connect(engine, url, ACQUIRE_TIMEOUT).await?;
                Self::of_pools(engine, pool.clone(), pool, None)
            }
        };
        store.check().await?;
        super::schema::migrate(engine, &store.writers)
            .await
            .map_err(|e| OpenError(format!("the database schema could not be brought up to date: {e}")))?;
        Ok(store)
    }

    async fn open_sqlite(url: &str) -> Result<Self, OpenError> {
        let file = file_of(url).unwrap_or_default();
        if let Some(folder) = file.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| {
                OpenError(format!("the folder {} for the database cannot be created: {e}", folder.display()))
            })?;
        }
        let path = file.display();
        let in_use = in_use::share(&file).map_err(|_| {
            OpenError(format!("the database {path} is being replaced by weida restore: start again when it has ended"))
        })?;
        let open = |readers: u32, read_only: bool| {
            // A connection to a file does not break: testing it would cost as much as a statement.
            let options = AnyPoolOptions::new().test_before_acquire(false);
            options.max_connections(readers).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(move |conn, _| {
                Box::pin(async move {
                    // busy_timeout first: the other statements may have to wait for a lock.
                    // FULL: an acknowledged write must survive a power failure.
                    conn.execute("PRAGMA busy_timeout = 5000").await?;
                    conn.execute("PRAGMA journal_mode = WAL").await?;
                    conn.execute("PRAGMA synchronous = FULL").await?;
                    conn.execute("PRAGMA foreign_keys = ON").await?;
                    // Deleted rows are overwritten with zeros; see `erasure` for what this leaves.
                    conn.execute("PRAGMA secure_delete = ON").await?;
                    conn.execute("PRAGMA journal_size_limit = 67108864").await?;
                    if read_only {
                        conn.execute("PRAGMA query_only = ON").await?;
                    } else {
                        conn.execute(checkpoint::FALLBACK).await?;
                        // The pages of the hot indexes, in KiB.
                        conn.execute("PRAGMA cache_size = -16384").await?;
                    }
                    Ok(())
                })
            })
        };
        let url = format!("sqlite://{path}?mode=rwc");
        let writers = open(1, false)
            .connect(&url)
            .await
            .map_err(|e| OpenError(format!("the database file {path} cannot be opened: {e}")))?;
        let readers = open(SQLITE_READERS, true).connect_lazy(&url).map_err(|e| OpenError(e.to_string()))?;
        let store = Self::of_pools(Engine::Sqlite, readers, writers, Some(file));
        Ok(Self { _in_use: in_use.map(Arc::new), ..store })
    }

    fn of_pools(engine: Engine, readers: AnyPool, writers: AnyPool, file: Option<PathBuf>) -> Self {
        let checkpoints = Checkpoints::new((engine == Engine::Sqlite).then(|| readers.clone()));
        Self {
            engine,
            readers,
            writers,
            queue: Arc::new(Semaphore::new(SERVER_QUEUED)),
            writer: WriterQueue::default(),
            file,
            checkpoints,
            statements: Arc::default(),
            _in_use: None,
            erasing: Arc::default(),
        }
    }

    /// Refuses databases on which the program would be incorrect.
    async fn check(&self) -> Result<(), OpenError> {
        let fail = |e: StoreError| OpenError(e.to_string());
        let mut reader = self.read().await.map_err(fail)?;
        match self.engine {
            Engine::Sqlite => {
                let version: String = one(&mut reader, "SELECT sqlite_version()").await.map_err(fail)?;
                let mut parts = version.split('.').map(|p| p.parse().unwrap_or(0));
                let mut next = || parts.next().unwrap_or(0);
                if (next(), next(), next()) < SQLITE_OLDEST {
                    return Err(OpenError(format!(
                        "SQLite {version} is too old: 3.51.3 or later is needed; build with libsqlite3-sys 0.37 or later"
                    )));
                }
            }
            Engine::MySql => {
                // Openids are case-sensitive: under a case-insensitive collation two users could share one.
                let collation: String =
                    one(&mut reader, "SELECT CAST(@@collation_database AS CHAR)").await.map_err(fail)?;
                if !(collation.starts_with("utf8mb4") && collation.ends_with("_bin")) {
                    return Err(OpenError(format!(
                        "the database's collation is {collation}, but ids must compare byte by byte: run ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin before the first start"
                    )));
                }
            }
            Engine::Postgres => {
                let encoding: String =
                    one(&mut reader, "SELECT current_setting('server_encoding')").await.map_err(fail)?;
                if encoding != "UTF8" {
                    return Err(OpenError(format!(
                        "the database's encoding is {encoding}: create it with ENCODING 'UTF8'"
                    )));
                }
            }
        }
        Ok(())
    }

    /// The kind of this database.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The number of statements that were made since the start, without those that begin and end transactions.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The number of transactions that wait for the embedded database's writer; 0 on a server.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// No connection was free in time, or the database cannot be reached.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        let (conn, statements) = (self.readers.acquire().await?, self.statements.clone());
        Ok(Reader { engine: self.engine, conn, statements, plans: None })
    }

    /// A transaction. On the embedded database it holds the only writer: do nothing slow inside one. There it may be committed together
    /// with others that wait: see `group`.
    ///
    /// # Errors
    /// No connection was free in time, or the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        if self.engine == Engine::Sqlite {
            let mut turn = self.writer.turn(ACQUIRE_TIMEOUT).await?;
            return match turn.take() {
                None => Ok(self.tx(self.open_transaction().await?, Some(turn), None)),
                Some(open) => self.tx(open, Some(turn), None).joined().await,
            };
        }
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.queue.clone().acquire_owned());
        // The queue is never closed.
        let permit = permit.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(self.tx(self.open_transaction().await?, None, Some(permit)))
    }

    /// A transaction for a message, which must be answered within seconds: it overtakes all that wait in [`Self::begin`].
    ///
    /// # Errors
    /// No connection was free in time, or the database cannot be reached.
    pub async fn begin_urgent(&self) -> Result<Tx, StoreError> {
        let _urgent = self.writer.urgent();
        Ok(self.tx(self.open_transaction().await?, None, None))
    }

    async fn open_transaction(&self) -> Result<Open, StoreError> {
        let inner = match self.engine {
            // A deferred transaction that reads before it writes fails immediately if another process wrote in between.
            Engine::Sqlite => self.writers.begin_with("BEGIN IMMEDIATE").await?,
            Engine::MySql | Engine::Postgres => self.writers.begin().await?,
        };
        Ok(Open::new(inner, self.checkpoints.clone()))
    }

    fn tx(&self, open: Open, turn: Option<Turn>, permit: Option<OwnedSemaphorePermit>) -> Tx {
        Tx {
            engine: self.engine,
            open: Some(open),
            turn,
            permit,
            effects: Effects::default(),
            statements: self.statements.clone(),
        }
    }

    /// A lock to hold while the program runs, if no other process uses the same embedded database. `None` if one does, or on
    /// a server, where this is unknown.
    #[must_use]
    pub fn claim_alone(&self) -> Option<File> {
        let mut path = self.file.clone()?.into_os_string();
        path.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        Some(file)
    }

    /// The embedded database's files, existing or not; none on a server.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let beside = |file: &PathBuf, end: &str| {
            let mut path = file.clone().into_os_string();
            path.push(end);
            PathBuf::from(path)
        };
        self.file
            .iter()
            .flat_map(|file| ["", "-wal", "-shm", ".lock", ".in-use"].map(|end| beside(file, end)))
            .collect()
    }

    /// Waits for connections in use and closes them; on the embedded database the WAL is merged into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn one(reader: &mut Reader, text: &'static str) -> Result<String, StoreError> {
    Ok(reader.sql(text).fetch_one(reader.conn()).await?.try_get(0)?)
}
