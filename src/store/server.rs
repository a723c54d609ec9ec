//! Connections to a database server, or to a cluster of servers: to the first that answers and accepts changes.
//!
//! With several hosts in the URL, a task asks the current host twice a second whether it still accepts changes, and lets the pool connect to
//! another one if it does not. A connection is tested whenever it is taken from the pool: one that leads to a host that is gone, or that only
//! reads since another was promoted, is closed and replaced.

use super::{Engine, OpenError};
use sqlx::{
    AnyConnection, AnyPool, Connection as _, Executor as _, Row as _,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use std::{str::FromStr as _, time::Duration};

/// Connections to a database server, per instance.
const CONNECTIONS: u32 = 16;
/// How long a host may take to accept a connection and to say that it accepts changes.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// The pause between two questions to the current host.
const PROBE_INTERVAL: Duration = Duration::from_millis(500);

/// A connection that was idle for so long is tested before it is used.
const TESTED_AFTER: Duration = Duration::from_secs(1);

/// A host of the URL.
struct Host {
    /// For messages: name and port, without user and password.
    name: String,
    options: AnyConnectOptions,
}

/// Connects to the server, or to the first host of a cluster that accepts changes. A caller waits at most `acquire_timeout` for a
/// connection.
///
/// # Errors
/// No host can be used. The error has the hosts and the reason of the first, never the password.
pub(super) async fn connect(engine: Engine, url: &str, acquire_timeout: Duration) -> Result<AnyPool, OpenError> {
    let hosts = hosts(url)?;
    let is_cluster = hosts.len() > 1;
    let options = pool_options(engine, acquire_timeout, is_cluster);
    if !is_cluster {
        return options.connect(url).await.map_err(|e| unreachable(&hosts, &e));
    }
    let (at, _) = find(engine, &hosts).await.map_err(|e| unreachable(&hosts, &e))?;
    let pool = options.connect_with(hosts[at].options.clone()).await.map_err(|e| unreachable(&hosts[at..=at], &e))?;
    tokio::spawn(follow(engine, pool.clone(), hosts, at));
    Ok(pool)
}

/// One connection, with the names of the hosts for messages.
///
/// # Errors
/// As [`connect`].
pub(super) async fn connect_once(engine: Engine, url: &str) -> Result<AnyConnection, OpenError> {
    let hosts = hosts(url)?;
    let connected = match hosts.as_slice() {
        [only] => AnyConnection::connect_with(&only.options).await,
        several => find(engine, several).await.map(|(_, conn)| conn),
    };
    connected.map_err(|e| unreachable(&hosts, &e))
}

/// The error for a host that failed after the connection.
pub(super) fn failed(url: &str, e: &sqlx::Error) -> OpenError {
    match hosts(url) {
        Ok(hosts) => unreachable(&hosts, e),
        Err(error) => error,
    }
}

/// The hosts of `scheme://user:password@one:1,two:2/database`, each with everything else of the URL.
fn hosts(url: &str) -> Result<Vec<Host>, OpenError> {
    let (before, authority, after) = parts(url);
    authority
        .split(',')
        .map(|host| {
            let url = format!("{before}{host}{after}");
            let options = AnyConnectOptions::from_str(&url)
                .map_err(|e| OpenError(format!("the database URL cannot be read at {host:?}: {e}")))?;
            Ok(Host { name: if host.is_empty() { "the default host".to_owned() } else { host.to_owned() }, options })
        })
        .collect()
}

/// The URL up to the hosts, the hosts, and the rest.
fn parts(url: &str) -> (&str, &str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    let hosts = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    (&url[..hosts], &url[hosts..end], &url[end..])
}

fn pool_options(engine: Engine, acquire_timeout: Duration, is_cluster: bool) -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(acquire_timeout).after_connect(
        move |conn, _| {
            Box::pin(async move {
                if engine == Engine::MySql {
                    // Each statement of a transaction sees commits of others, as on the other servers.
                    conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                    if is_galera(conn).await? {
                        // Reads see what another node acknowledged before: the next request may reach an instance there.
                        conn.execute("SET SESSION wsrep_sync_wait = 1").await?;
                    }
                }
                Ok(())
            })
        },
    );
    if !is_cluster {
        // One that served a moment ago is not tested: that would be a round trip for each transaction.
        return options.test_before_acquire(false).before_acquire(|conn, about| {
            Box::pin(async move {
                if about.idle_for >= TESTED_AFTER {
                    conn.ping().await?;
                }
                Ok(true)
            })
        });
    }
    options.test_before_acquire(false).before_acquire(move |conn, _| {
        // An error and `false` both close the connection. A host that was switched off does not answer at all.
        Box::pin(async move {
            Ok(matches!(tokio::time::timeout(PROBE_TIMEOUT, accepts_changes(engine, conn)).await, Ok(Ok(true))))
        })
    })
}

/// True on a node of a Galera cluster.
pub(super) async fn is_galera(conn: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let row = conn.fetch_optional("SHOW GLOBAL VARIABLES WHERE variable_name = 'wsrep_on' AND value = 'ON'").await?;
    Ok(row.is_some())
}

/// False on a standby, and on a server that was set to be read only. A Galera node that has left its cluster answers with an error.
async fn accepts_changes(engine: Engine, conn: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let question = match engine {
        Engine::Postgres => {
            "SELECT CASE WHEN pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' THEN 1 ELSE 0 END"
        }
        Engine::MySql => "SELECT CAST(@@global.read_only AS SIGNED)",
        Engine::Sqlite => return Ok(true),
    };
    let row = conn.fetch_one(question).await?;
    // An INTEGER of PostgreSQL, a BIGINT of MySQL.
    let is_read_only = row.try_get::<i64, _>(0).or_else(|_| row.try_get::<i32, _>(0).map(i64::from))?;
    Ok(is_read_only == 0)
}

/// A connection to this host, if it accepts changes.
async fn probe(engine: Engine, host: &Host) -> Result<AnyConnection, sqlx::Error> {
    let asking = async {
        let mut conn = AnyConnection::connect_with(&host.options).await?;
        if accepts_changes(engine, &mut conn).await? {
            return Ok(conn);
        }
        Err(sqlx::Error::Io(std::io::Error::other("it accepts no changes")))
    };
    tokio::time::timeout(PROBE_TIMEOUT, asking).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// The first host that accepts changes, and the error of the first host if none does.
async fn find(engine: Engine, hosts: &[Host]) -> Result<(usize, AnyConnection), sqlx::Error> {
    let mut first_error = None;
    for (at, host) in hosts.iter().enumerate() {
        match probe(engine, host).await {
            Ok(conn) => return Ok((at, conn)),
            Err(error) => {
                tracing::debug!(host = host.name, %error, "a database host cannot be used");
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or(sqlx::Error::PoolClosed))
}

/// Lets the pool connect to another host once the current one accepts no changes any more. Ends with the pool.
async fn follow(engine: Engine, pool: AnyPool, hosts: Vec<Host>, mut current: usize) {
    let mut conn = None;
    while !pool.is_closed() {
        tokio::time::sleep(PROBE_INTERVAL).await;
        if let Some(asked) = &mut conn
            && matches!(tokio::time::timeout(PROBE_TIMEOUT, accepts_changes(engine, asked)).await, Ok(Ok(true)))
        {
            continue;
        }
        // The current host is asked first: the connection may have been closed for another reason.
        conn = probe(engine, &hosts[current]).await.ok();
        if conn.is_some() {
            continue;
        }
        if let Ok((at, found)) = find(engine, &hosts).await {
            tracing::warn!(from = hosts[current].name, to = hosts[at].name, "another database host is used");
            pool.set_connect_options(hosts[at].options.clone());
            (current, conn) = (at, Some(found));
        }
    }
}

/// Contains the hosts and the reason, never the password.
fn unreachable(hosts: &[Host], e: &sqlx::Error) -> OpenError {
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    OpenError(format!(
        "the database at {} cannot be reached: {e}; check DATABASE_URL and that the server runs",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::{hosts, parts};

    fn urls(url: &str) -> Vec<String> {
        let (before, hosts, after) = parts(url);
        hosts.split(',').map(|host| format!("{before}{host}{after}")).collect()
    }

    #[test]
    fn each_host_has_the_rest_of_the_url() {
        let url = "postgres://weida:a,b%40@one:5432,two:5433/weida?sslmode=require";
        let expected =
            ["one:5432", "two:5433"].map(|host| format!("postgres://weida:a,b%40@{host}/weida?sslmode=require"));
        assert_eq!(urls(url), expected);
        assert_eq!(urls("mysql://[::1]:3306,db"), ["mysql://[::1]:3306", "mysql://db"]);
        assert_eq!(urls("postgres:///weida?host=/run"), ["postgres:///weida?host=/run"]);
    }

    #[test]
    fn no_password_is_in_a_message() {
        sqlx::any::install_default_drivers();
        let Err(error) = hosts("mysql://weida:secret@one:port,two/weida") else { panic!("the port is no number") };
        assert!(!error.0.contains("secret") && error.0.contains("one:port"), "{error}");
        let names: Vec<String> =
            hosts("mysql://weida:secret@one:1,two/weida").unwrap().into_iter().map(|host| host.name).collect();
        assert_eq!(names, ["one:1", "two"]);
    }
}
