//! A database of a test's own, made before and dropped after.

use sqlx::{AnyPool, AssertSqlSafe, Executor as _};
use tempfile::TempDir;
use weida::core::chance::{Chance as _, SystemChance};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
    Postgres,
}

pub struct Database {
    pub engine: Engine,
    pub url: String,
    /// Where the server is and what the database is called there.
    on_server: Option<(String, String)>,
    _folder: Option<TempDir>,
}

impl Database {
    /// None where the engine is not there and that is allowed.
    pub async fn open(engine: Engine) -> Option<Self> {
        sqlx::any::install_default_drivers();
        let variable = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("weida.db").display());
                return Some(Self { engine, url, on_server: None, _folder: Some(folder) });
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
        let name = format!("weida_test_{}", SystemChance.token().to_lowercase());
        let create = match engine {
            Engine::MariaDb => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
            _ => format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"),
        };
        run(&administrated(&server, engine), create).await;
        let url = format!("{}/{name}", server.trim_end_matches('/'));
        Some(Self { engine, url, on_server: Some((administrated(&server, engine), name)), _folder: None })
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

async fn run(url: &str, sql: String) {
    let pool = AnyPool::connect(url).await.unwrap();
    pool.execute(AssertSqlSafe(sql)).await.unwrap();
    pool.close().await;
}
