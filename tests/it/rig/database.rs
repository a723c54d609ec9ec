//! One database for each test, created before it and dropped after it.

use sqlx::{AnyPool, AssertSqlSafe, Executor as _, Row as _};
use std::fmt::Write as _;
use tempfile::TempDir;
use weida::base::rng::{Rng as _, SystemRng};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
    Postgres,
}

/// A column of the schema. `length` is the most characters of a text.
#[derive(Debug, Clone)]
pub struct Column {
    pub table: String,
    pub name: String,
    pub is_text: bool,
    pub length: usize,
}

pub struct Database {
    pub engine: Engine,
    /// With all hosts of a cluster.
    pub url: String,
    /// The server's URL and the database's name on it.
    on_server: Option<(String, String)>,
    folder: Option<TempDir>,
}

impl Database {
    /// Creates a database. Returns `None` if the engine is not configured and this is allowed.
    pub async fn open(engine: Engine) -> Option<Self> {
        sqlx::any::install_default_drivers();
        let variable = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("weida.db").display());
                return Some(Self { engine, url, on_server: None, folder: Some(folder) });
            }
            Engine::MariaDb => "WEIDA_TEST_MYSQL",
            Engine::Postgres => "WEIDA_TEST_POSTGRES",
        };
        let Ok(server) = std::env::var(variable) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "{variable} is not set: continuous integration needs every engine"
            );
            eprintln!("skipped: {variable} is not set (cargo xtask test sets it)");
            return None;
        };
        let name = format!("weida_test_{}", SystemRng.token().to_lowercase());
        let create = match engine {
            Engine::MariaDb => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
            _ => format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"),
        };
        run(&administrated(&server, engine), create).await;
        let url = format!("{}/{name}", server.trim_end_matches('/'));
        Some(Self { engine, url, on_server: Some((administrated(&server, engine), name)), folder: None })
    }

    /// The same database by the next host of its cluster; by the only one where there is no cluster. Close the first one.
    pub fn on_next_node(&self) -> Self {
        let (before, hosts, after) = parts(&self.url);
        let mut hosts: Vec<&str> = hosts.split(',').collect();
        hosts.rotate_left(1);
        let url = format!("{before}{}{after}", hosts.join(","));
        Self { engine: self.engine, url, on_server: None, folder: None }
    }

    /// The address of the server, of the first one of a cluster; `None` for a file.
    pub fn address(&self) -> Option<String> {
        let host = parts(&self.url).1.split(',').next().filter(|host| !host.is_empty())?;
        let port = if self.engine == Engine::Postgres { 5432 } else { 3306 };
        Some(if host.contains(':') { host.to_owned() } else { format!("{host}:{port}") })
    }

    /// The URL of this database by other hosts, which lead to its server.
    pub fn url_by(&self, hosts: &[String]) -> String {
        let (before, _, after) = parts(&self.url);
        format!("{before}{}{after}", hosts.join(","))
    }

    /// True if the server's URL names several hosts.
    pub fn is_cluster(&self) -> bool {
        parts(&self.url).1.contains(',')
    }

    /// A pool of the driver itself, which knows one host only.
    async fn pool(&self) -> AnyPool {
        AnyPool::connect(&first_host(&self.url)).await.unwrap()
    }

    /// The columns of all tables.
    async fn all_columns(&self, pool: &AnyPool) -> Vec<Column> {
        let columns = match self.engine {
            Engine::Sqlite => {
                "SELECT m.name, p.name, p.type, -1 FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
            }
            Engine::MariaDb => {
                "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR), CAST(data_type AS CHAR), \
                 CAST(COALESCE(character_maximum_length, 0) AS SIGNED) FROM information_schema.columns WHERE table_schema = DATABASE()"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), \
                 CAST(COALESCE(character_maximum_length, 0) AS BIGINT) FROM information_schema.columns WHERE table_schema = 'public'"
            }
        };
        let rows = sqlx::query(columns).fetch_all(pool).await.unwrap();
        rows.iter()
            .map(|row| {
                let kind: String = row.get::<String, _>(2).to_lowercase();
                // SQLite gives the length with the type: VARCHAR(64).
                let in_kind = kind.split(['(', ')']).nth(1).and_then(|length| length.parse().ok());
                let length = in_kind.unwrap_or(row.get::<i64, _>(3)).max(0);
                let is_text = kind.contains("char");
                Column { table: row.get(0), name: row.get(1), is_text, length: usize::try_from(length).unwrap() }
            })
            .collect()
    }

    /// The columns of all tables.
    pub async fn schema(&self) -> Vec<Column> {
        let pool = self.pool().await;
        let all = self.all_columns(&pool).await;
        pool.close().await;
        all
    }

    /// The same for a statement that may fail.
    pub async fn try_run(&self, sql: String) -> Result<(), sqlx::Error> {
        let pool = self.pool().await;
        let done = pool.execute(AssertSqlSafe(sql)).await.map(|_| ());
        pool.close().await;
        done
    }

    /// The columns of a table.
    pub async fn columns(&self, table: &str) -> Vec<String> {
        self.schema().await.into_iter().filter(|column| column.table == table).map(|column| column.name).collect()
    }

    /// Runs a statement of a test, with its values in it.
    pub async fn run(&self, sql: String) {
        run(&self.url, sql).await;
    }

    /// Everything that the database holds, as text: the cells of all tables, and the bytes of an embedded database's files.
    pub async fn dump(&self) -> String {
        let pool = self.pool().await;
        let mut text = String::new();
        for Column { table, name: column, .. } in self.all_columns(&pool).await {
            if table.starts_with("_sqlx") {
                continue;
            }
            let kind = if self.engine == Engine::MariaDb { "CHAR" } else { "TEXT" };
            let cells = format!("SELECT CAST({column} AS {kind}) FROM {table} WHERE {column} IS NOT NULL");
            for cell in sqlx::query(AssertSqlSafe(cells)).fetch_all(&pool).await.unwrap() {
                writeln!(text, "{table}.{column}={}", cell.get::<String, _>(0)).unwrap();
            }
        }
        pool.close().await;
        for end in ["", "-wal"] {
            let path = format!("{}{end}", self.url.trim_start_matches("sqlite://"));
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()));
        }
        text
    }

    /// The folder of an embedded database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    pub async fn close(self) {
        if let Some((server, name)) = self.on_server {
            let force = if self.engine == Engine::Postgres { " WITH (FORCE)" } else { "" };
            run(&server, format!("DROP DATABASE {name}{force}")).await;
        }
    }
}

fn administrated(server: &str, engine: Engine) -> String {
    let database = if engine == Engine::Postgres { "postgres" } else { "mysql" };
    format!("{}/{database}", server.trim_end_matches('/'))
}

/// The URL up to the hosts, the hosts, and the rest. That of a file has no hosts.
fn parts(url: &str) -> (&str, &str, &str) {
    let Some(start) = url.find('@').map(|at| at + 1) else { return (url, "", "") };
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    (&url[..start], &url[start..end], &url[end..])
}

/// The URL with the first of its hosts only.
fn first_host(url: &str) -> String {
    let (before, hosts, after) = parts(url);
    format!("{before}{}{after}", hosts.split(',').next().unwrap_or_default())
}

async fn run(url: &str, sql: String) {
    let pool = AnyPool::connect(&first_host(url)).await.unwrap();
    pool.execute(AssertSqlSafe(sql)).await.unwrap();
    pool.close().await;
}
