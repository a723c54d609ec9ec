//! Opening the database: which engine, how many connections, what must be true of it before the program starts.

use super::{Link as _, Reader, StoreError, Tx};
use sqlx::{AnyPool, Executor as _, Row as _, any::AnyPoolOptions};
use std::{fs::File, path::PathBuf, time::Duration};

/// How long a caller waits for a free connection before the answer is "unavailable". Below the 3 s in which a message is
/// answered, so that its sender is told to try again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(2500);
/// Readers of the embedded database; it has exactly one writer.
const SQLITE_READERS: u32 = 4;
/// Connections to a database server, an instance.
const SERVER_CONNECTIONS: u32 = 16;
/// Older ones can corrupt a WAL database under concurrent checkpoints (sqlite.org/wal.html#walresetbug).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);

/// The kinds of database that are spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// MySQL, MariaDB, TiDB.
    MySql,
    /// PostgreSQL, CockroachDB, YugabyteDB.
    Postgres,
}

impl Engine {
    /// Reads the scheme of a database URL.
    ///
    /// # Errors
    /// The scheme is none of the known ones.
    pub fn of(url: &str) -> Result<Self, OpenError> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("mysql" | "mariadb") => Ok(Self::MySql),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(OpenError("the database URL must begin with sqlite:, mysql: or postgres:".to_owned())),
        }
    }
}

/// Why the database could not be opened: one line, with how to mend it and without the password.
#[derive(Debug)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    readers: AnyPool,
    writers: AnyPool,
    /// The embedded database's file.
    file: Option<PathBuf>,
}

impl Store {
    /// Connects, checks what must hold, and brings the schema up to date.
    ///
    /// # Errors
    /// One line saying what is wrong and how to mend it.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let store = match engine {
            Engine::Sqlite => Self::open_sqlite(url).await?,
            Engine::MySql | Engine::Postgres => {
                let pool = server_pool(engine).connect(url).await.map_err(|e| unreachable_database(url, &e))?;
                Self { engine, readers: pool.clone(), writers: pool, file: None }
            }
        };
        store.check().await?;
        let mut migrator = super::schema::migrator();
        migrator.set_locking(engine != Engine::Sqlite);
        migrator
            .run(&store.writers)
            .await
            .map_err(|e| OpenError(format!("the database schema could not be brought up to date: {e}")))?;
        Ok(store)
    }

    async fn open_sqlite(url: &str) -> Result<Self, OpenError> {
        let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
        let path = path.split('?').next().unwrap_or(path);
        if let Some(folder) = std::path::Path::new(path).parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| {
                OpenError(format!("the folder {} for the database cannot be made: {e}", folder.display()))
            })?;
        }
        let open = |readers: u32, read_only: bool| {
            AnyPoolOptions::new().max_connections(readers).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
                move |conn, _| {
                    Box::pin(async move {
                        // busy_timeout first: the others may have to wait for a lock themselves.
                        // FULL: an acknowledged write must survive a power failure.
                        conn.execute("PRAGMA busy_timeout = 5000").await?;
                        conn.execute("PRAGMA journal_mode = WAL").await?;
                        conn.execute("PRAGMA synchronous = FULL").await?;
                        conn.execute("PRAGMA foreign_keys = ON").await?;
                        conn.execute("PRAGMA journal_size_limit = 67108864").await?;
                        if read_only {
                            conn.execute("PRAGMA query_only = ON").await?;
                        }
                        Ok(())
                    })
                },
            )
        };
        let url = format!("sqlite://{path}?mode=rwc");
        let writers = open(1, false)
            .connect(&url)
            .await
            .map_err(|e| OpenError(format!("the database file {path} cannot be opened: {e}")))?;
        let readers = open(SQLITE_READERS, true).connect_lazy(&url).map_err(|e| OpenError(e.to_string()))?;
        Ok(Self { engine: Engine::Sqlite, readers, writers, file: Some(PathBuf::from(path)) })
    }

    /// Refuses databases on which the program would be wrong rather than slow.
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
                // People's ids differ in case only: under a case-insensitive collation two of them would be one person.
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

    /// Which kind of database this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// None was free in time, or the database cannot be reached.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(Reader { engine: self.engine, conn: self.readers.acquire().await? })
    }

    /// A transaction. On the embedded database it holds the only writer: nothing slow may happen inside one.
    ///
    /// # Errors
    /// No connection was free in time, or the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = match self.engine {
            // A deferred transaction that reads first and then writes fails at once when another process wrote between.
            Engine::Sqlite => self.writers.begin_with("BEGIN IMMEDIATE").await?,
            Engine::MySql | Engine::Postgres => self.writers.begin().await?,
        };
        Ok(Tx { engine: self.engine, inner })
    }

    /// Something to hold as long as the program serves, where no other one serves the same embedded database. None where another
    /// one does, or on a server, where nobody knows.
    #[must_use]
    pub fn claim_alone(&self) -> Option<File> {
        let mut path = self.file.clone()?.into_os_string();
        path.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        Some(file)
    }

    /// Waits for connections in use and closes them; on the embedded database the log is merged into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

fn server_pool(engine: Engine) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(SERVER_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        move |conn, _| {
            Box::pin(async move {
                if engine == Engine::MySql {
                    // Each statement of a transaction sees what others have committed, as on the other servers.
                    conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                }
                Ok(())
            })
        },
    )
}

async fn one(reader: &mut Reader, text: &'static str) -> Result<String, StoreError> {
    Ok(reader.sql(text).fetch_one(reader.conn()).await?.try_get(0)?)
}

/// The host and the reason, never the password.
fn unreachable_database(url: &str, e: &sqlx::Error) -> OpenError {
    let host = url::Url::parse(url).ok().and_then(|u| {
        Some(format!(
            "{}:{}",
            u.host_str()?,
            u.port_or_known_default().map_or_else(|| "default port".to_owned(), |p| p.to_string())
        ))
    });
    OpenError(format!(
        "the database at {} cannot be reached: {e}; check DATABASE_URL and that the server runs",
        host.unwrap_or_else(|| "the given URL".to_owned())
    ))
}
