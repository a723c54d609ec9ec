//! A program as a process of its own at a known address, and the doctor's answers about it: those of the command and those of the page.

use super::{AES_KEY, Ended, Phone, Program, Push, TOKEN, environment, proxy::free_port};
use scraper::{Html, Selector};
use serde_json::Value;
use std::{path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use weida::base::clock::{Clock as _, FakeClock, SystemClock};

/// A program at a known address, with the settings that its doctor has.
pub struct Installed {
    pub folder: TempDir,
    _program: Program,
    pub settings: Vec<(String, String)>,
    /// The cookie of an admin's browser.
    cookie: OnceCell<String>,
}

pub fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

pub fn settings_of(platform: &str, port: u16, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut settings = vec![
        pair("WECHAT_API_BASE", platform),
        pair("LEPTOS_SITE_ADDR", &format!("127.0.0.1:{port}")),
        pair("WEIDA_PUBLIC_URL", &format!("http://127.0.0.1:{port}")),
        pair("RUST_LOG", "warn"),
    ];
    settings.extend(more.iter().map(|(name, value)| pair(name, value)));
    settings
}

pub fn environment_of(folder: &Path, settings: &[(String, String)]) -> std::collections::BTreeMap<String, String> {
    let more: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    environment(folder, &more)
}

pub fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|e| panic!("{e}: {ended:?}"))
}

impl Installed {
    /// Starts a program; its address is its public URL, unless `more` says otherwise.
    pub fn start(platform: &str, more: &[(&str, &str)]) -> Self {
        let (folder, settings) = (tempfile::tempdir().unwrap(), settings_of(platform, free_port(), more));
        let program = Program::start_anywhere(folder.path(), &environment_of(folder.path(), &settings));
        Self { folder, _program: program, settings, cookie: OnceCell::new() }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        let address = self.settings.iter().find(|(name, _)| name == "LEPTOS_SITE_ADDR").unwrap();
        address.1.parse().unwrap()
    }

    /// The doctor's answer with these settings in place of the program's.
    pub fn doctor(&self, more: &[(&str, &str)]) -> Ended {
        let mut settings = self.settings.clone();
        settings.extend(more.iter().map(|(name, value)| pair(name, value)));
        let environment = environment_of(self.folder.path(), &settings);
        tokio::task::block_in_place(|| Program::run(self.folder.path(), &["doctor", "--json"], &environment))
    }

    /// Signs an admin in.
    async fn sign_in(&self) -> String {
        let environment = environment_of(self.folder.path(), &self.settings);
        let made = tokio::task::block_in_place(|| {
            Program::run(self.folder.path(), &["admin", "create", "root"], &environment)
        });
        let password = made.stdout.lines().find_map(|line| line.strip_prefix("密码 password: ")).unwrap().to_owned();
        let form = [("username", "root"), ("password", password.as_str())];
        let client = weida::base::tls::http_client().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let request = client.build().unwrap().post(format!("http://{}/do/login", self.address())).form(&form);
        let answer = request.header("sec-fetch-site", "same-origin").send().await.unwrap();
        assert_eq!(answer.headers()["location"], "/me");
        let cookies = answer.headers().get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }

    /// The doctor's page in this language.
    pub async fn page(&self, lang: &str) -> Html {
        let cookie = self.cookie.get_or_init(|| self.sign_in()).await;
        let request = super::http().get(format!("http://{}/admin/doctor?lang={lang}", self.address()));
        let answer = request.header("cookie", cookie).header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        // A page that is saved or sent around shows no secret.
        assert!(!text.contains(TOKEN) && !text.contains(AES_KEY) && !text.contains("stand-in\""), "{text}");
        Html::parse_document(&text)
    }

    /// Asserts that this check is the only one that failed, that it names these words in what was found and how to mend it, and that the
    /// command says so with its exit code. The page must say the same, unless the doctor has other settings than the program.
    pub async fn assert_only_fault(&self, more: &[(&str, &str)], check: &str, words: &[&str]) {
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
            if more.is_empty() {
                let sick = texts(&self.page(lang).await, ".sick.danger");
                assert!(sick.len() == 1 && words.iter().all(|word| sick[0].contains(word)), "{words:?} in {sick:?}");
            }
        }
    }

    /// Waits until a push was accepted (or a refusal recorded) in the database: until this check has this level.
    pub async fn until(&self, check: &str, level: &str) {
        let is_there = super::eventually(Duration::from_secs(30), async || {
            let report = json(&self.doctor(&[]));
            report["checks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|finding| finding["check"] == check && finding["level"] == level)
        });
        assert!(is_there.await, "{check} is not {level}");
    }

    pub async fn push(&self, make: impl Fn(&str, i64) -> Push) -> u16 {
        let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
        let document = Phone::new(self.address(), clock, "oDoctor").text("你好");
        make(&document, SystemClock.now_secs()).send(self.address()).await.0
    }
}

/// The texts of the elements that a selector finds.
pub fn texts(page: &Html, selector: &str) -> Vec<String> {
    page.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}
