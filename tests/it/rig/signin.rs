//! Sign-ins and registrations, by the core and by a browser.

use super::{App, Browser, Phone};
use reqwest::StatusCode;
use std::net::{IpAddr, Ipv4Addr};
use weida::core::{
    account::field::Username,
    signin::{Purpose, Secrets, Status, begin, collect},
};

/// The address of the tests' browser.
pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The tests' browser.
pub fn asker() -> begin::Asker {
    begin::Asker { browser_label: "Chrome · Windows 10".to_owned(), address: HERE, next_path: None }
}

/// Registers by sending the page's code from the phone and confirming. Returns the user's id. The question names the username in its
/// normal form.
pub async fn register(app: &App, phone: &Phone, username: &str) -> i64 {
    let secrets = begin::register(&app.ctx, username, "correct horse", asker()).await.unwrap();
    let question = phone.ask(secrets.code()).await;
    let name = Username::parse(username).unwrap();
    assert!(question.contains(&format!("用 {} 注册吗？", name.as_str())), "{question}");
    let answer = phone.ask("1").await;
    assert!(answer.contains("注册成功"), "{answer}");
    collect::collect(&app.ctx, &secrets).await.unwrap().user.id
}

/// Begins a sign-in in a browser.
pub async fn begin_login(app: &App) -> Secrets {
    begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap()
}

/// The state that the browser's page shows.
pub async fn status(app: &App, secrets: &Secrets) -> Status {
    begin::view(&app.ctx, secrets).await.unwrap().unwrap().status
}

/// Returns true if the answer is the question of a sign-in or of a first registration.
pub fn is_asked(answer: &str) -> bool {
    ["是你在登录吗", "用这个微信注册吗"].iter().any(|question| answer.contains(question))
}

/// A browser signed in by this phone's WeChat.
pub async fn browser_by_wechat(app: &App, phone: &Phone) -> Browser {
    let browser = Browser::on(app);
    assert_eq!(browser.post("/do/wechat", &[]).await.location(), "/signin");
    let code = browser.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
    phone.ask(&code).await;
    phone.say("1").await;
    assert!(browser.get("/signin/done").await.location().starts_with("/me"));
    browser
}

/// A browser signed in by password.
pub async fn browser_by_password(app: &App, name: &str) -> Browser {
    let browser = Browser::on(app);
    assert_eq!(browser.post("/do/login", &[("username", name), ("password", "correct horse")]).await.location(), "/me");
    browser
}

/// Returns true if the browser is signed in.
pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/me/delete").await.status == StatusCode::OK
}
