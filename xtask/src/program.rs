//! The program as it is measured or killed: its settings, its rules, and one run of it.

use crate::{
    build::{self, Profile},
    shell::{Context, Failure, Result, quietly, run, step},
};
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The token that signs pushes, known to the tool `load`.
pub const TOKEN: &str = "loadTok3n";
pub const AES_KEY: &str = "cPpFMlYSZgCB6BZzT55xuJCnrL9FUVufBUgOgtXLGZi";
/// The answer of the rule for new followers, known to `load`.
const WELCOME: &str = "欢迎关注";
/// Credits of a new follower: enough for any run.
const WELCOME_CREDITS: u64 = 1_000_000;
/// Encrypts the keys that a database server holds.
const SECRET_KEY: &str = "a-secret-key-of-benchmarks-and-crash-tests";
/// Settings that the caller's shell may have and that must not reach the program.
const FOREIGN: [&str; 9] = ["WEIDA_", "WECHAT_", "WX_", "LEPTOS_", "JWT_", "ILINK_", "TOKEN_", "MYSQL_", "DATABASE_"];

/// A free port. Another process may take it before it is used; the ports of a run are asked for at its beginning.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).context("a free port")?.port())
}

/// The release build: a given one, or that of this tree after it was built.
pub fn release(given: Option<&str>) -> Result<PathBuf> {
    let program = if let Some(path) = given {
        PathBuf::from(path)
    } else {
        build::release()?;
        Profile::Release.program()
    };
    fs::canonicalize(&program).context(program.display())
}

/// The folder of the site that belongs to a program: `target/site` beside `target/release/weida`.
pub fn site(program: &Path) -> Option<PathBuf> {
    let site = program.parent()?.parent()?.join("site");
    site.is_dir().then_some(site)
}

/// The tool that sends requests, compiled with optimisation.
pub fn load_tool() -> Result<PathBuf> {
    step("the tool load", || {
        run(crate::shell::brief(crate::shell::cargo().args(["build", "--release", "--package", "load"])))
    })?;
    let tool = Profile::Release.program().with_file_name("load");
    fs::canonicalize(&tool).context(tool.display())
}

/// How the program is started. Starting it again continues with the same database, at the same port.
#[derive(Debug, Clone)]
pub struct Setup {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub port: u16,
    /// `DATABASE_URL`; `None` is a SQLite file in the folder.
    pub database: Option<String>,
    /// True for the safe mode, with [`AES_KEY`].
    pub is_encrypted: bool,
    /// The port of `load platform`; 0: calls of the platform fail.
    pub platform: u16,
}

impl Setup {
    /// The settings of an instance on SQLite in plain mode, with a folder of its own below `parent`.
    pub fn new(program: &Path, parent: &Path, name: &str) -> Result<Self> {
        let folder = parent.join(name);
        fs::create_dir_all(&folder).context(folder.display())?;
        let setup = Self {
            program: program.to_owned(),
            folder,
            port: free_port()?,
            database: None,
            is_encrypted: false,
            platform: 0,
        };
        // A few users do the work of many.
        let settings = format!(
            "[signin]\nwelcome-credits = {WELCOME_CREDITS}\n[limits]\nrequests-per-second = 100000\n[quota.normal.image_edit]\n"
        );
        fs::write(setup.config(), settings).context(setup.config().display())?;
        Ok(setup)
    }

    fn config(&self) -> PathBuf {
        self.folder.join("Leptos.toml")
    }

    /// The embedded database's file.
    pub fn database_file(&self) -> PathBuf {
        self.folder.join("weida.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in env::vars_os() {
            if FOREIGN.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.arg("--config").arg(self.config()).args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        let sqlite = || format!("sqlite://{}", self.database_file().display());
        command.env("DATABASE_URL", self.database.clone().unwrap_or_else(sqlite));
        command.env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{}", self.port)).env("RUST_LOG", "warn");
        command.env("WECHAT_APPID", "wx0123456789abcdef").env("WECHAT_SECRET", "stand-in").env("WECHAT_TOKEN", TOKEN);
        command.env("WEIDA_SECRET_KEY", SECRET_KEY);
        let platform = format!("http://127.0.0.1:{}", if self.platform == 0 { 9 } else { self.platform });
        command.env("WECHAT_API_BASE", &platform).env("WECHAT_MP_BASE", &platform);
        if self.is_encrypted {
            command.env("WECHAT_AES_KEY", AES_KEY);
        }
        if let Some(site) = site(&self.program) {
            command.env("LEPTOS_SITE_ROOT", site);
        }
        command
    }

    /// Imports rules for `关键词0` …, and one for new followers.
    pub fn import_rules(&self, count: usize) -> Result {
        let file = self.folder.join("rules.csv");
        let mut rules = format!("触发,关键词,回复\n被关注,,{WELCOME}\n");
        for n in 0..count {
            let _ = writeln!(rules, "关键词,关键词{n},[回复 {n}]");
        }
        fs::write(&file, rules).context(file.display())?;
        quietly(self.command(&["rules", "import"]).arg(&file)).map(drop)
    }

    /// Creates an admin and returns the password.
    pub fn create_admin(&self, username: &str) -> Result<String> {
        let output = quietly(&mut self.command(&["admin", "create", username]))?;
        let password = output.lines().find_map(|line| Some(line.split_once("password: ")?.1.trim().to_owned()));
        password.ok_or_else(|| Failure::new(format!("no password in {output:?}")))
    }

    /// Starts the program and waits until it listens.
    pub fn start(&self) -> Result<Running> {
        let begun = Instant::now();
        let log = self.folder.join("log");
        let errors = fs::File::options().create(true).append(true).open(&log).context(log.display())?;
        let child = self.command(&[]).stdout(Stdio::piped()).stderr(errors).spawn().context("the program")?;
        let mut running = Running { child, start_up: Duration::ZERO };
        let output = running.child.stdout.take().ok_or_else(|| Failure::new("the program has no output"))?;
        let mut lines = BufReader::new(output).lines().map_while(std::result::Result::ok);
        let address = format!("127.0.0.1:{}", self.port);
        if !lines.any(|line| line.contains(&address)) {
            return Err(Failure::new("the program ended before it served").fix(format!("read {}", log.display())));
        }
        running.start_up = begun.elapsed();
        // A full pipe would block the program.
        thread::spawn(move || lines.for_each(drop));
        Ok(running)
    }
}

/// A running program; killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// From its start until it listened.
    pub start_up: Duration,
}

impl Running {
    /// The resident memory in MiB; 0 without `/proc`.
    pub fn resident_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    /// The processor time so far in seconds; 0 without `/proc`.
    pub fn cpu_seconds(&self) -> f64 {
        /// The kernel's clock ticks a second, the same on all common systems.
        const TICKS: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ');
        fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
    }
}

impl Drop for Running {
    /// SIGKILL: whatever was acknowledged must survive this.
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
