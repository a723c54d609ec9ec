//! `weida backup FILE`, `weida restore FILE`

use crate::{
    base::clock::{Clock as _, SystemClock},
    config::Checked,
    core::{
        backup::{self, Failure, Target},
        secret_key::Source,
    },
    store::{Engine, file_of},
};
use secrecy::ExposeSecret as _;
use std::path::{Path, PathBuf};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// `weida backup`. A signal ends it without leaving a file.
pub async fn create(settings: &Checked, file: &Path) -> Result<(), Failure> {
    let database = embedded(settings, |server| server.dump(file))?;
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return Err(Failure::Now("signals cannot be received".to_owned()));
    };
    let made = tokio::select! {
        made = backup::create(&database, file, SystemClock.now_ms()) => made?,
        _ = interrupt.recv() => return Err(Failure::Now("interrupted: no backup was made".to_owned())),
        _ = terminate.recv() => return Err(Failure::Now("interrupted: no backup was made".to_owned())),
    };
    let key = made.manifest.secret_key_fingerprint.as_deref().unwrap_or("-");
    println!("备份完成，已校验 Backup made and checked: {} ({} bytes)", file.display(), made.bytes);
    println!(
        "备份不含密钥，请另行保存 The secret key is not in it, keep a copy elsewhere: {}",
        Source::of(settings).name()
    );
    println!("密钥指纹 Fingerprint of the key: {key}");
    if let Some(why) = made.unrecorded {
        eprintln!("weida: weida doctor will not know of this backup: {why}");
    }
    Ok(())
}

/// `weida restore`.
pub async fn restore(settings: &Checked, file: &Path) -> Result<(), Failure> {
    let database = embedded(settings, |server| server.restore(file))?;
    let source = Source::of(settings);
    let fingerprints = source.fingerprints().map_err(Failure::Now)?;
    let target = Target { database: &database, key_fingerprints: &fingerprints, key_name: &source.name() };
    let restored = backup::restore(file, &target, SystemClock.now_ms()).await?;
    println!("已恢复备份 Restored the backup of {}: {}", restored.manifest.made_at, database.display());
    if let Some(former) = restored.former {
        println!("原数据库保留在 The database of before is kept: {}", former.display());
    }
    println!("现在可以启动 Weida can be started now.");
    Ok(())
}

/// The embedded database's file; with a server, the failure that names the command of its own tools.
fn embedded(settings: &Checked, instead: impl FnOnce(&Server) -> String) -> Result<PathBuf, Failure> {
    let url = settings.database_url.expose_secret();
    if let Some(file) = file_of(url) {
        return Ok(file);
    }
    let server = Server::of(url).ok_or_else(|| Failure::File("DATABASE_URL is not a URL".to_owned()))?;
    Err(Failure::File(format!(
        "the database is on a server, use its own tools (they ask for the password): {}",
        instead(&server)
    )))
}

/// Where a database server is; without the password.
struct Server {
    engine: Engine,
    host: String,
    port: u16,
    user: String,
    database: String,
}

impl Server {
    fn of(url: &str) -> Option<Self> {
        let (engine, url) = (Engine::of(url).ok()?, Url::parse(url).ok()?);
        let port = if engine == Engine::Postgres { 5432 } else { 3306 };
        Some(Self {
            engine,
            host: url.host_str()?.to_owned(),
            port: url.port().unwrap_or(port),
            user: url.username().to_owned(),
            database: url.path().trim_start_matches('/').to_owned(),
        })
    }

    fn options(&self) -> String {
        let Self { host, port, user, .. } = self;
        format!("--host={} --port={port} --user{}={}", quoted(host), self.name_end(), quoted(user))
    }

    /// PostgreSQL's option is `--username`, MariaDB's `--user`.
    fn name_end(&self) -> &'static str {
        if self.engine == Engine::Postgres { "name" } else { "" }
    }

    fn dump(&self, file: &Path) -> String {
        let (options, database, file) = (self.options(), quoted(&self.database), quoted(&file.to_string_lossy()));
        match self.engine {
            Engine::Postgres => format!("pg_dump --format=custom --no-owner {options} --file={file} {database}"),
            _ => format!(
                "mariadb-dump --single-transaction --quick {options} --password --result-file={file} {database}"
            ),
        }
    }

    fn restore(&self, file: &Path) -> String {
        let (options, database, file) = (self.options(), quoted(&self.database), quoted(&file.to_string_lossy()));
        match self.engine {
            Engine::Postgres => {
                format!(
                    "pg_restore --clean --if-exists --single-transaction --no-owner {options} --dbname={database} {file}"
                )
            }
            _ => format!("mariadb {options} --password {database} < {file}"),
        }
    }
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_with_its_own_tools_and_without_its_password() {
        let file = Path::new("/backups/it's.dump");
        let postgres = Server::of("postgres://weida:canary@db.example/weida?sslmode=require").unwrap();
        assert_eq!(
            postgres.dump(file),
            r"pg_dump --format=custom --no-owner --host=db.example --port=5432 --username=weida --file='/backups/it'\''s.dump' weida"
        );
        let mysql = Server::of("mysql://weida:canary@10.0.0.5:3307/weida").unwrap();
        assert_eq!(
            mysql.restore(Path::new("weida.sql")),
            "mariadb --host=10.0.0.5 --port=3307 --user=weida --password weida < weida.sql"
        );
        for line in [postgres.restore(file), mysql.dump(file)] {
            assert!(!line.contains("canary"), "{line}");
        }
    }
}
