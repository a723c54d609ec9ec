//! The phone in the whole program: no database but a file, no network but this machine's.

use crate::{
    config::{Flags, load},
    core::{
        chance::SystemChance,
        clock::SystemClock,
        reply::{
            ACCOUNT, Cause, Matching,
            draft::Draft,
            edit::{self, Editor},
            media::keep,
            search,
        },
    },
    http::{router::router, serve::start, state::AppState},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tower::ServiceExt as _;

struct Program {
    state: AppState,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}

impl Program {
    async fn start(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("weida.db").display());
        let mut environment = BTreeMap::from([
            ("DATABASE_URL".to_owned(), database),
            ("LEPTOS_SITE_ADDR".to_owned(), "127.0.0.1:0".to_owned()),
        ]);
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings = load(&Flags::default(), &environment).unwrap();
        let server = start(settings, Arc::new(SystemClock), Arc::new(SystemChance)).await.unwrap();
        let (state, address) = (server.state.clone(), server.address);
        tokio::spawn(server.serve());
        Self { state, address, folder }
    }

    /// Presses a button; gives where it leads.
    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let url = format!("http://{}/sandbox/{path}", self.address);
        let answer = http.post(url).header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn page(&self, path: &str) -> String {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        http.get(format!("http://{}{path}", self.address)).send().await.unwrap().text().await.unwrap()
    }

    async fn status(&self, path: &str, host: &str) -> StatusCode {
        let request = Request::builder().uri(path).header("host", host).body(Body::empty()).unwrap();
        router(self.state.clone()).oneshot(request).await.unwrap().status()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_a_real_account_there_is_no_phone() {
    let account = [
        ("WECHAT_APPID", "wx0123456789abcdef"),
        ("WECHAT_SECRET", "secret"),
        ("WECHAT_TOKEN", "Tok3n"),
        ("WECHAT_API_BASE", "http://127.0.0.1:9"),
    ];
    let program = Program::start(&account).await;
    assert!(program.state.sandbox.is_none());
    for path in ["/sandbox", "/sandbox/events"] {
        assert_eq!(program.status(path, "127.0.0.1").await, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!program.folder.path().join("sandbox.json").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_answers_under_no_foreign_name() {
    let program = Program::start(&[]).await;
    for path in ["/sandbox", "/sandbox/events", "/sandbox/people"] {
        assert_eq!(program.status(path, "evil.test").await, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    assert_eq!(program.status("/sandbox", "127.0.0.1:3000").await, StatusCode::OK);
    assert_eq!(program.status("/sandbox", "localhost").await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_follows_and_is_answered_over_the_real_ways() {
    let program = Program::start(&[]).await;
    assert!(program.page("/sandbox").await.contains("还没有微信用户"));
    let place = program.press("people", &[("nickname", "小微")]).await;
    let person = place.strip_prefix("/sandbox?person=").unwrap().strip_suffix("#phone").unwrap();
    let with = |name, value| [("person", person), (name, value)];
    program.press("say", &with("text", "帮助")).await;
    assert!(!program.page(&place).await.contains("验证码 —"));
    program.press("follow", &with("", "")).await;
    program.press("say", &with("text", "帮助")).await;
    assert!(program.page(&place).await.contains("验证码 —"));
    program.press("rules", &with("", "")).await;
    program.press("rules", &with("", "")).await;
    assert_eq!(search::list(&program.state.ctx, ACCOUNT).await.unwrap().len(), 3);
    program.press("say", &with("text", "营业时间？")).await;
    assert!(program.page(&place).await.contains("9:00–18:00"));
    program.press("unfollow", &with("", "")).await;
    assert!(program.page(&place).await.contains("你取消了关注"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_of_an_answer_is_shown_on_the_phone() {
    let program = Program::start(&[]).await;
    let place = program.press("people", &[("nickname", "小微")]).await;
    let person = place.strip_prefix("/sandbox?person=").unwrap().strip_suffix("#phone").unwrap();
    program.press("follow", &[("person", person)]).await;
    let ctx = &program.state.ctx;
    let bytes = b"\x89PNG\r\n\x1a\npixels".to_vec();
    let kept = keep::add(ctx, ACCOUNT, "海报.png", bytes.clone()).await.unwrap();
    let draft =
        Draft { contents: vec![kept.content()], ..Draft::of_text(Cause::Keyword, "海报", Matching::Exact, "") };
    edit::add(ctx, &Editor::default(), &draft).await.unwrap();
    let shown = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            program.press("say", &[("person", person), ("text", "海报")]).await;
            let page = program.page(&place).await;
            if let Some((_, rest)) = page.split_once("/sandbox/media/") {
                break rest.split('"').next().unwrap().to_owned();
            }
        }
    });
    let url = format!("http://{}/sandbox/media/{}", program.address, shown.await.unwrap());
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap(), bytes);
    assert_eq!(program.status("/sandbox/media/unknown", "127.0.0.1").await, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_asks_a_stranger_to_follow_first() {
    let program = Program::start(&[]).await;
    let place = program.press("people", &[("nickname", "小微")]).await;
    let person = place.strip_prefix("/sandbox?person=").unwrap().strip_suffix("#phone").unwrap();
    let ticket = program.state.ctx.platform.create_qr("poster", 600).await.unwrap();
    let fields = [("person", person), ("code", ticket.url.as_str())];
    let asked = program.press("scan", &fields).await;
    assert!(asked.ends_with("#scan") && program.page(&asked).await.contains("先关注，再扫描"), "{asked}");
    program.press("scan", &[fields[0], fields[1], ("follow", "1")]).await;
    assert!(program.page(&place).await.contains("你扫码关注了公众号"));
}
