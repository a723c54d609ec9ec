//! Tests of the phone with the whole program: an embedded database, and only the loopback network.

use crate::{
    base::{clock::SystemClock, rng::SystemRng},
    config::{Flags, load},
    core::rule::{
        ACCOUNT, MatchType, TriggerKind,
        draft::Draft,
        edit::{self, Editor},
        media::storage,
        search,
    },
    http::state::AppState,
    sandbox::Phone,
    server::{router::router, serve::start},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
    response::Response,
};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tower::ServiceExt as _;

mod page;
mod personal;

struct Program {
    state: AppState,
    phone: Option<Arc<Phone>>,
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
        let server = start(settings, Arc::new(SystemClock), Arc::new(SystemRng)).await.unwrap();
        let (state, phone, address) = (server.state.clone(), server.phone.clone(), server.address);
        tokio::spawn(server.serve());
        Self { state, phone, address, folder }
    }

    /// Presses a button; returns the redirect target.
    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let http =
            crate::base::tls::http_client().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let url = format!("http://{}/sandbox/{path}", self.address);
        let answer = http.post(url).header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn page(&self, path: &str) -> String {
        let http = crate::base::tls::http_client().no_proxy().build().unwrap();
        http.get(format!("http://{}{path}", self.address)).send().await.unwrap().text().await.unwrap()
    }

    async fn status(&self, path: &str, host: &str) -> StatusCode {
        let request = Request::builder().uri(path).header("host", host).body(Body::empty()).unwrap();
        router(self.state.clone(), self.phone.clone()).oneshot(request).await.unwrap().status()
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
    assert!(program.phone.is_none());
    for path in ["/sandbox", "/sandbox/events"] {
        assert_eq!(program.status(path, "127.0.0.1").await, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!program.folder.path().join("sandbox.json").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_answers_under_no_foreign_name() {
    let program = Program::start(&[]).await;
    // Each with its own method: another method is refused before the access check. Forms are tested below.
    for path in ["/sandbox", "/sandbox/personal", "/sandbox/events", "/sandbox/media/unknown"] {
        assert_eq!(program.status(path, "evil.test").await, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    assert_eq!(program.status("/sandbox", "127.0.0.1:3000").await, StatusCode::OK);
    assert_eq!(program.status("/sandbox", "localhost").await, StatusCode::OK);
}

/// Calls the router directly, as a client at this address.
async fn called(program: &Program, (method, path): (&str, &str), address: &str, sent: &[(&str, &str)]) -> Response {
    let peer = SocketAddr::new(address.parse().unwrap(), 50_000);
    let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
    for (name, value) in sent {
        request = request.header(*name, *value);
    }
    let body = sent.iter().find(|(name, _)| *name == "x-test-form").map_or("", |(_, form)| *form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("sec-fetch-site", "same-origin").body(Body::from(body.to_owned())).unwrap();
    router(program.state.clone(), program.phone.clone()).oneshot(request).await.unwrap()
}

async fn body(response: Response) -> String {
    String::from_utf8(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// T-171: from another device the sandbox answers only with its key, and never through a proxy or under a public name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_devices_need_the_key() {
    let more = [("LEPTOS_SITE_ADDR", "0.0.0.0:0"), ("WEIDA_PUBLIC_URL", "http://192.168.1.5:3000")];
    let program = Program::start(&more).await;
    let access = &program.phone.as_ref().unwrap().access;
    let (phone, host) = ("192.168.1.77", ("host", "192.168.1.5:3000"));
    let routes = [
        ("POST", "/sandbox/people"),
        ("POST", "/sandbox/follow"),
        ("POST", "/sandbox/unfollow"),
        ("POST", "/sandbox/say"),
        ("POST", "/sandbox/send"),
        ("POST", "/sandbox/click"),
        ("POST", "/sandbox/tap"),
        ("POST", "/sandbox/scan"),
        ("POST", "/sandbox/code"),
        ("POST", "/sandbox/account"),
        ("POST", "/sandbox/rules"),
        ("POST", "/sandbox/personal/scan"),
        ("POST", "/sandbox/personal/confirm"),
        ("POST", "/sandbox/personal/cancel"),
        ("POST", "/sandbox/personal/say"),
        ("POST", "/sandbox/personal/send"),
        ("POST", "/sandbox/personal/fault"),
        ("GET", "/sandbox/personal"),
        ("GET", "/sandbox/personal/media/unknown"),
        ("GET", "/sandbox/media/unknown"),
        ("GET", "/sandbox/events"),
        ("GET", "/sandbox/key.png"),
        ("GET", "/sandbox/no-such-place"),
    ];
    let form = ("x-test-form", "nickname=eve&text=hi&person=x");
    for route in routes {
        assert_eq!(called(&program, route, phone, &[host, form]).await.status(), StatusCode::FORBIDDEN, "{route:?}");
    }
    // The phone is hidden under every spelling of the path.
    let people = "sandbox-people";
    for path in [
        "/sandbox",
        "/sandbox/",
        "//sandbox",
        "/%73andbox",
        "/sandbox%2F",
        "/./sandbox",
        "/x/../sandbox",
        "/SANDBOX",
        "/sandbox/personal",
        "//sandbox/personal",
        "/%73andbox/personal",
        "/sandbox%2Fpersonal",
        "/x/../sandbox/personal",
    ] {
        let shown = called(&program, ("GET", path), phone, &[host]).await;
        assert!(!shown.status().is_success(), "{path}");
        assert!(!body(shown).await.contains(people), "{path}");
    }
    // Through a proxy or under a foreign name, the key does not help either.
    let opened = called(&program, ("GET", &format!("/sandbox?key={}", access.key())), phone, &[host]).await;
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!((opened.status(), opened.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/sandbox"));
    assert!(!cookie.contains(access.key()));
    let with = ("cookie", cookie.as_str());
    for refused in [
        [host, ("x-forwarded-for", "192.168.1.77")],
        [("host", "weida.example"), with],
        [("host", "0.0.0.0:3000"), with],
    ] {
        for (method, path) in routes.into_iter().chain([("GET", "/sandbox")]) {
            let answer = called(&program, (method, path), phone, &[refused[0], refused[1], with, form]).await;
            assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST, "{path} {refused:?}");
        }
    }
    // With the cookie the phone is shown, but the key only on this machine.
    let shown = body(called(&program, ("GET", "/sandbox"), phone, &[host, with]).await).await;
    assert!(shown.contains(people) && !shown.contains(access.key()) && !shown.contains("key.png"), "{shown}");
    let shown = body(called(&program, ("GET", "/sandbox"), "127.0.0.1", &[("host", "127.0.0.1:3000")]).await).await;
    assert!(shown.contains(people) && shown.contains(access.key()) && shown.contains("key.png"), "{shown}");
    let picture = called(&program, ("GET", "/sandbox/key.png"), "127.0.0.1", &[("host", "127.0.0.1:3000")]).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    let picture = called(&program, ("GET", "/sandbox/key.png"), phone, &[host, with]).await;
    assert_eq!(picture.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_typed_opens_and_a_wrong_one_is_counted() {
    let more = [("LEPTOS_SITE_ADDR", "0.0.0.0:0"), ("WEIDA_PUBLIC_URL", "http://192.168.1.5:3000")];
    let program = Program::start(&more).await;
    let key = program.phone.as_ref().unwrap().access.key().to_owned();
    let (phone, host) = ("192.168.1.77", ("host", "192.168.1.5:3000"));
    let sends = |key: String| {
        let program = &program;
        async move {
            called(program, ("POST", "/sandbox/key"), phone, &[host, ("x-test-form", &format!("key={key}"))]).await
        }
    };
    for n in 0..10 {
        let refused = sends(format!("wrong{n}")).await;
        assert!(!refused.headers()["set-cookie"].to_str().unwrap().contains("weida_sandbox"), "{n}");
    }
    assert!(!sends(key.clone()).await.headers()["set-cookie"].to_str().unwrap().contains("weida_sandbox"));
    let typed = format!("key=+{key}+");
    let sent = [host, ("x-test-form", typed.as_str())];
    let other = called(&program, ("POST", "/sandbox/key"), "192.168.1.78", &sent);
    assert!(other.await.headers()["set-cookie"].to_str().unwrap().starts_with("weida_sandbox="));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_follows_and_is_answered_over_the_real_ways() {
    let program = Program::start(&[]).await;
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
    assert_eq!(search::list(&program.state.ctx(), ACCOUNT).await.unwrap().len(), 3);
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
    let ctx = &program.state.ctx();
    let bytes = b"\x89PNG\r\n\x1a\npixels".to_vec();
    let kept = storage::add(ctx, ACCOUNT, "海报.png", bytes.clone()).await.unwrap();
    let draft = Draft {
        contents: vec![kept.content()],
        ..Draft::of_text(TriggerKind::Keyword, "海报", MatchType::Exact, "")
    };
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
    let answer = crate::base::tls::http_client().no_proxy().build().unwrap().get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap(), bytes);
    assert_eq!(program.status("/sandbox/media/unknown", "127.0.0.1").await, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_asks_a_stranger_to_follow_first() {
    let program = Program::start(&[]).await;
    let place = program.press("people", &[("nickname", "小微")]).await;
    let person = place.strip_prefix("/sandbox?person=").unwrap().strip_suffix("#phone").unwrap();
    let ticket = program.state.ctx().account.platform.create_qr("poster", 600).await.unwrap();
    let fields = [("person", person), ("code", ticket.url.as_str())];
    let asked = program.press("scan", &fields).await;
    assert!(asked.ends_with("#scan") && program.page(&asked).await.contains("先关注，再扫描"), "{asked}");
    program.press("scan", &[fields[0], fields[1], ("follow", "1")]).await;
    assert!(program.page(&place).await.contains("你扫码关注了公众号"));
}
