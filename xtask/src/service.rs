//! The database servers that the integration tests run on besides SQLite.
//!
//! If a server's programs are installed, a private server is started with its own port and directory, and removed at the end. Its data
//! are in memory if there is enough, because every test creates and drops a database, which is slow on a disk. Otherwise a server is
//! used that answers at its usual port to its usual superuser without a password; otherwise one is installed. The servers of this
//! machine are never changed.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    apt,
    shell::{Context, Failure, Result, find, is_ci, is_root, quietly, skip, step, succeeds},
    temp_dir::TempDir,
};

/// The database servers of the tests, running until this is dropped.
pub struct Engines(Vec<(&'static Engine, String, Option<Private>)>);

impl Engines {
    /// Provides PostgreSQL and MariaDB. A missing one is skipped with a line that says why; in continuous integration this is a
    /// failure.
    pub fn ensure() -> Result<Self> {
        let mut engines = Vec::new();
        for engine in [&POSTGRES, &MARIADB] {
            match engine.ensure() {
                Ok((url, private)) => engines.push((engine, url, private)),
                Err(failure) if is_ci() => return Err(failure),
                Err(failure) => skip(engine.name, &format!("left out\n{failure}")),
            }
        }
        Ok(Self(engines))
    }

    /// One engine, whose server runs already.
    pub fn only(variable: &str, url: &str) -> Self {
        let engine = [&POSTGRES, &MARIADB].into_iter().filter(|engine| engine.variable == variable);
        Self(engine.map(|engine| (engine, url.to_owned(), None)).collect())
    }

    /// The environment variables with the engines' addresses. The tests create their own databases there.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(engine, url, _)| (engine.variable, url.as_str()))
    }
}

struct Engine {
    name: &'static str,
    /// The environment variable of its address, which may also be set by hand.
    variable: &'static str,
    scheme: &'static str,
    port: u16,
    package: &'static str,
    /// The operating system's user that a private server runs as when we are root.
    user: &'static str,
    servers: &'static [&'static str],
    answers: fn(u16) -> bool,
    prepare: fn(&Private) -> Command,
    serve: fn(&Private) -> Command,
}

static POSTGRES: Engine = Engine {
    name: "PostgreSQL",
    variable: "WEIDA_TEST_POSTGRES",
    scheme: "postgres://postgres",
    port: 5432,
    package: "postgresql",
    user: "postgres",
    servers: &["postgres"],
    answers: |port| {
        let port = port.to_string();
        let psql = ["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-w", "-c", "select 1", "postgres"];
        succeeds(Command::new("psql").args(psql))
    },
    prepare: |private| {
        let mut initdb = private.command(&private.server.with_file_name("initdb"));
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        initdb.arg(private.data());
        initdb
    },
    serve: |private| {
        let mut postgres = private.command(&private.server);
        let port = private.port.to_string();
        // The data are temporary, so nothing needs to be flushed to the disk.
        postgres.args(["-F", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-p", &port]);
        postgres.arg("-D").arg(private.data()).arg("-k").arg(private.data());
        postgres
    },
};

static MARIADB: Engine = Engine {
    name: "MariaDB",
    variable: "WEIDA_TEST_MYSQL",
    scheme: "mysql://root",
    port: 3306,
    package: "mariadb-server",
    user: "mysql",
    servers: &["mariadbd"],
    answers: |port| {
        let port = port.to_string();
        let client =
            ["--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", &port, "-u", "root", "-e", "select 1"];
        succeeds(Command::new("mariadb").args(client))
    },
    prepare: |private| {
        let mut install = private.command(Path::new("mariadb-install-db"));
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        install.arg(format!("--datadir={}", private.data().display()));
        install
    },
    serve: |private| {
        let mut mariadbd = private.command(&private.server);
        let data = private.data();
        mariadbd.args(["--no-defaults", "--bind-address=127.0.0.1", "--max-connections=300"]);
        mariadbd.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--skip-log-bin"]);
        mariadbd.arg(format!("--port={}", private.port)).arg(format!("--datadir={}", data.display()));
        mariadbd.arg(format!("--socket={}", data.join("socket").display()));
        mariadbd.arg(format!("--pid-file={}", data.join("pid").display()));
        mariadbd
    },
};

impl Engine {
    fn ensure(&'static self) -> Result<(String, Option<Private>)> {
        if let Ok(url) = env::var(self.variable) {
            skip(self.name, &format!("{} says {url}", self.variable));
            return Ok((url, None));
        }
        if self.server().is_none() {
            if (self.answers)(self.port) {
                skip(self.name, &format!("answers at 127.0.0.1:{}", self.port));
                return Ok((self.url(self.port), None));
            }
            apt::install(&[self.package])?;
        }
        let missing = || Failure::new(format!("{} brought no {}", self.package, self.servers[0]));
        let server = self.server().ok_or_else(missing)?;
        let private = step(&format!("a private {}", self.name), || Private::start(self, server))?;
        Ok((self.url(private.port), Some(private)))
    }

    fn url(&self, port: u16) -> String {
        format!("{}@127.0.0.1:{port}/", self.scheme)
    }

    fn server(&self) -> Option<PathBuf> {
        server(self.servers)
    }
}

/// The program of a database server. Debian has PostgreSQL's outside of PATH, one directory per version.
pub fn server(names: &[&str]) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    folders.push("/usr/sbin".into());
    folders.push("/usr/local/sbin".into());
    find(names, &folders)
}

/// Creates the directory `data` below `folder`, owned by a server's user, who may enter `folder`.
pub fn make_data_folder(folder: &Path, user: &str) -> Result {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).context(folder.display())?;
    let mut install = Command::new("install");
    if is_root() {
        install.args(["-o", user]);
    }
    quietly(install.args(["-d", "-m", "700"]).arg(folder.join("data"))).map(drop)
}

/// A command as a server's user (a database refuses to run as root) that ends when this process ends.
pub fn as_user(user: &str, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if is_root() {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.arg("--").arg(program).current_dir("/");
    command
}

/// The output of a database client; its error messages are in the failure only.
pub fn output(client: &mut Command) -> Result<String> {
    let output = client.stdin(Stdio::null()).output().context("a database client")?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// A private server in a temporary directory.
struct Private {
    user: &'static str,
    server: PathBuf,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Private {
    fn start(engine: &Engine, server: PathBuf) -> Result<Self> {
        let folder = TempDir::new(engine.user)?;
        let mut private = Self { user: engine.user, server, folder, port: free_port()?, child: None };
        make_data_folder(private.folder.path(), engine.user)?;
        quietly(&mut (engine.prepare)(&private))?;
        let log = private.folder.path().join("log");
        let output = fs::File::create(&log).context(log.display())?;
        let errors = output.try_clone().context(log.display())?;
        let mut serve = (engine.serve)(&private);
        private.child = Some(serve.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().context(engine.name)?);
        if private.wait_until(|port| (engine.answers)(port)) {
            return Ok(private);
        }
        let log = fs::read_to_string(&log).unwrap_or_default();
        let last = log.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
        Err(Failure::new(format!("a private {} does not answer: {last}", engine.name))
            .fix(format!("start one and set {}", engine.variable)))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &Path) -> Command {
        as_user(self.user, program)
    }

    fn wait_until(&mut self, answers: impl Fn(u16) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(1) {
            if answers(self.port) {
                return true;
            }
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended {
                return false;
            }
            thread::sleep(Duration::from_millis(100));
        }
        false
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // SIGQUIT and not SIGKILL: PostgreSQL must end its children and free shared memory.
            succeeds(Command::new("kill").args(["-QUIT", &child.id().to_string()]));
            child.wait().ok();
        }
    }
}

/// A free port.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("a free port")?;
    Ok(listener.local_addr().context("a free port")?.port())
}
