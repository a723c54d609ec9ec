//! A simulated iLink platform: QR codes, messages by long poll, answers with its limits, and a record of what each bot did.

mod routes;

use axum::{
    Router,
    routing::{get, post},
};
use routes::{notify_start, notify_stop, qr_code, qr_status, send, updates, upload, upload_url};
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
