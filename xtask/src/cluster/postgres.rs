//! A PostgreSQL primary and a standby that receives its changes. A commit is acknowledged once the standby has it on its disk, so the
//! standby can be promoted without a loss.

use super::{Cluster, node::Node};
use crate::{
    apt, service,
    shell::{Context, Failure, Result, quietly},
};
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

const USER: &str = "postgres";
/// How long an operator or a tool takes to notice that the primary is gone, before it promotes the standby.
const NOTICE: Duration = Duration::from_secs(1);
/// Settings of a server that `pg_basebackup` copies and a promotion must not.
const SYNCHRONOUS: &str = "ALTER SYSTEM SET synchronous_standby_names = '*'";
const ALONE: &str = "\nsynchronous_standby_names = ''\n";

pub struct Postgres {
    /// The folder of the programs.
    programs: PathBuf,
    nodes: [Node; 2],
    primary: usize,
}

impl Postgres {
    pub fn start(folder: &Path) -> Result<Self> {
        if service::server(&["postgres"]).is_none() {
            apt::install(&["postgresql"])?;
        }
        let server = service::server(&["postgres"]).ok_or_else(|| Failure::new("postgresql brought no server"))?;
        let programs = fs::canonicalize(&server).context(server.display())?;
        let programs = programs.parent().map(Path::to_owned).ok_or_else(|| Failure::new("postgres has no folder"))?;
        let nodes = [Node::new(folder, "postgres-1", USER)?, Node::new(folder, "postgres-2", USER)?];
        let mut cluster = Self { programs, nodes, primary: 0 };
        let mut initdb = service::as_user(USER, &cluster.programs.join("initdb"));
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D"]).arg(cluster.nodes[0].data());
        quietly(&mut initdb)?;
        cluster.start_node(0)?;
        cluster.add_standby(1)?;
        Ok(cluster)
    }

    fn start_node(&mut self, at: usize) -> Result {
        let node = &mut self.nodes[at];
        let mut postgres = service::as_user(USER, &self.programs.join("postgres"));
        let port = node.port.to_string();
        postgres.args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=300",
            "-c",
            "wal_level=replica",
            "-p",
            &port,
        ]);
        postgres.args(["-c", "hot_standby=on", "-c", "synchronous_commit=on", "-c", "wal_receiver_timeout=2s"]);
        postgres.arg("-D").arg(node.data()).arg("-k").arg(node.data());
        node.start(&mut postgres)?;
        let port = node.port;
        node.wait("ready", || ask(port, "postgres", "SELECT 1").is_ok())
    }

    /// Makes an empty node a standby of the primary, and commits wait for it from then on.
    fn add_standby(&mut self, at: usize) -> Result {
        self.nodes[at].empty()?;
        let (primary, data) = (self.nodes[self.primary].port, self.nodes[at].data());
        let mut backup = service::as_user(USER, &self.programs.join("pg_basebackup"));
        backup.args([
            "-h",
            "127.0.0.1",
            "-p",
            &primary.to_string(),
            "-U",
            "postgres",
            "-w",
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-D",
        ]);
        quietly(backup.arg(&data))?;
        // The last line counts.
        let settings = data.join("postgresql.auto.conf");
        let mut file = File::options().append(true).open(&settings).context(settings.display())?;
        file.write_all(ALONE.as_bytes()).context(settings.display())?;
        self.start_node(at)?;
        ask(primary, "postgres", SYNCHRONOUS)?;
        ask(primary, "postgres", "SELECT pg_reload_conf()")?;
        self.nodes[at].wait("a synchronous standby", || {
            ask(primary, "postgres", "SELECT sync_state FROM pg_stat_replication")
                .is_ok_and(|state| state.trim() == "sync")
        })
    }
}

impl Cluster for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL, a primary and a standby"
    }

    fn variable(&self) -> &'static str {
        "WEIDA_TEST_POSTGRES"
    }

    /// Each instance asks another node first; only the primary accepts changes.
    fn server_url(&self, instance: usize) -> String {
        let hosts = [0, 1].map(|n| format!("127.0.0.1:{}", self.nodes[(n + instance) % 2].port));
        format!("postgres://postgres@{}", hosts.join(","))
    }

    fn create_database(&self, name: &str) -> Result {
        let sql = format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0");
        ask(self.nodes[self.primary].port, "postgres", &sql).map(drop)
    }

    fn query(&self, database: &str, sql: &str) -> Result<String> {
        ask(self.nodes[self.primary].port, database, sql)
    }

    fn kill(&mut self, _round: usize) -> Result<String> {
        let primary = &mut self.nodes[self.primary];
        primary.kill();
        Ok(format!("{} (primary)", primary.name))
    }

    fn take_over(&mut self) -> Result {
        thread::sleep(NOTICE);
        self.primary = 1 - self.primary;
        ask(self.nodes[self.primary].port, "postgres", "SELECT pg_promote()").map(drop)
    }

    /// The former primary comes back as a standby of the new one.
    fn rejoin(&mut self) -> Result {
        self.add_standby(1 - self.primary)
    }
}

fn ask(port: u16, database: &str, sql: &str) -> Result<String> {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres", "-w", "-A", "-t", "-F", "\t", "-q"]);
    psql.env("PGCONNECT_TIMEOUT", "2");
    service::output(psql.args(["-v", "ON_ERROR_STOP=1", "-c", sql, database]))
}
