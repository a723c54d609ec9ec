//! `weida doctor` names what is broken and how to mend it: one fault at a time, with the program, a stand-in for the platform, and a proxy.

use crate::rig::{
    Ended, Phone, Platform, Program, Push, TOKEN, environment,
    proxy::{Proxy, free_port},
};
use serde_json::Value;
use std::{path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::net::TcpListener;
use weida::base::clock::{Clock as _, FakeClock, SystemClock};

/// A program at a known address, with the settings that its doctor has.
struct Site {
    folder: TempDir,
    _program: Program,
    settings: Vec<(String, String)>,
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn settings_of(platform: &str, port: u16, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut settings = vec![
        pair("WECHAT_API_BASE", platform),
        pair("LEPTOS_SITE_ADDR", &format!("127.0.0.1:{port}")),
        pair("WEIDA_PUBLIC_URL", &format!("http://127.0.0.1:{port}")),
        pair("RUST_LOG", "warn"),
    ];
    settings.extend(more.iter().map(|(name, value)| pair(name, value)));
    settings
}

fn environment_of(folder: &Path, settings: &[(String, String)]) -> std::collections::BTreeMap<String, String> {
    let more: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    environment(folder, &more)
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|e| panic!("{e}: {ended:?}"))
}

impl Site {
    /// Starts a program; its address is its public URL, unless `more` says otherwise.
    fn start(platform: &str, more: &[(&str, &str)]) -> Self {
        let (folder, settings) = (tempfile::tempdir().unwrap(), settings_of(platform, free_port(), more));
        let program = Program::start_anywhere(folder.path(), &environment_of(folder.path(), &settings));
        Self { folder, _program: program, settings }
    }

    fn address(&self) -> std::net::SocketAddr {
        let address = self.settings.iter().find(|(name, _)| name == "LEPTOS_SITE_ADDR").unwrap();
        address.1.parse().unwrap()
    }

    /// The doctor's answer with these settings in place of the program's.
    fn doctor(&self, more: &[(&str, &str)]) -> Ended {
        let mut settings = self.settings.clone();
        settings.extend(more.iter().map(|(name, value)| pair(name, value)));
        let environment = environment_of(self.folder.path(), &settings);
        tokio::task::block_in_place(|| Program::run(self.folder.path(), &["doctor", "--json"], &environment))
    }

    /// Asserts that this check is the only one that failed, that it names these words in what was found and how to mend it, and that the
    /// command says so with its exit code.
    fn assert_only_fault(&self, more: &[(&str, &str)], check: &str, words: &[&str]) {
        let ended = self.doctor(more);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let report = json(&ended);
        let faults: Vec<&Value> =
            report["checks"].as_array().unwrap().iter().filter(|finding| finding["level"] == "fault").collect();
        assert!(faults.len() == 1 && report["ok"] == false, "{faults:#?}");
        assert_eq!(faults[0]["check"], check, "{faults:#?}");
        for lang in ["zh", "en"] {
            let text = format!("{} {}", faults[0]["found"][lang], faults[0]["mend"][lang]);
            assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
        }
    }

    /// Waits until a push was accepted (or a refusal recorded) in the database: until this check has this level.
    async fn until(&self, check: &str, level: &str) {
        let is_there = crate::rig::eventually(Duration::from_secs(30), async || {
            let report = json(&self.doctor(&[]));
            report["checks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|finding| finding["check"] == check && finding["level"] == level)
        });
        assert!(is_there.await, "{check} is not {level}");
    }

    async fn push(&self, make: impl Fn(&str, i64) -> Push) -> u16 {
        let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
        let document = Phone::new(self.address(), clock, "oDoctor").text("你好");
        make(&document, SystemClock.now_secs()).send(self.address()).await.0
    }
}

async fn accepting() -> Platform {
    Platform::answering().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_fits_has_no_fault_in_either_mode() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[]);
    assert_eq!(site.push(Push::safe).await, 200);
    let ended = site.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = json(&ended);
    let level = |check: &str| {
        let all = report["checks"].as_array().unwrap();
        all.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}"))["level"].clone()
    };
    for check in
        ["public-url", "event-stream", "pushes", "app-secret", "ip-whitelist", "clock", "database", "secret-key"]
    {
        assert_eq!(level(check), "fine", "{check}: {report:#}");
    }
    // No secret is in it, also not in the list of settings.
    assert!(!ended.stdout.contains(TOKEN) && !ended.stdout.contains("stand-in\""), "{}", ended.stdout);
    // The list for people, in their language.
    let mut settings = site.settings.clone();
    settings.push(pair("LANG", "zh_CN.UTF-8"));
    let environment = environment_of(site.folder.path(), &settings);
    let list = tokio::task::block_in_place(|| Program::run(site.folder.path(), &["doctor"], &environment));
    assert!(list.stdout.contains("✓ public-url") && list.stdout.contains("走了一圈"), "{}", list.stdout);
    let plain = Site::start(&platform.base, &[("WECHAT_AES_KEY", "")]);
    assert_eq!(plain.push(Push::plain).await, 200);
    assert_eq!(plain.doctor(&[]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_token_is_named() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[("WECHAT_TOKEN", "An0therT0ken")]);
    assert_eq!(site.push(Push::safe).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["Token", "WECHAT_TOKEN"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_aes_key_is_named() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[("WECHAT_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")]);
    assert_eq!(site.push(Push::safe).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["EncodingAESKey", "WECHAT_AES_KEY"]);
}

/// T-200
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_mode_is_named_within_one_push() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[]);
    assert_eq!(site.push(Push::plain).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["安全模式", "WECHAT_AES_KEY"]);
    // The console was set right: the next push is accepted, and the fault is over.
    assert_eq!(site.push(Push::safe).await, 200);
    let ended = site.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let plain = Site::start(&platform.base, &[("WECHAT_AES_KEY", "")]);
    assert_eq!(plain.push(Push::safe).await, 403);
    plain.until("pushes", "fault").await;
    plain.assert_only_fault(&[], "pushes", &["EncodingAESKey", "WECHAT_AES_KEY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_secret_and_an_address_outside_of_the_whitelist_are_named() {
    let token = "/cgi-bin/stable_token";
    for (code, message, check, words) in [
        (40125, "invalid appsecret", "app-secret", &["40125", "WECHAT_SECRET"][..]),
        (40001, "invalid credential", "app-secret", &["40001", "WECHAT_SECRET"]),
        (40013, "invalid appid", "app-secret", &["40013", "WECHAT_APPID"]),
        (
            40164,
            "invalid ip 203.0.113.24 ipv6 ::ffff:203.0.113.24, not in whitelist rid: 1",
            "ip-whitelist",
            &["203.0.113.24"],
        ),
    ] {
        let answer = format!(r#"{{"errcode":{code},"errmsg":"{message}"}}"#);
        let platform = Platform::saying(&[(token, answer.into_bytes())]).await;
        let site = Site::start(&platform.base, &[]);
        site.assert_only_fault(&[], check, words);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_is_named() {
    // A platform whose time is an hour ahead.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let later = time::OffsetDateTime::from_unix_timestamp(SystemClock.now_secs() + 3600).unwrap();
    let date = later.format(&time::format_description::well_known::Rfc2822).unwrap().replace("+0000", "GMT");
    let answer = move || async move { ([("date", date)], r#"{"access_token":"x","expires_in":7200}"#) };
    let server =
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await.unwrap() });
    let site = Site::start(&base, &[]);
    site.assert_only_fault(&[], "clock", &["timedatectl set-ntp true", "300"]);
    server.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_that_leads_elsewhere_is_named() {
    let platform = accepting().await;
    let (site, other) = (Site::start(&platform.base, &[]), Site::start(&platform.base, &[]));
    let nothing = format!("http://127.0.0.1:{}", free_port());
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &nothing)], "public-url", &[&nothing]);
    // Another Weida with the same account and its own database.
    let elsewhere = format!("http://{}", other.address());
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &elsewhere)], "public-url", &["WEIDA_PUBLIC_URL"]);
    // The settings were changed after the start of the program.
    site.assert_only_fault(&[("WECHAT_TOKEN", "Ch4nged")], "public-url", &["403", "Token"]);
    // A proxy that sends callers to another name.
    let port = free_port();
    let moved = format!("server {{ listen 127.0.0.1:{port}; return 301 https://www.example.com$request_uri; }}");
    let Some(_nginx) = Proxy::nginx(&moved, port).await else { return };
    let url = format!("http://127.0.0.1:{port}");
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &url)], "public-url", &["https://www.example.com/"]);
    let (port, dead) = (free_port(), free_port());
    let broken = format!("server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{dead}; }} }}");
    let Some(_nginx) = Proxy::nginx(&broken, port).await else { return };
    let url = format!("http://127.0.0.1:{port}");
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &url)], "public-url", &["502"]);
}

/// A site behind nginx with these lines beside `proxy_pass`.
async fn behind_nginx(platform: &str, lines: &str, proxies: &str) -> Option<(Site, Proxy)> {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let site = Site::start(platform, &[("WEIDA_PUBLIC_URL", &url), ("WEIDA_TRUSTED_PROXIES", proxies)]);
    let servers =
        format!("server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://{}; {lines} }} }}", site.address());
    Some((site, Proxy::nginx(&servers, port).await?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_hides_callers_or_holds_streams_back_is_named() {
    let platform = accepting().await;
    let forwarded = "proxy_set_header X-Forwarded-For $remote_addr;";
    let Some((good, _nginx)) = behind_nginx(&platform.base, forwarded, "127.0.0.1").await else { return };
    let ended = good.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let Some((undeclared, _nginx)) = behind_nginx(&platform.base, forwarded, "").await else { return };
    undeclared.assert_only_fault(&[], "proxy", &["WEIDA_TRUSTED_PROXIES=127.0.0.1"]);
    let Some((hidden, _nginx)) = behind_nginx(&platform.base, "", "127.0.0.1").await else { return };
    hidden.assert_only_fault(&[], "proxy", &["X-Forwarded-For"]);
    let holding = format!("{forwarded} proxy_ignore_headers X-Accel-Buffering; proxy_buffering on;");
    let Some((buffered, _nginx)) = behind_nginx(&platform.base, &holding, "127.0.0.1").await else { return };
    buffered.assert_only_fault(&[], "event-stream", &["proxy_buffering off;"]);
}

/// A copy of a database without its key, and one that no program has started on yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_changes_nothing() {
    let platform = accepting().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = settings_of(&platform.base, free_port(), &[]);
    let environment = environment_of(folder.path(), &settings);
    let doctor = || tokio::task::block_in_place(|| Program::run(folder.path(), &["doctor"], &environment));
    let fresh = doctor();
    assert!(fresh.stdout.contains("the first start creates it"), "{fresh:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is created");
    let made = tokio::task::block_in_place(|| Program::run(folder.path(), &["admin", "create", "first"], &environment));
    assert_eq!(made.code, Some(0), "{made:?}");
    std::fs::remove_file(folder.path().join("secret.key")).unwrap();
    let database = std::fs::read(folder.path().join("weida.db")).unwrap();
    let keyless = doctor();
    assert!(keyless.code == Some(1) && keyless.stdout.contains("secret.key"), "{keyless:?}");
    assert!(!folder.path().join("secret.key").exists());
    assert_eq!(std::fs::read(folder.path().join("weida.db")).unwrap(), database);
}
