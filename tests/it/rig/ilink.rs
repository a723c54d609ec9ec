//! A simulated iLink platform: QR codes, messages by long poll, answers with its limits, and a record of what each bot did.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::sync::watch;

/// How long the simulated platform holds a poll.
const HOLD: Duration = Duration::from_secs(2);
/// Messages per received one.
const MOST: i64 = 10;

/// A message that a bot sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub client_id: String,
    /// The text; for a file its kind and the bytes that were uploaded for it, as text.
    pub text: String,
}

/// One person with a bot.
#[derive(Debug, Default)]
struct Bot {
    person: String,
    inbox: Vec<Value>,
    sent: Vec<Sent>,
    ids: HashMap<String, u64>,
    repeated: usize,
    left: i64,
    is_stale: bool,
    is_dropping: bool,
    polling: usize,
    most_polling: usize,
    polls: usize,
    cursor: usize,
    went_back: usize,
    started: usize,
    stopped: usize,
}

#[derive(Debug, Clone, Default)]
struct Qr {
    status: Value,
    number: Option<String>,
    person: Option<String>,
}

#[derive(Debug, Default)]
struct Everything {
    bots: BTreeMap<String, Bot>,
    qrs: BTreeMap<String, Qr>,
    uploads: Vec<(String, usize)>,
    count: u64,
    is_broken: bool,
}

#[derive(Clone)]
struct World {
    all: Arc<Mutex<Everything>>,
    changes: Arc<watch::Sender<u64>>,
    base: String,
}

impl World {
    fn all(&self) -> MutexGuard<'_, Everything> {
        self.all.lock().unwrap()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// The simulated platform.
pub struct Ilink {
    pub base: String,
    world: World,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Ilink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Ilink {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let world = World { all: Arc::default(), changes: Arc::new(watch::channel(0).0), base: base.clone() };
        let routes = Router::new()
            .route("/ilink/bot/get_bot_qrcode", post(qr_code))
            .route("/ilink/bot/get_qrcode_status", get(qr_status))
            .route("/ilink/bot/getupdates", post(updates))
            .route("/ilink/bot/sendmessage", post(send))
            .route("/ilink/bot/getuploadurl", post(upload_url))
            .route("/upload/{key}", post(upload))
            .route("/ilink/bot/msg/notifystart", post(notify_start))
            .route("/ilink/bot/msg/notifystop", post(notify_stop))
            .with_state(world.clone());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, world, server }
    }

    /// The settings of a program that uses this platform.
    pub fn settings(&self) -> [(&'static str, &str); 2] {
        [("ILINK_API_BASE", &self.base), ("ILINK_CDN_BASE", &self.base)]
    }

    /// The handle of the latest QR code.
    pub fn latest_qr(&self) -> Option<String> {
        self.world.all().qrs.keys().next_back().cloned()
    }

    /// The person scans the latest QR code and confirms.
    pub fn confirm(&self, person: &str) {
        let qr = self.latest_qr().unwrap();
        self.confirm_qr(&qr, person);
    }

    fn confirm_qr(&self, qr: &str, person: &str) {
        let mut all = self.world.all();
        all.count += 1;
        let token = format!("bot-token-of-{person}-{}", all.count);
        // A new bot of the same person ends the earlier one.
        all.bots.values_mut().filter(|bot| bot.person == person).for_each(|bot| bot.is_stale = true);
        all.bots.insert(token.clone(), Bot { person: person.to_owned(), ..Bot::default() });
        let status = json!({
            "ret": 0, "status": "confirmed", "bot_token": token, "ilink_bot_id": format!("{person}-bot@im.bot"),
            "baseurl": self.base, "ilink_user_id": person,
        });
        all.qrs.insert(qr.to_owned(), Qr { status, ..Qr::default() });
        drop(all);
        self.world.changed();
    }

    /// A bot of a person who connected before. Returns its token.
    pub fn adopt(&self, person: &str) -> String {
        let token = format!("bot-token-of-{person}");
        self.world.all().bots.insert(token.clone(), Bot { person: person.to_owned(), ..Bot::default() });
        token
    }

    /// The polls of all bots that wait now.
    pub fn all_polling(&self) -> usize {
        self.world.all().bots.values().map(|bot| bot.polling).sum()
    }

    /// The polls of all bots until now.
    pub fn all_polls(&self) -> usize {
        self.world.all().bots.values().map(|bot| bot.polls).sum()
    }

    /// The latest QR code gets this status.
    pub fn set_status(&self, status: &str) {
        let qr = self.latest_qr().unwrap();
        let mut all = self.world.all();
        all.qrs.insert(qr, Qr { status: json!({ "ret": 0, "status": status }), ..Qr::default() });
        drop(all);
        self.world.changed();
    }

    /// The person scans the latest QR code; their phone shows this number, which must be typed.
    pub fn ask_number(&self, person: &str, number: &str) {
        let qr = self.latest_qr().unwrap();
        let status = json!({ "ret": 0, "status": "need_verifycode" });
        let asked = Qr { status, number: Some(number.to_owned()), person: Some(person.to_owned()) };
        self.world.all().qrs.insert(qr, asked);
        self.world.changed();
    }

    /// The person writes a text; returns its id.
    pub fn say(&self, person: &str, text: &str) -> u64 {
        self.write(person, &json!({ "type": 1, "text_item": { "text": text } }))
    }

    /// The person sends a picture.
    pub fn send_picture(&self, person: &str) -> u64 {
        self.write(
            person,
            &json!({ "type": 2, "image_item": { "media": { "encrypt_query_param": "p", "aes_key": "" } } }),
        )
    }

    fn write(&self, person: &str, item: &Value) -> u64 {
        let id = {
            let mut all = self.world.all();
            all.count += 1;
            // Larger than a number of JavaScript.
            let id = (1_u64 << 60) + all.count;
            let context = format!("context-of-{id}");
            let bot =
                all.bots.values_mut().rfind(|bot| bot.person == person && !bot.is_stale).expect("the person has a bot");
            bot.left = MOST;
            bot.inbox.push(json!({
                "message_id": id, "from_user_id": person, "to_user_id": "bot@im.bot", "message_type": 1,
                "message_state": 2, "item_list": [item], "context_token": context,
            }));
            id
        };
        self.world.changed();
        id
    }

    /// A message of another person to this person's bot, which the platform should never hand over.
    pub fn intrude(&self, person: &str, from: &str, text: &str) {
        {
            let mut all = self.world.all();
            let bot = all.bots.values_mut().rfind(|bot| bot.person == person).unwrap();
            bot.inbox.push(json!({
                "message_id": 7, "from_user_id": from, "message_type": 1, "message_state": 2,
                "item_list": [{ "type": 1, "text_item": { "text": text } }], "context_token": "foreign",
            }));
        }
        self.world.changed();
    }

    /// Hands the latest message of a person over again.
    pub fn repeat(&self, person: &str) {
        self.with(person, |bot| {
            let last = bot.inbox.last().unwrap().clone();
            bot.inbox.push(last);
        });
        self.world.changed();
    }

    /// The person's token is no longer valid.
    pub fn expire(&self, person: &str) {
        self.with(person, |bot| bot.is_stale = true);
        self.world.changed();
    }

    /// Messages are taken and dropped (`ret: 0` without an id), or no longer.
    pub fn drop_messages(&self, person: &str, is_dropping: bool) {
        self.with(person, |bot| bot.is_dropping = is_dropping);
    }

    /// Every call fails with status 500, or no longer.
    pub fn break_down(&self, is_broken: bool) {
        self.world.all().is_broken = is_broken;
        self.world.changed();
    }

    /// What the person's bots sent, oldest first.
    pub fn sent(&self, person: &str) -> Vec<Sent> {
        let all = self.world.all();
        all.bots.values().filter(|bot| bot.person == person).flat_map(|bot| bot.sent.clone()).collect()
    }

    /// The texts of [`Self::sent`].
    pub fn texts(&self, person: &str) -> Vec<String> {
        self.sent(person).into_iter().map(|sent| sent.text).collect()
    }

    /// How often a message was sent again with the same client id.
    pub fn repeated(&self, person: &str) -> usize {
        self.sum(person, |bot| bot.repeated)
    }

    /// The most polls of one token at the same time.
    pub fn most_polling(&self, person: &str) -> usize {
        let all = self.world.all();
        all.bots.values().filter(|bot| bot.person == person).map(|bot| bot.most_polling).max().unwrap_or_default()
    }

    /// The polls that wait now.
    pub fn polling(&self, person: &str) -> usize {
        self.sum(person, |bot| bot.polling)
    }

    /// The number of polls until now.
    pub fn polls(&self, person: &str) -> usize {
        self.sum(person, |bot| bot.polls)
    }

    /// How often a poll had an earlier cursor than one before.
    pub fn went_back(&self, person: &str) -> usize {
        self.sum(person, |bot| bot.went_back)
    }

    /// How often polling was announced and ended.
    pub fn notified(&self, person: &str) -> (usize, usize) {
        (self.sum(person, |bot| bot.started), self.sum(person, |bot| bot.stopped))
    }

    fn sum(&self, person: &str, of: impl Fn(&Bot) -> usize) -> usize {
        self.world.all().bots.values().filter(|bot| bot.person == person).map(of).sum()
    }

    fn with(&self, person: &str, work: impl FnOnce(&mut Bot)) {
        work(self.world.all().bots.values_mut().rfind(|bot| bot.person == person && !bot.is_stale).unwrap());
    }

    /// Waits until this is true of the platform; panics after `patience`.
    pub async fn until(&self, what: &str, patience: Duration, question: impl Fn(&Self) -> bool) {
        let mut changes = self.world.changes.subscribe();
        let waiting = async {
            while !question(self) {
                changes.changed().await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(patience, waiting).await.is_ok();
        assert!(in_time, "{what}: not within {patience:?}; {:?}", self.world.all());
    }
}

fn token_of(headers: &HeaderMap) -> String {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    bearer.trim_start_matches("Bearer ").to_owned()
}

fn stale() -> Response {
    json!({ "ret": -14, "errcode": -14, "errmsg": "session timeout" }).to_string().into_response()
}

fn failed() -> Response {
    (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "<html>500</html>").into_response()
}

async fn qr_code(State(world): State<World>) -> Response {
    let qr = {
        let mut all = world.all();
        if all.is_broken {
            return failed();
        }
        all.count += 1;
        let qr = format!("QR{:06}", all.count);
        all.qrs.insert(qr.clone(), Qr { status: json!({ "ret": 0, "status": "wait" }), ..Qr::default() });
        qr
    };
    world.changed();
    let content = format!("https://liteapp.weixin.qq.com/q/{qr}");
    json!({ "ret": 0, "qrcode": qr, "qrcode_img_content": content }).to_string().into_response()
}

/// Answers at once; a waiting QR code after a moment, as a short long poll.
async fn qr_status(State(world): State<World>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let mut changes = world.changes.subscribe();
    let qr = asked.get("qrcode").cloned().unwrap_or_default();
    let typed = asked.get("verify_code").cloned();
    let known = world.all().qrs.get(&qr).cloned();
    let Some(known) = known else { return json!({ "ret": 0, "status": "expired" }).to_string().into_response() };
    if let (Some(number), Some(person)) = (&known.number, &known.person) {
        if typed.as_deref() != Some(number) {
            return known.status.to_string().into_response();
        }
        let ilink = Ilink { base: world.base.clone(), world: world.clone(), server: tokio::spawn(async {}) };
        ilink.confirm_qr(&qr, person);
    }
    if known.status["status"] == "wait" {
        tokio::time::timeout(Duration::from_millis(500), changes.changed()).await.ok();
    }
    let status = world.all().qrs[&qr].status.clone();
    status.to_string().into_response()
}

/// Counts a poll while it waits.
struct Polling {
    world: World,
    token: String,
}

impl Drop for Polling {
    fn drop(&mut self) {
        if let Some(bot) = self.world.all().bots.get_mut(&self.token) {
            bot.polling -= 1;
        }
        self.world.changed();
    }
}

async fn updates(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
    let token = token_of(&headers);
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let cursor = asked["get_updates_buf"].as_str().unwrap().trim_start_matches("cursor-");
    let cursor: usize = if cursor.is_empty() { 0 } else { cursor.parse().unwrap() };
    let mut changes = world.changes.subscribe();
    {
        let mut all = world.all();
        if all.is_broken {
            return failed();
        }
        let Some(bot) = all.bots.get_mut(&token) else { return stale() };
        bot.polling += 1;
        bot.polls += 1;
        bot.most_polling = bot.most_polling.max(bot.polling);
        bot.went_back += usize::from(cursor < bot.cursor);
        bot.cursor = bot.cursor.max(cursor);
    }
    let _polling = Polling { world: world.clone(), token: token.clone() };
    world.changed();
    let deadline = tokio::time::Instant::now() + HOLD;
    loop {
        let messages = {
            let all = world.all();
            if all.is_broken {
                return failed();
            }
            let bot = &all.bots[&token];
            if bot.is_stale {
                return stale();
            }
            bot.inbox.iter().skip(cursor).cloned().collect::<Vec<_>>()
        };
        let is_over = tokio::time::Instant::now() >= deadline;
        if is_over || !messages.is_empty() {
            let next = cursor + messages.len();
            let buffer = format!("cursor-{next}");
            let answer = json!({ "ret": 0, "msgs": messages, "get_updates_buf": buffer });
            return answer.to_string().into_response();
        }
        tokio::time::timeout_at(deadline, changes.changed()).await.ok();
    }
}

async fn send(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
    let token = token_of(&headers);
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let message = &asked["msg"];
    let client_id = message["client_id"].as_str().unwrap().to_owned();
    let answer = {
        let mut all = world.all();
        if all.is_broken {
            return failed();
        }
        all.count += 1;
        let (id, upload) = (all.count, all.uploads.last().cloned());
        let Some(bot) = all.bots.get_mut(&token).filter(|bot| !bot.is_stale) else { return stale() };
        if message["to_user_id"] != bot.person.as_str() {
            json!({ "ret": -1, "errmsg": "bad recipient" })
        } else if let Some(known) = bot.ids.get(&client_id) {
            bot.repeated += 1;
            json!({ "ret": 0, "message_id": known })
        } else if bot.is_dropping {
            json!({ "ret": 0 })
        } else if bot.left == 0 {
            json!({ "ret": -2, "errmsg": "limit" })
        } else {
            bot.left -= 1;
            bot.ids.insert(client_id.clone(), id);
            let item = &message["item_list"][0];
            let text = item["text_item"]["text"].as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| {
                let (kind, bytes) = upload.unwrap_or_default();
                format!("type {} media {kind} of {bytes} bytes", item["type"])
            });
            bot.sent.push(Sent { client_id, text });
            json!({ "ret": 0, "message_id": id })
        }
    };
    world.changed();
    answer.to_string().into_response()
}

async fn upload_url(State(world): State<World>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let key = asked["filekey"].as_str().unwrap().to_owned();
    let mut all = world.all();
    all.uploads.push((asked["media_type"].to_string(), usize::try_from(asked["rawsize"].as_u64().unwrap()).unwrap()));
    json!({ "ret": 0, "upload_full_url": format!("{}/upload/{key}", world.base) }).to_string().into_response()
}

async fn upload(Path(key): Path<String>, body: Bytes) -> Response {
    assert!(!body.is_empty() && body.len().is_multiple_of(16), "the file is encrypted");
    ([("x-encrypted-param", format!("param-of-{key}"))], "").into_response()
}

async fn notify_start(State(world): State<World>, headers: HeaderMap) -> Response {
    notified(&world, &headers, |bot| bot.started += 1)
}

async fn notify_stop(State(world): State<World>, headers: HeaderMap) -> Response {
    notified(&world, &headers, |bot| bot.stopped += 1)
}

fn notified(world: &World, headers: &HeaderMap, note: impl FnOnce(&mut Bot)) -> Response {
    if let Some(bot) = world.all().bots.get_mut(&token_of(headers)) {
        note(bot);
    }
    world.changed();
    json!({ "ret": 0 }).to_string().into_response()
}
