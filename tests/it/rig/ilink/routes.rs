//! The calls of the simulated platform.

use super::{Bot, HOLD, Ilink, Qr, Sent, World};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

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

pub async fn qr_code(State(world): State<World>) -> Response {
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
pub async fn qr_status(State(world): State<World>, Query(asked): Query<HashMap<String, String>>) -> Response {
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

pub async fn updates(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
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

pub async fn send(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
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

pub async fn upload_url(State(world): State<World>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let key = asked["filekey"].as_str().unwrap().to_owned();
    let mut all = world.all();
    all.uploads.push((asked["media_type"].to_string(), usize::try_from(asked["rawsize"].as_u64().unwrap()).unwrap()));
    json!({ "ret": 0, "upload_full_url": format!("{}/upload/{key}", world.base) }).to_string().into_response()
}

pub async fn upload(Path(key): Path<String>, body: Bytes) -> Response {
    assert!(!body.is_empty() && body.len().is_multiple_of(16), "the file is encrypted");
    ([("x-encrypted-param", format!("param-of-{key}"))], "").into_response()
}

pub async fn notify_start(State(world): State<World>, headers: HeaderMap) -> Response {
    notified(&world, &headers, |bot| bot.started += 1)
}

pub async fn notify_stop(State(world): State<World>, headers: HeaderMap) -> Response {
    notified(&world, &headers, |bot| bot.stopped += 1)
}

fn notified(world: &World, headers: &HeaderMap, note: impl FnOnce(&mut Bot)) -> Response {
    if let Some(bot) = world.all().bots.get_mut(&token_of(headers)) {
        note(bot);
    }
    world.changed();
    json!({ "ret": 0 }).to_string().into_response()
}
