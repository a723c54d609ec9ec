//! What is compared: Weida in both modes, a bare route, and the libraries that people use today.

use super::options::Options;
use crate::{
    program::{self, AES_KEY, Running, Setup, TOKEN, free_port},
    shell::{Context, Failure, Result, find, is_ci, quietly, skip, step, succeeds},
};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How many rules each contender has.
pub const RULES: usize = 1_000;
/// Where npm and pip install the peers.
const PEERS: &str = "target/bench";
const START: Duration = Duration::from_secs(20);

/// One of the programs that are compared.
pub struct Contender {
    /// Its name in tables.
    pub name: &'static str,
    kind: Kind,
    tool: PathBuf,
}

enum Kind {
    /// Weida with rules, in a folder that is copied for each round.
    Weida {
        setup: Setup,
        template: PathBuf,
    },
    Bare,
    Node {
        script: PathBuf,
        modules: PathBuf,
    },
    Gunicorn {
        folder: PathBuf,
        python: PathBuf,
    },
}

/// The contenders, in the order of a round.
pub fn all(options: &Options, folder: &Path) -> Result<Vec<Contender>> {
    let contender = |name, kind| Contender { name, kind, tool: options.tool.clone() };
    let weida = |name: &'static str, is_encrypted| -> Result<Contender> {
        let mut setup = Setup::new(&options.program, folder, name)?;
        setup.is_encrypted = is_encrypted;
        setup.import_rules(RULES)?;
        let template = folder.join(format!("{name}.template"));
        fs::rename(&setup.folder, &template).context(template.display())?;
        Ok(contender(name, Kind::Weida { setup, template }))
    };
    let mut contenders = vec![weida(WEIDA, false)?, weida(WEIDA_AES, true)?, contender(BARE, Kind::Bare)];
    if options.has_peers {
        for (name, kind) in [(CO_WECHAT, co_wechat()), (WECHATPY, wechatpy())] {
            match kind {
                Ok(kind) => contenders.push(contender(name, kind)),
                Err(failure) if is_ci() => return Err(failure),
                Err(failure) => skip(name, &format!("left out\n{failure}")),
            }
        }
    }
    Ok(contenders)
}

pub const WEIDA: &str = "weida, plain";
pub const WEIDA_AES: &str = "weida, AES";
pub const BARE: &str = "bare axum route";
pub const CO_WECHAT: &str = "co-wechat (Node)";
pub const WECHATPY: &str = "wechatpy + gunicorn";

fn co_wechat() -> Result<Kind> {
    let folder = Path::new(PEERS).join("node");
    fs::create_dir_all(&folder).context(folder.display())?;
    let modules = folder.join("node_modules");
    if !modules.join("co-wechat").is_dir() {
        step("co-wechat, installed", || {
            let install = ["install", "--no-audit", "--no-fund", "--prefix", ".", "koa@3", "co-wechat@2"];
            quietly(Command::new("npm").args(install).current_dir(&folder)).map(drop)
        })?;
    }
    let modules = fs::canonicalize(&modules).context(modules.display())?;
    Ok(Kind::Node { script: "xtask/peers/co_wechat.cjs".into(), modules })
}

fn wechatpy() -> Result<Kind> {
    let home = Path::new(PEERS).join("python");
    let python = home.join("bin/python");
    let has_it = || succeeds(Command::new(&python).args(["-c", "import wechatpy, flask, gunicorn"]));
    if !has_it() {
        let system = find(&["python3"], &[])
            .ok_or_else(|| Failure::new("python3 is not installed").fix("apt-get install python3 python3-venv"))?;
        step("wechatpy, installed", || {
            quietly(Command::new(system).args(["-m", "venv"]).arg(&home))?;
            let install = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "wechatpy[cryptography]<2",
                "flask",
                "gunicorn",
            ];
            quietly(Command::new(&python).args(install)).map(drop)
        })?;
    }
    // The link to the interpreter stays as it is: it makes the environment.
    let python = std::path::absolute(&python).context(python.display())?;
    Ok(Kind::Gunicorn { folder: "xtask/peers".into(), python })
}

impl Contender {
    /// Starts it at a free port, as new: with its rules and without messages.
    pub fn start(&self) -> Result<Started> {
        let (port, mut command) = (
            free_port()?,
            match &self.kind {
                Kind::Weida { setup, template } => {
                    fs::remove_dir_all(&setup.folder).ok();
                    quietly(Command::new("cp").arg("-r").arg(template).arg(&setup.folder))?;
                    let setup = Setup { port: free_port()?, ..setup.clone() };
                    return Ok(Started { port: setup.port, _process: Process::Weida(setup.start()?) });
                }
                Kind::Bare => Command::new(&self.tool),
                Kind::Node { .. } => Command::new("node"),
                Kind::Gunicorn { python, .. } => Command::new(python),
            },
        );
        match &self.kind {
            Kind::Node { script, modules } => {
                command.arg(script).args([&port.to_string(), &RULES.to_string(), TOKEN]);
                command.env("NODE_PATH", modules).env("NODE_ENV", "production");
            }
            Kind::Gunicorn { folder, .. } => {
                command.args(["-m", "gunicorn", "-w", "2", "-b", &format!("127.0.0.1:{port}"), "wechatpy_app:app"]);
                command.args(["--log-level", "error"]).current_dir(folder);
                command
                    .env("PEER_TOKEN", TOKEN)
                    .env("PEER_RULES", RULES.to_string())
                    .env("PYTHONDONTWRITEBYTECODE", "1");
            }
            Kind::Weida { .. } | Kind::Bare => {
                command.args(["bare", &format!("at=127.0.0.1:{port}")]);
            }
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context(self.name)?;
        let started = Started { port, _process: Process::Other(child) };
        let until = Instant::now() + START;
        while !answers(port) {
            if Instant::now() > until {
                return Err(Failure::new(format!("{} does not answer", self.name)));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(started)
    }

    /// The arguments of `load` for this contender at this port.
    pub fn arguments(&self, port: u16) -> Vec<String> {
        let mut arguments = vec![format!("to=127.0.0.1:{port}")];
        match &self.kind {
            // Its answer is constant.
            Kind::Bare => arguments.push("rules=0".to_owned()),
            Kind::Weida { setup, .. } if setup.is_encrypted => arguments.push(format!("aes-key={AES_KEY}")),
            _ => {}
        }
        if !matches!(self.kind, Kind::Bare) {
            arguments.push(format!("rules={RULES}"));
        }
        arguments
    }

    /// Name and version, for the document.
    pub fn version(&self) -> Option<String> {
        match &self.kind {
            Kind::Node { modules, .. } => {
                let version = |package: &str| {
                    let text = fs::read_to_string(modules.join(package).join("package.json")).ok()?;
                    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
                    Some(format!("{package} {}", json["version"].as_str()?))
                };
                let node = quietly(Command::new("node").arg("--version")).ok()?;
                Some(format!("Node {}, {}, {}", node.trim(), version("koa")?, version("co-wechat")?))
            }
            Kind::Gunicorn { python, .. } => {
                let script = "import sys\nfrom importlib.metadata import version\nprint('Python ' + sys.version.split()[0], \
                              *(f'{name} {version(name)}' for name in ('wechatpy', 'flask', 'gunicorn')), sep=', ')";
                Some(quietly(Command::new(python).args(["-c", script])).ok()?.trim().to_owned())
            }
            Kind::Weida { setup, .. } if !setup.is_encrypted => {
                Some(format!("weida {}", quietly(Command::new(&setup.program).arg("--version")).ok()?.trim()))
            }
            Kind::Weida { .. } | Kind::Bare => None,
        }
    }
}

/// True if a request is answered: gunicorn accepts connections before its workers are ready.
fn answers(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(START))?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        stream.read_exact(&mut [0])
    };
    ask().is_ok()
}

/// A contender that runs, until this is dropped.
pub struct Started {
    pub port: u16,
    _process: Process,
}

enum Process {
    Weida(#[expect(dead_code, reason = "held until it is dropped")] Running),
    Other(Child),
}

impl Drop for Process {
    fn drop(&mut self) {
        let Self::Other(child) = self else { return };
        // SIGTERM first: gunicorn ends its workers.
        succeeds(Command::new("kill").arg(child.id().to_string()));
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().ok();
        child.wait().ok();
    }
}

/// An instance on a new SQLite database with so many rules.
pub fn weida_with(options: &Options, folder: &Path, name: &str, rules: usize) -> Result<Setup> {
    let setup = Setup::new(&options.program, folder, name)?;
    setup.import_rules(rules)?;
    Ok(setup)
}

/// The release build and the tool, as the options say.
pub fn programs(given: Option<&str>) -> Result<(PathBuf, PathBuf)> {
    Ok((program::release(given)?, program::load_tool()?))
}
