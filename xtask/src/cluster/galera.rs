//! Three MariaDB servers of a Galera cluster. Each accepts changes; of two changes of the same row the first to be certified wins, and the
//! other fails at its COMMIT with the error 1213.

use super::{Cluster, node::Node};
use crate::{
    apt,
    program::free_port,
    service,
    shell::{Failure, Result, find, quietly},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const USER: &str = "mysql";
const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";
/// How soon a silent node is left out. The defaults (5 s and 15 s) would hold every commit back for as long.
const EVICTION: &str =
    "evs.keepalive_period=PT0.3S;evs.suspect_timeout=PT1.5S;evs.inactive_check_period=PT0.3S;evs.inactive_timeout=PT3S";
const NODES: usize = 3;

pub struct Galera {
    server: PathBuf,
    nodes: Vec<Node>,
    /// The ports of each node's replication, of incremental and of full state transfers.
    ports: Vec<[u16; 3]>,
    killed: Option<usize>,
}

impl Galera {
    pub fn start(folder: &Path) -> Result<Self> {
        if service::server(&["mariadbd"]).is_none() || !Path::new(PROVIDER).exists() || find(&["rsync"], &[]).is_none()
        {
            apt::install(&["mariadb-server", "galera-4", "rsync"])?;
        }
        let server =
            service::server(&["mariadbd"]).ok_or_else(|| Failure::new("mariadb-server brought no mariadbd"))?;
        let nodes = (1..=NODES).map(|n| Node::new(folder, &format!("galera-{n}"), USER)).collect::<Result<Vec<_>>>()?;
        let ports = (0..NODES).map(|_| Ok([free_port()?, free_port()?, free_port()?])).collect::<Result<Vec<_>>>()?;
        let mut cluster = Self { server, nodes, ports, killed: None };
        for node in &cluster.nodes {
            let mut install = service::as_user(USER, Path::new("mariadb-install-db"));
            install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
            quietly(install.arg(format!("--datadir={}", node.data().display())))?;
        }
        cluster.start_node(0, &["--wsrep-new-cluster"])?;
        for at in 1..NODES {
            cluster.start_node(at, &[])?;
        }
        Ok(cluster)
    }

    fn command(&self, at: usize) -> Command {
        let (node, [port, ist, sst]) = (&self.nodes[at], self.ports[at]);
        let mut command = service::as_user(USER, &self.server);
        let data = node.data();
        command.args(["--no-defaults", "--bind-address=127.0.0.1", "--max-connections=300", "--binlog-format=ROW"]);
        command.args([
            "--default-storage-engine=InnoDB",
            "--innodb-autoinc-lock-mode=2",
            "--innodb-flush-log-at-trx-commit=1",
        ]);
        command.arg(format!("--port={}", node.port)).arg(format!("--datadir={}", data.display()));
        command.arg(format!("--socket={}", data.join("socket").display()));
        command.arg(format!("--pid-file={}", data.join("pid").display()));
        let all: Vec<String> = self.ports.iter().map(|[port, ..]| format!("127.0.0.1:{port}")).collect();
        command.args(["--wsrep-on=ON", "--wsrep-cluster-name=weida", "--wsrep-sst-method=rsync"]);
        command
            .arg(format!("--wsrep-provider={PROVIDER}"))
            .arg(format!("--wsrep-cluster-address=gcomm://{}", all.join(",")));
        command.arg(format!("--wsrep-node-name={}", node.name)).arg("--wsrep-node-address=127.0.0.1");
        command.arg(format!("--wsrep-sst-receive-address=127.0.0.1:{sst}"));
        command.arg(format!(
            "--wsrep-provider-options=base_host=127.0.0.1;base_port={port};gmcast.listen_addr=tcp://127.0.0.1:{port};\
             ist.recv_addr=127.0.0.1:{ist};{EVICTION}"
        ));
        command
    }

    fn start_node(&mut self, at: usize, more: &[&str]) -> Result {
        let mut command = self.command(at);
        self.nodes[at].start(command.args(more))?;
        let port = self.nodes[at].port;
        self.nodes[at].wait("synchronized", || {
            ask(port, "", "SHOW GLOBAL STATUS LIKE 'wsrep_local_state_comment'")
                .is_ok_and(|state| state.contains("Synced"))
        })
    }

    /// The position up to which a killed node has applied changes: with it, it receives the missing ones only.
    fn recovered_position(&self, at: usize) -> Result<Option<String>> {
        let log = self.nodes[at].data().join("recovery.log");
        let mut command = self.command(at);
        quietly(command.arg("--wsrep-recover").arg(format!("--log-error={}", log.display())))?;
        let log = fs::read(&log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        Ok(log.lines().rev().find_map(|line| Some(line.split_once("Recovered position:")?.1.trim().to_owned())))
    }

    fn alive(&self) -> Result<&Node> {
        self.nodes.iter().find(|node| node.is_running()).ok_or_else(|| Failure::new("no node runs"))
    }
}

impl Cluster for Galera {
    fn name(&self) -> &'static str {
        "MariaDB Galera, three nodes"
    }

    fn variable(&self) -> &'static str {
        "WEIDA_TEST_MYSQL"
    }

    /// Each instance prefers another node.
    fn server_url(&self, instance: usize) -> String {
        let hosts: Vec<String> =
            (0..NODES).map(|n| format!("127.0.0.1:{}", self.nodes[(n + instance) % NODES].port)).collect();
        format!("mysql://root@{}", hosts.join(","))
    }

    fn create_database(&self, name: &str) -> Result {
        let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        ask(self.alive()?.port, "", &sql).map(drop)
    }

    fn query(&self, database: &str, sql: &str) -> Result<String> {
        ask(self.alive()?.port, database, &format!("SET SESSION wsrep_sync_wait = 15; {sql}"))
    }

    fn kill(&mut self, round: usize) -> Result<String> {
        let at = round % NODES;
        self.nodes[at].kill();
        self.killed = Some(at);
        Ok(self.nodes[at].name.clone())
    }

    /// The two that are left are the majority and go on.
    fn take_over(&mut self) -> Result {
        Ok(())
    }

    fn rejoin(&mut self) -> Result {
        let Some(at) = self.killed.take() else { return Ok(()) };
        let position = self.recovered_position(at)?.map(|position| format!("--wsrep-start-position={position}"));
        let more: Vec<&str> = position.as_deref().into_iter().collect();
        self.start_node(at, &more)
    }
}

fn ask(port: u16, database: &str, sql: &str) -> Result<String> {
    let mut client = Command::new("mariadb");
    client.args([
        "--no-defaults",
        "--protocol=tcp",
        "-h",
        "127.0.0.1",
        "-u",
        "root",
        "--connect-timeout=2",
        "-N",
        "-B",
    ]);
    client.args(["-P", &port.to_string(), "-e", sql]).args((!database.is_empty()).then_some(database));
    service::output(&mut client)
}
