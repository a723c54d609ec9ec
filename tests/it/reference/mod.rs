//! The reference client (npm @tencent-weixin/openclaw-weixin) against the sandbox's iLink platform: a client of others proves that the
//! stand-in is like the platform that this client is written for.
//!
//! The package is installed into `target/` and never committed. Its compiled modules are loaded as they are; only what they import from
//! their host program is replaced by a few lines.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};
use url::Url;
use weida::{
    base::{clock::SystemClock, rng::SystemRng},
    sandbox::ilink::{Content, FileKind, IlinkPlatform, LineBy, NumberAsked, ScanView},
};

const PACKAGE: &str = "@tencent-weixin/openclaw-weixin";
const VERSION: &str = "2.4.9";
const OWNER: &str = "oReference@im.wechat";
/// The longest wait for a line of the client.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the loaded modules import from their host program.
const STUBS: [(&str, &str); 2] = [
    ("account-id", "export const normalizeAccountId = (id) => id.trim().toLowerCase().replace(/[^a-z0-9-]+/g, '-');\n"),
    (
        "infra-runtime",
        "import os from 'node:os';\n\
         export const resolvePreferredOpenClawTmpDir = () => process.env.OPENCLAW_STATE_DIR ?? os.tmpdir();\n\
         export const withFileLock = async (path, options, work) => work();\n",
    ),
];

/// Installs the package once. `None` if npm, or the registry, cannot be reached.
fn installed() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ilink-reference");
    let package = home.join("node_modules").join(PACKAGE);
    let is_there = || {
        let text = fs::read_to_string(package.join("package.json")).unwrap_or_default();
        text.contains(&format!("\"version\": \"{VERSION}\"")) && package.join("dist/src/api/api.js").exists()
    };
    if !is_there() {
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("package.json"), "{ \"private\": true }\n").unwrap();
        let npm = |arguments: &[&str]| Command::new("npm").args(arguments).current_dir(&home).output();
        let wanted = format!("{PACKAGE}@{VERSION}");
        let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
        let install = [&["install", "--legacy-peer-deps", "--ignore-scripts", &wanted][..], &quiet].concat();
        let output = npm(&install);
        if !is_there() {
            let is_reached = npm(&["view", &wanted, "version"]).is_ok_and(|seen| seen.status.success());
            assert!(!is_reached, "{wanted} was not installed: {output:?}");
            return None;
        }
    }
    let stubs = home.join("node_modules/openclaw");
    fs::create_dir_all(stubs.join("plugin-sdk")).unwrap();
    let exports = "{ \"name\": \"openclaw\", \"type\": \"module\", \"exports\": { \"./plugin-sdk/*\": \"./plugin-sdk/*.js\" } }\n";
    fs::write(stubs.join("package.json"), exports).unwrap();
    for (name, text) in STUBS {
        fs::write(stubs.join(format!("plugin-sdk/{name}.js")), text).unwrap();
    }
    Some(package)
}

/// The client's process; it ends with the test.
struct Client {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Client {
    fn start(package: &Path, base: &Url, state: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference/client.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .args([package, Path::new(base.as_str()), state])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for the line of this name, and returns its value. Other lines are the reference client's own.
    async fn wait(&mut self, name: &str) -> serde_json::Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match self.lines.try_recv() {
                Ok(line) => {
                    let Some(json) = line.strip_prefix("@@") else { continue };
                    let value: serde_json::Value = serde_json::from_str(json).unwrap();
                    assert!(value.get("failed").is_none(), "{value}");
                    assert!(value.get(name).is_some(), "{name} was expected: {value}");
                    return value[name].clone();
                }
                Err(mpsc::TryRecvError::Disconnected) => panic!("the client ended before {name}"),
                Err(mpsc::TryRecvError::Empty) => {
                    assert!(tokio::time::Instant::now() < deadline, "the client did not say {name}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    fn type_in(&mut self, number: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{number}").unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_client_connects_talks_and_sends_files() {
    let package = tokio::task::spawn_blocking(installed).await.unwrap();
    let Some(package) = package else {
        // Printed also where the output of tests that pass is not.
        let why = format!("left out: {PACKAGE} {VERSION} was not installed, because npm cannot reach its registry\n");
        return std::io::stderr().write_all(why.as_bytes()).unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let platform = IlinkPlatform::new(base.clone(), Arc::new(SystemClock), Arc::new(SystemRng), || {});
    platform.set_hold(Duration::from_secs(5));
    let router = platform.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let state = tempfile::tempdir().unwrap();
    let mut client = Client::start(&package, &base, state.path());

    let qr = client.wait("qr").await;
    platform.scan(OWNER, qr.as_str().unwrap(), NumberAsked::Yes, true).unwrap();
    let Some(ScanView::Number(number)) = platform.owner(OWNER).scan else { panic!("a number") };
    client.type_in(&number);
    // The phone can confirm as soon as the number was right.
    let confirming = async {
        while platform.confirm(OWNER).is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, confirming).await.unwrap();
    let connected = client.wait("connected").await;
    assert_eq!(connected["to"], OWNER);

    platform.say(OWNER, "你好").unwrap();
    for (kind, text) in
        [(FileKind::Image, ""), (FileKind::Voice, "说的话"), (FileKind::File, "a.txt"), (FileKind::Video, "")]
    {
        platform.send_file(OWNER, kind, text, format!("{kind:?} 文件").as_bytes()).unwrap();
    }
    let received = client.wait("received").await;
    assert_eq!((&received["text"], &received["transcript"]), (&"你好".into(), &"说的话".into()));
    let saved = &received["saved"];
    for (kind, name) in [("2", "Image"), ("3", "Voice"), ("4", "File"), ("5", "Video")] {
        assert_eq!(saved[kind], format!("{name} 文件"), "{received}");
    }

    client.wait("typing").await;
    assert_eq!(client.wait("sent").await, 4);
    client.wait("limited").await;
    let owner = platform.owner(OWNER);
    let shown: Vec<String> = owner
        .lines
        .iter()
        .filter(|line| line.by == LineBy::Bot)
        .map(|line| match &line.content {
            Content::Text(text) => text.clone(),
            Content::File { kind, file, name } => {
                format!("{kind:?} {name}: {}", String::from_utf8(platform.file(file).unwrap()).unwrap())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown[..4], ["答复", "Image : a picture", "Video : a video", "File a.pdf: a paper"]);
    assert_eq!((shown.len(), owner.left), (10, 0));
    let counts = owner.counts;
    assert_eq!((counts.notified_start, counts.notified_stop, counts.cursor_went_back), (1, 1, 0));
    assert_eq!(counts.polls_at_once, 1);
    platform.expire_token(OWNER);
    assert_eq!(client.wait("stale").await, -14);
}
