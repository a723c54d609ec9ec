//! Tests the public API as a client: the scripts of `examples/`, and schemathesis on its OpenAPI document.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use crate::{
    build::Profile,
    shell::{Context, Failure, Result, find, is_ci, line, quietly, report, skip, step, succeeds},
    tally::Tally,
};

const EXAMPLES: &str = "examples";
/// One script for each dialect.
const SCRIPTS: [&str; 5] = ["follow", "assistant", "mini_program", "qr_login", "cloud_hosting"];
/// The version that the options in `fuzz.py` are for.
const SCHEMATHESIS: &str = "schemathesis>=4,<5";
const HOME: &str = "target/schemathesis";
/// Cases per operation: on each push, and nightly.
const CASES: [&str; 2] = ["12", "500"];

/// The admin's username in the sandbox.
const ADMIN: &str = "root";

/// Runs everything against the development build in the sandbox. Each script and the fuzzing count as one test.
pub fn test() -> Result<Tally> {
    let Some(python) = find(&["python3"], &[]) else {
        let why = Failure::new("python3 is not installed").fix("apt-get install python3 python3-venv");
        return left_out("examples", why);
    };
    let server = Sandbox::start()?;
    let mut tally = Tally::default();
    for script in SCRIPTS {
        let mut command = Command::new(&python);
        command.arg(format!("{EXAMPLES}/{script}.py")).arg(&server.url);
        tally += counted(&format!("example {script}.py"), &mut command)?;
    }
    let python = match schemathesis(&python) {
        Ok(python) => python,
        Err(why) => return left_out("schemathesis", why).map(|skipped| sum(tally, skipped)),
    };
    let is_thorough = env::var_os("WEIDA_TEST_THOROUGH").is_some();
    let cases = CASES[usize::from(is_thorough)];
    let mut command = Command::new(python);
    command.arg(format!("{EXAMPLES}/fuzz.py")).args([&server.url, cases, ADMIN, &server.password]);
    tally += counted(&format!("schemathesis, {cases} cases an operation"), &mut command)?;
    Ok(tally)
}

fn sum(mut one: Tally, other: Tally) -> Tally {
    one += other;
    one
}

/// Reports a test that cannot run as skipped; in continuous integration this is a failure.
fn left_out(name: &str, why: Failure) -> Result<Tally> {
    if is_ci() {
        return Err(why);
    }
    skip(name, &format!("left out\n{why}"));
    Ok(Tally { skipped: 1, ..Tally::default() })
}

/// Runs a command with its output shown, and counts it as a test.
fn counted(name: &str, command: &mut Command) -> Result<Tally> {
    // Unbuffered output, also into a log.
    command.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    let begun = Instant::now();
    let success = command.status().context(line(command))?.success();
    report(if success { '✓' } else { '✗' }, name, begun.elapsed());
    Ok(if success { Tally { passed: 1, ..Tally::default() } } else { Tally::FAILURE })
}

/// The Python environment with schemathesis, below `target/`; installed once.
fn schemathesis(python: &Path) -> Result<PathBuf> {
    let own = Path::new(HOME).join("bin/python");
    let has_it = || succeeds(Command::new(&own).args(["-c", "import schemathesis.cli"]));
    if has_it() {
        skip("schemathesis", "already installed");
        return Ok(own);
    }
    step("schemathesis, installed", || {
        quietly(Command::new(python).args(["-m", "venv", "--without-pip", HOME]))?;
        // Debian packages pip and ensurepip separately: either will do.
        let install = ["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS];
        if succeeds(Command::new(python).args(["-m", "pip", "--version"])) {
            let own = fs::canonicalize(Path::new(HOME)).context(HOME)?.join("bin/python");
            quietly(Command::new(python).args(["-m", "pip", "--python"]).arg(own).args(install))?;
        } else {
            quietly(Command::new(&own).args(["-m", "ensurepip"]))?;
            quietly(Command::new(&own).args(["-m", "pip"]).args(install))?;
        }
        Ok(())
    })
    .map_err(|failure| {
        failure.fix("apt-get install python3-pip python3-venv, and see that the package index is reached")
    })?;
    if has_it() { Ok(own) } else { Err(Failure::new("schemathesis was installed and cannot be loaded")) }
}

/// The program in the sandbox with a temporary database.
struct Sandbox {
    child: Child,
    directory: PathBuf,
    url: String,
    /// The password of [`ADMIN`].
    password: String,
}

impl Sandbox {
    fn start() -> Result<Self> {
        let directory = env::temp_dir().join(format!("weida-api-{}", std::process::id()));
        fs::create_dir_all(&directory).context(directory.display())?;
        let port =
            TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).context("a free port")?.port();
        let address = format!("127.0.0.1:{port}");
        let made = program(&directory, &address).args(["admin", "create", ADMIN]).output().context("the program")?;
        let output = String::from_utf8_lossy(&made.stdout).into_owned();
        let password =
            output.lines().find_map(|line| line.split_once("password: ")).map(|(_, it)| it.trim().to_owned());
        let password = password
            .ok_or_else(|| Failure::new(format!("no admin was created: {}", String::from_utf8_lossy(&made.stderr))))?;
        let mut serving = program(&directory, &address);
        let child = serving.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the program")?;
        let mut server = Self { child, directory, url: format!("http://{address}"), password };
        let output = server.child.stdout.take().ok_or_else(|| Failure::new("the program has no output"))?;
        let mut lines = BufReader::new(output).lines().map_while(std::result::Result::ok);
        if !lines.any(|line| line.contains(&address)) {
            return Err(Failure::new("the program ended before it served").fix("cargo xtask run, and read its message"));
        }
        // A full pipe would block the program.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

/// The program without this shell's settings, which might name a real account.
fn program(directory: &Path, address: &str) -> Command {
    let mut program = Command::new(Profile::Dev.program());
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["WEIDA_", "WECHAT_", "WX_", "LEPTOS_", "JWT_", "ILINK_", "TOKEN_", "MYSQL_", "DATABASE_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            program.env_remove(name);
        }
    }
    program.env("LEPTOS_SITE_ADDR", address).env("RUST_LOG", "error");
    program.env("DATABASE_URL", format!("sqlite://{}", directory.join("weida.db").display()));
    program
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.directory).ok();
    }
}
