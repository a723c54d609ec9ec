//! Behind a real nginx whose configuration is `proxy_pass` and nothing else: event streams arrive, event by event.

use crate::rig::{App, BEGINNING_MS, Database, Engine, World, begin_login, register};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};
use weida::{base::clock::FakeClock, sandbox::platform::Act};

/// How soon an event must have passed the proxy: well below the first keep-alive, which would carry it along.
const SOON: Duration = Duration::from_secs(4);
const PROGRAMS: [&str; 2] = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"];

/// An nginx in front of a program, listening on a socket in a temporary folder.
struct Nginx {
    child: Child,
    folder: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Nginx {
    /// Starts it with these lines beside `proxy_pass`. Returns `None` if nginx is not installed and this is allowed.
    async fn before(program: SocketAddr, more: &str) -> Option<Self> {
        let Some(nginx) = PROGRAMS.iter().map(Path::new).find(|path| path.exists()) else {
            assert!(std::env::var_os("CI").is_none(), "nginx is not installed: continuous integration needs it");
            eprintln!("skipped: nginx is not installed (cargo xtask test installs it)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        // Its usual folders for temporary files are not writable for every user.
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\
             server {{ listen unix:{path}/socket; location / {{ proxy_pass http://{program}; {more} }} }}\n}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
        let mut command = Command::new(nginx);
        command.arg("-p").arg(folder.path()).arg("-e").arg(folder.path().join("error.log"));
        command.arg("-c").arg(folder.path().join("nginx.conf"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let nginx = Self { child, folder };
        let is_up =
            crate::rig::eventually(Duration::from_secs(20), async || UnixStream::connect(nginx.socket()).await.is_ok());
        let is_up = is_up.await;
        let log = || std::fs::read_to_string(nginx.folder.path().join("error.log")).unwrap_or_default();
        assert!(is_up, "nginx does not listen: {}", log());
        Some(nginx)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// Requests this path; the response is read as it arrives.
    async fn open(&self, path: &str, cookie: &str) -> Stream<UnixStream> {
        let stream = UnixStream::connect(self.socket()).await.unwrap();
        Stream::of(stream, path, "HTTP/1.1", cookie).await
    }
}

/// A response that is read as it arrives.
struct Stream<S> {
    stream: S,
    received: String,
}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Stream<S> {
    async fn of(mut stream: S, path: &str, version: &str, cookie: &str) -> Self {
        let head = format!("GET {path} {version}\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream, received: String::new() }
    }

    /// Reads until this text has arrived.
    async fn until(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        let reading = async {
            while !self.received.contains(text) {
                let read = self.stream.read(&mut bytes).await.unwrap();
                assert!(read > 0, "no {text:?} in {:?}", self.received);
                self.received.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        };
        let is_soon = tokio::time::timeout(SOON, reading).await.is_ok();
        assert!(is_soon, "no {text:?} within {SOON:?}: {:?}", self.received);
    }
}

/// The stream of the sign-in page: the first line at once, then each state.
async fn page_follows<S>(app: &App, name: &str, open: impl AsyncFn(String, String) -> Stream<S>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let phone = app.phone(&format!("o{name}"));
    register(app, &phone, name).await;
    let secrets = begin_login(app).await;
    let cookie = format!("weida_signin={}", secrets.to_cookie());
    let mut page = open(format!("/signin/events?poll={}", secrets.poll()), cookie).await;
    page.until(": ok\n").await;
    page.until("data: waiting\n").await;
    phone.ask(secrets.code()).await;
    page.until("data: scanned\n").await;
    phone.ask("1").await;
    page.until("data: success\n").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sign_in_page_follows_its_session_behind_a_plain_nginx() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    // nginx speaks HTTP/1.0 to the program unless it is set up otherwise; compression is what many installations add.
    let ways = ["", "proxy_http_version 1.1;", "gzip on; gzip_types *; gzip_min_length 1;"];
    for (n, more) in ways.into_iter().enumerate() {
        let Some(nginx) = Nginx::before(app.address, more).await else { return };
        page_follows(&app, &format!("nginx{n}"), async |path, cookie| nginx.open(&path, &cookie).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_http_1_0_follows_its_session() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let open = async |path: String, cookie: String| {
        Stream::of(TcpStream::connect(app.address).await.unwrap(), &path, "HTTP/1.0", &cookie).await
    };
    page_follows(&app, "ten", open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_follows_its_session_behind_a_plain_nginx() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let Some(nginx) = Nginx::before(world.app.address, "").await else { return };
    let wei = world.person("小微").await;
    world.act(&wei, Act::Follow).await;
    let begun: serde_json::Value =
        world.post("/create_qr", &serde_json::json!({})).send().await.unwrap().json().await.unwrap();
    let mut program = nginx.open(&format!("/events?id={}", begun["sessionId"].as_str().unwrap()), "").await;
    program.until(": ok\n").await;
    program.until(r#""status":"waiting""#).await;
    world.act(&wei, Act::text(begun["code"].as_str().unwrap())).await;
    program.until(r#""status":"scanned""#).await;
    world.act(&wei, Act::text("1")).await;
    program.until(r#""status":"success""#).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_shows_what_happens_behind_a_plain_nginx() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let none = ["WECHAT_APPID", "WECHAT_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_API_BASE", "WECHAT_MP_BASE"];
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &none.map(|name| (name, ""))).await;
    let Some(nginx) = Nginx::before(app.address, "").await else { return };
    let mut page = nginx.open("/sandbox/events", "").await;
    page.until(": ok\n").await;
    page.until("event: changed\n").await;
    page.received.clear();
    let form = crate::rig::http().post(app.url("/sandbox/people")).header("origin", app.url(""));
    assert!(form.form(&[("nickname", "小微")]).send().await.unwrap().status().is_success());
    page.until("event: changed\n").await;
}
