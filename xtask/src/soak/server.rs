//! The program under load, with a limit of descriptors (soft and hard) and a temporary database.

use super::wire;
use crate::{
    build::Profile,
    shell::{Context, Failure, Result},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The path of another program than this worktree's release build.
pub const PROGRAM: &str = "WEIDA_SOAK_PROGRAM";
/// The seed of an earlier run.
pub const SEED: &str = "WEIDA_SOAK_SEED";
pub const TOKEN: &str = "floodTok3n";
/// The descriptors of the program under attack: the default of many systems.
pub const FEW: u64 = 1024;
const USERNAME: &str = "flooded";
const START: Duration = Duration::from_secs(30);

pub struct Server {
    child: Child,
    folder: PathBuf,
    port: u16,
    password: String,
}

/// The server's address and the user's session for floods and probes.
pub struct Target {
    pub port: u16,
    pub username: &'static str,
    /// The cookie of a signed-in user.
    pub session: String,
    pub files: Vec<String>,
}

/// What a soak run chooses about its program.
#[derive(Clone, Copy)]
pub struct Setup {
    pub descriptors: u64,
    /// A private address gives loopback the multiple of the limits.
    pub public_url: Option<&'static str>,
}

fn program(setup: Setup, folder: &Path, port: u16) -> Command {
    let program = env::var_os(PROGRAM).map_or_else(|| Profile::Release.program(), PathBuf::from);
    let program = fs::canonicalize(&program).unwrap_or(program);
    // The shell's builtin sets the soft and the hard limit.
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {} && exec \"$0\" \"$@\"", setup.descriptors)]).arg(program);
    let own = format!("http://127.0.0.1:{port}");
    command.env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"));
    command.env("WEIDA_PUBLIC_URL", setup.public_url.unwrap_or(&own));
    command.env("DATABASE_URL", format!("sqlite://{}", folder.join("weida.db").display()));
    command.env("WECHAT_APPID", "wx0123456789abcdef").env("WECHAT_SECRET", "stand-in").env("WECHAT_TOKEN", TOKEN);
    command.env("WECHAT_API_BASE", "http://127.0.0.1:9").env("WECHAT_MP_BASE", "http://127.0.0.1:9");
    // The program refuses unknown variables with its prefix.
    command.env_remove(PROGRAM).env_remove(SEED);
    command.env("RUST_LOG", "error").stdin(Stdio::null());
    command
}

impl Server {
    pub fn start(setup: Setup) -> Result<Self> {
        raise_own_limit(setup.descriptors)?;
        let folder = env::temp_dir().join(format!("weida-soak-{}", std::process::id()));
        fs::create_dir_all(&folder).context(folder.display())?;
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).context("a port")?.port();
        let made = program(setup, &folder, port).args(["admin", "create", USERNAME]).output().context("the program")?;
        let output = String::from_utf8_lossy(&made.stdout).into_owned();
        let password = output.lines().find_map(|line| line.split_once("password: ")).map(|(_, word)| word.to_owned());
        let password = password.ok_or_else(|| {
            Failure::new(format!("no admin was created: {output}{}", String::from_utf8_lossy(&made.stderr)))
        })?;
        let child = program(setup, &folder, port).stdout(Stdio::piped()).spawn().context("the program")?;
        let mut server = Self { child, folder, port, password };
        let output = server.child.stdout.take().ok_or_else(|| Failure::new("the program has no output"))?;
        let mut lines = BufReader::new(output).lines().map_while(std::result::Result::ok);
        if lines.next().is_none() {
            return Err(Failure::new("the program ended before it served"));
        }
        // A full pipe would block the program.
        thread::spawn(move || lines.for_each(drop));
        server.wait()?;
        Ok(server)
    }

    fn wait(&self) -> Result {
        let until = Instant::now() + START;
        while Instant::now() < until {
            if wire::ask(Ipv4Addr::LOCALHOST, self.port, &wire::get("/readyz", "")).is_ok_and(|a| a.status == 200) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(Failure::new("the program is not ready"))
    }

    pub fn target(&self) -> Result<Target> {
        let login = format!("username={USERNAME}&password={}", self.password);
        let answer = wire::ask(Ipv4Addr::LOCALHOST, self.port, &wire::form("/do/login", "", &login))?;
        let session = answer.cookie("__Host-weida").ok_or_else(|| Failure::new("signing in gave no cookie"))?;
        let page = wire::ask(Ipv4Addr::LOCALHOST, self.port, &wire::get("/login", ""))?.text;
        let files = page.split('"').filter(|word| word.starts_with("/pkg/")).map(str::to_owned).collect();
        Ok(Target { port: self.port, username: USERNAME, session: format!("__Host-weida={session}"), files })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The processor time that the program has used.
    pub fn cpu(&self) -> Duration {
        // Ticks of 10 ms: fields 14 and 15, counted after the name in parentheses (proc(5)).
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        Duration::from_millis(10 * fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
    }

    /// The program's resident memory in KiB; the highest number without `/proc`, so that the check fails.
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(u64::MAX)
    }

    /// The program's resident memory in MiB; the highest number without `/proc`, so that the check fails.
    pub fn resident_mib(&self) -> u64 {
        self.resident_kib() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// This process holds the other ends of the connections, and some more.
fn raise_own_limit(descriptors: u64) -> Result {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).context("ulimit -n")?;
    match limit.maximum {
        Some(most) if most < descriptors + descriptors / 4 => {
            Err(Failure::new(format!("this process may open {most} files only"))
                .fix(format!("ulimit -Hn {}", 2 * descriptors)))
        }
        _ => Ok(()),
    }
}
