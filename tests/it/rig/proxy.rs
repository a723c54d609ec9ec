//! Reverse proxies of the machine in front of a program: Caddy and nginx, each with a configuration from a test.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// A running proxy.
pub struct Proxy {
    child: Child,
    folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The program of this name. `None` if it is not installed and this is allowed.
fn program(name: &str) -> Option<PathBuf> {
    let found = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is not installed: continuous integration needs it");
        eprintln!("skipped: {name} is not installed (cargo xtask test installs it)");
    }
    found
}

impl Proxy {
    /// nginx with these server blocks, listening on `port` of 127.0.0.1. In the text `FOLDER` is its temporary folder.
    pub async fn nginx(servers: &str, port: u16) -> Option<Self> {
        let program = program("nginx")?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        // Its usual folders for temporary files are not writable for every user.
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{}\n}}\n",
            servers.replace("FOLDER", &path)
        );
        if servers.contains("ssl_certificate") {
            certificate(folder.path());
        }
        std::fs::write(folder.path().join("nginx.conf"), text).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-e").arg(folder.path().join("log"));
        command.arg("-c").arg(folder.path().join("nginx.conf"));
        Some(Self::spawned(command, folder, port).await)
    }

    /// Caddy with this Caddyfile below its global options, with certificates of its internal authority.
    pub async fn caddy(caddyfile: &str, environment: &[(&str, &str)], port: u16) -> Option<Self> {
        let program = program("caddy")?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let options = format!(
            "{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n\tstorage file_system {path}/storage\n}}\n"
        );
        std::fs::write(folder.path().join("Caddyfile"), format!("{options}{caddyfile}")).unwrap();
        let mut command = Command::new(program);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.path().join("Caddyfile"));
        command.env("HOME", folder.path()).envs(environment.iter().copied());
        Some(Self::spawned(command, folder, port).await)
    }

    async fn spawned(mut command: Command, folder: TempDir, port: u16) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let proxy = Self { child, folder };
        let is_up = super::eventually(Duration::from_secs(20), async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok()
        });
        let is_up = is_up.await;
        let log = std::fs::read_to_string(proxy.folder.path().join("log")).unwrap_or_default();
        assert!(is_up, "the proxy does not listen: {log}");
        proxy
    }
}

/// A certificate for `localhost` that no authority signed.
fn certificate(folder: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    openssl.arg("-keyout").arg(folder.join("privkey.pem")).arg("-out").arg(folder.join("fullchain.pem"));
    assert!(
        openssl.stdin(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(),
        "openssl made no certificate"
    );
}
