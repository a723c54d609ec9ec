//! The examples in `packaging/` work with the program: proxies with certificates, event streams included; units and lists are what tools
//! of the machine accept.

use crate::rig::{
    App, BEGINNING_MS, Database, Engine, Program, Push, begin_login, content, environment, opened,
    proxy::{Proxy, free_port},
    register,
};
use reqwest::{Client, Response, StatusCode};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};
use weida::base::clock::{Clock as _, FakeClock};

/// How soon an event must have passed the proxy: well below the first keep-alive, which would carry it along.
const SOON: Duration = Duration::from_secs(4);

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap()
}

/// A client that accepts the proxies' certificates, whose authority is theirs alone.
fn client() -> Client {
    Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap()
}

/// A program whose public address is `https://localhost` at a free port.
async fn app() -> (App, u16) {
    let (database, port) = (Database::open(Engine::Sqlite).await.unwrap(), free_port());
    let url = format!("https://localhost:{port}");
    let more = [("WEIDA_PUBLIC_URL", url.as_str()), ("WEIDA_TRUSTED_PROXIES", "127.0.0.1")];
    (App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &more).await, port)
}

/// Reads until this text has arrived.
async fn until(stream: &mut Response, received: &mut String, text: &str) {
    let reading = async {
        while !received.contains(text) {
            let chunk = stream.chunk().await.unwrap().unwrap_or_else(|| panic!("no {text:?} in {received:?}"));
            received.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let is_soon = tokio::time::timeout(SOON, reading).await.is_ok();
    assert!(is_soon, "no {text:?} within {SOON:?}: {received:?}");
}

/// What people and the platform do, through the proxy.
async fn works_behind_the_proxy(app: &App, port: u16) {
    let (client, base) = (client(), format!("https://localhost:{port}"));
    let page = client.get(format!("{base}/login")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers().contains_key("strict-transport-security"));
    // A message, signed and encrypted as the platform does.
    let phone = app.phone("oBehindAProxy");
    let push = Push::safe(&phone.text("帮助"), app.clock.now_secs());
    let answer = client.post(format!("{base}{}", push.path())).body(push.body.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answered = content(&opened(&answer.text().await.unwrap()).unwrap());
    assert!(answered.contains("验证码"), "{answered}");
    // The page of a sign-in follows its session by an event stream.
    register(app, &phone, "behind").await;
    let secrets = begin_login(app).await;
    let cookie = format!("__Host-weida_signin={}", secrets.to_cookie());
    let request = client.get(format!("{base}/signin/events?poll={}", secrets.poll())).header("cookie", cookie);
    let (mut stream, mut received) = (request.send().await.unwrap(), String::new());
    until(&mut stream, &mut received, "data: waiting\n").await;
    phone.ask(secrets.code()).await;
    until(&mut stream, &mut received, "data: scanned\n").await;
    phone.ask("1").await;
    until(&mut stream, &mut received, "data: success\n").await;
    // A form of the site's own page, and an address that the caller made up.
    let form = [("username", "behind"), ("password", "correct horse")];
    let login =
        client.post(format!("{base}/do/login")).header("origin", &base).header("x-forwarded-for", "203.0.113.9");
    let login = login.form(&form).send().await.unwrap();
    assert!(login.status().is_success() || login.status().is_redirection(), "{}", login.status());
    assert!(app.state.proxy.seen(app.ctx.now()).is_none(), "the proxy is declared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_for_caddy_works() {
    let (app, port) = app().await;
    let (domain, upstream) = (format!("https://localhost:{port}"), app.address.to_string());
    let environment = [("WEIDA_DOMAIN", domain.as_str()), ("WEIDA_UPSTREAM", upstream.as_str())];
    let Some(_caddy) = Proxy::caddy(&text("Caddyfile"), &environment, port).await else { return };
    works_behind_the_proxy(&app, port).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_for_nginx_works() {
    let (app, port) = app().await;
    let plain = free_port();
    let mut servers = text("nginx.conf");
    for (from, to) in [
        ("    listen [::]:80;\n", String::new()),
        ("    listen [::]:443 ssl;\n", String::new()),
        ("listen 80;", format!("listen 127.0.0.1:{plain};")),
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;")),
        ("/etc/letsencrypt/live/wx.example.com", "FOLDER".to_owned()),
        ("wx.example.com", "localhost".to_owned()),
        ("http://127.0.0.1:3000", format!("http://{}", app.address)),
    ] {
        assert!(servers.contains(from), "{from} is not in nginx.conf");
        servers = servers.replace(from, &to);
    }
    let Some(_nginx) = Proxy::nginx(&servers, port).await else { return };
    works_behind_the_proxy(&app, port).await;
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let moved = client.get(format!("http://127.0.0.1:{plain}/login?a=b")).send().await.unwrap();
    assert_eq!(moved.headers()["location"], "https://localhost/login?a=b");
}

/// The unit names a program that is not installed here; everything else in it must be right.
#[test]
fn systemd_accepts_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("weida.service");
    fs::write(&unit, text("weida.service").replace("/opt/weida/weida", env!("CARGO_BIN_EXE_weida"))).unwrap();
    let Ok(verified) = Command::new("systemd-analyze").arg("verify").arg("--man=no").arg(&unit).output() else {
        eprintln!("skipped: systemd-analyze is not installed");
        return;
    };
    let complaints = String::from_utf8_lossy(&verified.stderr).into_owned();
    let of_ours: Vec<&str> = complaints.lines().filter(|line| line.contains("weida")).collect();
    assert!(verified.status.success() && of_ours.is_empty(), "{complaints}");
}

/// WeChat Cloud Hosting names port and database in its own variables.
#[test]
fn the_program_listens_where_cloud_hosting_wants_it() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port().to_string());
    let more = [("CBR_ENV_ID", "prod-1"), ("PORT", port.as_str()), ("WEIDA_PUBLIC_URL", "http://127.0.0.1")];
    let mut program = Program::start_anywhere(folder.path(), &environment(folder.path(), &more));
    let ready = Program::run(folder.path(), &["ready"], &environment(folder.path(), &more));
    assert_eq!(ready.code, Some(0), "{ready:?}");
    program.kill();
    let gone = Program::run(folder.path(), &["ready"], &environment(folder.path(), &more));
    assert_eq!((gone.code, gone.stderr.contains(&port)), (Some(1), true), "{gone:?}");
    // Elsewhere the name PORT belongs to other programs.
    let other = [("PORT", "not a number"), ("WEIDA_PUBLIC_URL", "http://127.0.0.1:3000")];
    let settings = Program::run(folder.path(), &["openapi"], &environment(folder.path(), &other));
    assert_eq!(settings.code, Some(0), "{settings:?}");
}

/// As in the archive: the site lies beside the program, and the working directory is that of the data.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_site_is_found_beside_the_program() {
    let (package, data) = (tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(), tempfile::tempdir().unwrap());
    let program = package.path().join("weida");
    fs::hard_link(env!("CARGO_BIN_EXE_weida"), &program).unwrap();
    fs::create_dir(package.path().join("site")).unwrap();
    fs::write(package.path().join("site/robots.txt"), "beside the program").unwrap();
    let running = Program::start_of(&program, data.path(), &environment(data.path(), &[]));
    let found = crate::rig::http().get(format!("http://{}/robots.txt", running.address)).send().await.unwrap();
    assert_eq!(found.text().await.unwrap(), "beside the program");
}
