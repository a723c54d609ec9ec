//! A simulated platform API that records the calls and answers immediately, late or never.

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

/// The secret value of the simulated `access_token`.
pub const ACCESS_TOKEN: &str = "stand-in-access-token-7f3a9c";
/// Secrets that the platform gives to the server only.
pub const SESSION_KEY: &str = "c2Vzc2lvbi1rZXktY2FuYQ==";
pub const OAUTH_TOKEN: &str = "stand-in-oauth-token-51be77";

#[derive(Clone)]
struct Recorder {
    asked: Arc<Mutex<Vec<(String, String)>>>,
    count: watch::Sender<usize>,
    delay: Duration,
    is_verified: bool,
    /// Answers that replace the usual ones, by path.
    said: Arc<Vec<(&'static str, Vec<u8>)>>,
}

pub struct Platform {
    pub base: String,
    recorder: Recorder,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Platform {
    /// A platform that answers immediately.
    pub async fn answering() -> Self {
        Self::after(Duration::ZERO).await
    }

    /// A platform whose account may not send customer-service messages.
    pub async fn unverified() -> Self {
        Self::serving(Duration::ZERO, false).await
    }

    /// A platform that accepts a call and does not answer within any timeout.
    pub async fn hanging() -> Self {
        Self::after(Duration::from_mins(10)).await
    }

    /// A platform that answers every call after this delay.
    pub async fn after(delay: Duration) -> Self {
        Self::serving(delay, true).await
    }

    /// A platform that answers calls of these paths with these bytes.
    pub async fn saying(answers: &[(&'static str, Vec<u8>)]) -> Self {
        Self::served(Duration::ZERO, true, answers.to_vec()).await
    }

    async fn serving(delay: Duration, is_verified: bool) -> Self {
        Self::served(delay, is_verified, Vec::new()).await
    }

    async fn served(delay: Duration, is_verified: bool, said: Vec<(&'static str, Vec<u8>)>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let said = Arc::new(said);
        let recorder = Recorder { asked: Arc::default(), count: watch::channel(0).0, delay, is_verified, said };
        let routes = Router::new().fallback(serve).with_state(recorder.clone());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, recorder, server }
    }

    /// The bodies of all calls of `path`, in order.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.recorder.asked.lock().unwrap();
        asked.iter().filter(|(p, _)| p == path).map(|(_, body)| body.clone()).collect()
    }

    /// Waits for the first call of `path` and returns its body.
    pub async fn first(&self, path: &str, patience: Duration) -> Option<String> {
        let mut count = self.recorder.count.subscribe();
        let looking = async {
            loop {
                if let Some(body) = self.asked(path).into_iter().next() {
                    return body;
                }
                count.changed().await.unwrap();
            }
        };
        tokio::time::timeout(patience, looking).await.ok()
    }

    /// The scene of the QR that was requested last.
    pub fn last_scene(&self) -> Option<String> {
        let body = self.asked("/cgi-bin/qrcode/create").pop()?;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        Some(body["action_info"]["scene"]["scene_str"].as_str().unwrap().to_owned())
    }
}

async fn serve(State(recorder): State<Recorder>, uri: Uri, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    recorder.asked.lock().unwrap().push((uri.path().to_owned(), body));
    recorder.count.send_modify(|n| *n += 1);
    tokio::time::sleep(recorder.delay).await;
    if let Some((_, bytes)) = recorder.said.iter().find(|(path, _)| *path == uri.path()) {
        return ([(header::CONTENT_TYPE, "text/plain")], bytes.clone()).into_response();
    }
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
        "/cgi-bin/message/custom/send" if !recorder.is_verified => {
            r#"{"errcode":48001,"errmsg":"api unauthorized"}"#.to_owned()
        }
        "/cgi-bin/user/info" => r#"{"subscribe":1,"openid":"o"}"#.to_owned(),
        _ => r#"{"errcode":0,"errmsg":"ok"}"#.to_owned(),
    };
    ([(header::CONTENT_TYPE, "text/plain")], answer).into_response()
}
