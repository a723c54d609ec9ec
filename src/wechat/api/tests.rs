//! Tests of the client against a small fake platform.

use super::*;
use crate::base::clock::FakeClock;
use crate::base::rng::SeededRng;
use serde_json::{Value, json};
use stand_in::{Answer, Seen, StandIn};

mod calls;
mod media;
mod secrets;
mod stand_in;
mod tokens;
mod unclean;

const NOW_MS: i64 = 1_757_650_000_000;
const APPID: &str = "wx0123456789abcdef";
const SECRET: &str = "canary-secret-2f1d";
const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// One instance of the program, and what it shares with other instances.
struct Rig {
    client: Client,
    platform: StandIn,
    clock: Arc<FakeClock>,
    store: Arc<MemoryTokenStore>,
}

impl Rig {
    /// A rig whose platform answers with `answer`.
    async fn new(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::with_timeout(Duration::from_secs(5), answer).await
    }

    /// A rig with short timeouts, for platforms that do not answer.
    async fn impatient(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::with_timeout(Duration::from_millis(200), answer).await
    }

    async fn with_timeout(timeout: Duration, answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let platform = StandIn::start(answer).await;
        let (clock, store) = (Arc::new(FakeClock::at(NOW_MS)), Arc::new(MemoryTokenStore::default()));
        let client = instance(&platform.base, &store, &clock, timeout, 1);
        Self { client, platform, clock, store }
    }

    /// A rig whose platform gives the token `T` and answers every other call with `value`.
    async fn answering(value: Value) -> Self {
        Self::new(move |seen| if seen.path == STABLE_TOKEN { token("T") } else { Answer::json(&value) }).await
    }

    /// Another instance with the same platform, store and clock.
    fn another(&self, seed: u64) -> Client {
        instance(&self.platform.base, &self.store, &self.clock, Duration::from_secs(5), seed)
    }
}

fn instance(
    api_base: &Url,
    store: &Arc<MemoryTokenStore>,
    clock: &Arc<FakeClock>,
    timeout: Duration,
    seed: u64,
) -> Client {
    let settings = settings(api_base, timeout);
    let chance = Arc::new(SeededRng::new(seed));
    Client::new(settings, Arc::<MemoryTokenStore>::clone(store), Arc::<FakeClock>::clone(clock), chance).unwrap()
}

fn settings(api_base: &Url, timeout: Duration) -> ApiSettings {
    ApiSettings {
        api_base: api_base.clone(),
        mp_base: "https://mp.weixin.qq.com".parse().unwrap(),
        appid: APPID.to_owned(),
        secret: SECRET.into(),
        timeout,
    }
}

/// A response of `stable_token` that is valid for two hours.
fn token(value: &str) -> Answer {
    Answer::json(&json!({ "access_token": value, "expires_in": 7200 }))
}

fn refusal(code: i64) -> Answer {
    Answer::json(&json!({ "errcode": code, "errmsg": "no rid: x" }))
}

/// The sample `id` of the known answers.
fn sample(id: &str) -> Value {
    samples().into_iter().find(|sample| sample["id"] == id).unwrap()
}

fn samples() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/api.json")).unwrap();
    file["samples"].as_array().unwrap().clone()
}
