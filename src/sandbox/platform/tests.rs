//! Tests of the fake platform with a minimal program on the other side.

use super::{locked::locked, *};
use crate::{
    base::{clock::FakeClock, rng::SystemRng},
    wechat::{
        api::{ApiError, ApiSettings, Client, Medium, MediumKind, MemoryTokenStore},
        callback::{self, PushSettings},
        reply::{Reply, Trigger, render},
    },
};
use axum::{body::Bytes, extract::RawQuery, response::IntoResponse as _, routing::get};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Mutex;

mod api;
mod pushing;
mod restart;

const NOW: i64 = 1_757_650_000_000;
/// A timeout of less than five seconds, for replies that are too late.
const SOON: Duration = Duration::from_secs(1);

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(NOW))
}

fn settings(clock: &Arc<FakeClock>) -> PlatformSettings {
    PlatformSettings::new(clock.clone(), Arc::new(SystemRng))
}

async fn start(clock: &Arc<FakeClock>) -> Platform {
    Platform::start(settings(clock)).await.unwrap()
}

/// A platform with a short timeout.
async fn hasty() -> Platform {
    Platform::start(PlatformSettings { patience: SOON, ..settings(&clock()) }).await.unwrap()
}

fn http() -> reqwest::Client {
    crate::base::tls::http_client().no_proxy().build().unwrap()
}

/// Calls the platform without the program's client; returns the JSON.
async fn ask(platform: &Platform, path: &str, body: Option<Value>) -> Value {
    let url = platform.api_base().join(path).unwrap();
    let request = match body {
        Some(body) => http().post(url).body(body.to_string()),
        None => http().get(url),
    };
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn token(platform: &Platform) -> String {
    let account = platform.credentials();
    let body = json!({ "grant_type": "client_credential", "appid": account.appid, "secret": account.secret });
    ask(platform, "/cgi-bin/stable_token", Some(body)).await["access_token"].as_str().unwrap().to_owned()
}

/// The program's client.
fn client(platform: &Platform, clock: &Arc<FakeClock>) -> Client {
    let account = platform.credentials();
    let settings = ApiSettings {
        api_base: platform.api_base(),
        mp_base: platform.mp_base(),
        appid: account.appid,
        secret: SecretString::from(account.secret),
        timeout: Duration::from_secs(2),
    };
    Client::new(settings, Arc::new(MemoryTokenStore::default()), clock.clone(), Arc::new(SystemRng)).unwrap()
}

/// A minimal program: numbers the pushes from 0, and `answer` returns the reply.
async fn product<F, A>(platform: &Platform, answer: F) -> Url
where
    F: Fn(usize, callback::Push, Arc<PushSettings>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = String> + Send,
{
    let account = platform.credentials();
    let push = PushSettings::new(&account.token, &account.appid, Mode::Safe, vec![account.key().unwrap()]).unwrap();
    let (push, count) = (Arc::new(push), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let echoing = Arc::clone(&push);
    let verify = get(move |RawQuery(query): RawQuery| {
        let push = Arc::clone(&echoing);
        async move { callback::verify_url(&push, &query.unwrap(), NOW / 1000).unwrap() }
    });
    let route = verify.post(move |RawQuery(query): RawQuery, body: Bytes| {
        let (push, answer) = (Arc::clone(&push), answer.clone());
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            let opened = callback::open_push(&push, &query.unwrap(), &body, NOW / 1000).unwrap();
            answer(number, opened, push).await.into_response()
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/push", listener.local_addr().unwrap())).unwrap();
    let app = axum::Router::new().route("/push", route);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    platform.set_push_url(url.clone());
    url
}

/// An encrypted reply to a push.
fn sealed(push: &callback::Push, with: &PushSettings, reply: &Reply) -> String {
    let xml = render(reply, &push.message.from, &push.message.to, NOW / 1000, Trigger::of(&push.message));
    callback::seal_reply(with, &push.seal, &xml, NOW / 1000, &SystemRng)
}

fn text(words: &str) -> Reply {
    Reply::Text(words.to_owned())
}

/// A follower of an account that did not reply to the follow.
async fn follower(platform: &Platform) -> String {
    let openid = platform.add_person("小微").await.unwrap();
    platform.prepare(&openid, &Act::Follow).await.unwrap();
    openid
}
