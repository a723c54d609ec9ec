//! A stand-in for the platform's own API: it counts what it is asked, and answers, late or never.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{Uri, header},
    response::{IntoResponse as _, Response},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;

/// The secret value that the stand-in gives as `access_token`.
pub const ACCESS_TOKEN: &str = "stand-in-access-token-7f3a9c";
/// What the platform tells a server and nobody else.
pub const SESSION_KEY: &str = "c2Vzc2lvbi1rZXktY2FuYQ==";
pub const OAUTH_TOKEN: &str = "stand-in-oauth-token-51be77";

#[derive(Clone)]
struct Desk {
    asked: Arc<Mutex<Vec<(String, String)>>>,
    told: watch::Sender<usize>,
    delay: Duration,
    is_verified: bool,
}

pub struct Platform {
    pub base: String,
    desk: Desk,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Platform {
    /// One that answers everything at once.
    pub async fn answering() -> Self {
        Self::after(Duration::ZERO).await
    }

    /// One whose account may send no customer-service messages.
    pub async fn unverified() -> Self {
        Self::serving(Duration::ZERO, false).await
    }

    /// One that takes the call and says nothing for longer than anybody waits.
    pub async fn hanging() -> Self {
        Self::after(Duration::from_mins(10)).await
    }

    /// One that thinks this long about every call.
    pub async fn after(delay: Duration) -> Self {
        Self::serving(delay, true).await
    }

    async fn serving(delay: Duration, is_verified: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let desk = Desk { asked: Arc::default(), told: watch::channel(0).0, delay, is_verified };
        let routes = Router::new().fallback(serve).with_state(desk.clone());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, desk, server }
    }

    /// The bodies of all calls of `path`, in order.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.desk.asked.lock().unwrap();
        asked.iter().filter(|(p, _)| p == path).map(|(_, body)| body.clone()).collect()
    }

    /// Waits for the first call of `path` and gives its body.
    pub async fn first(&self, path: &str, patience: Duration) -> Option<String> {
        let mut told = self.desk.told.subscribe();
        let looking = async {
            loop {
                if let Some(body) = self.asked(path).into_iter().next() {
                    return body;
                }
                told.changed().await.unwrap();
            }
        };
        tokio::time::timeout(patience, looking).await.ok()
    }

    /// The scene of the QR that was asked for last.
    pub fn last_scene(&self) -> Option<String> {
        let body = self.asked("/cgi-bin/qrcode/create").pop()?;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        Some(body["action_info"]["scene"]["scene_str"].as_str().unwrap().to_owned())
    }
}

async fn serve(State(desk): State<Desk>, uri: Uri, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    desk.asked.lock().unwrap().push((uri.path().to_owned(), body));
    desk.told.send_modify(|n| *n += 1);
    tokio::time::sleep(desk.delay).await;
    let answer = match uri.path() {
        "/cgi-bin/stable_token" => format!(r#"{{"access_token":"{ACCESS_TOKEN}","expires_in":7200}}"#),
        "/cgi-bin/qrcode/create" => {
            r#"{"ticket":"gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFx","expire_seconds":600,"url":"http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"}"#.to_owned()
        }
        "/sns/jscode2session" => format!(r#"{{"openid":"oMini","session_key":"{SESSION_KEY}"}}"#),
        "/sns/oauth2/access_token" => {
            format!(r#"{{"access_token":"{OAUTH_TOKEN}","expires_in":7200,"refresh_token":"{OAUTH_TOKEN}-r","openid":"oWeb"}}"#)
        }
        "/sns/userinfo" => r#"{"openid":"oWeb","nickname":"小微"}"#.to_owned(),
        "/cgi-bin/message/custom/send" if !desk.is_verified => {
            r#"{"errcode":48001,"errmsg":"api unauthorized"}"#.to_owned()
        }
        "/cgi-bin/user/info" => r#"{"subscribe":1,"openid":"o"}"#.to_owned(),
        _ => r#"{"errcode":0,"errmsg":"ok"}"#.to_owned(),
    };
    ([(header::CONTENT_TYPE, "text/plain")], answer).into_response()
}
