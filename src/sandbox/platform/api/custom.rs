//! Customer-service messages (客服消息). Facts: docs/WECHAT.md, 4.4.

use super::call::{Call, Reply};
use crate::{
    sandbox::platform::{
        chat::{Article, By, ChatContent},
        fault::{self, Fault},
        state::PlatformState,
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use serde_json::{Value, json};

pub async fn send(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let body: Value = call.body()?;
    let content = content(&body)?;
    let now_ms = state.clock.now_ms();
    state
        .change(|world| {
            let person = world.people.get_mut(field(&body, "touser")).ok_or(fault::OPENID)?;
            person.allowance.take(now_ms)?;
            person.chat.add(now_ms, By::Account, content);
            Ok(ok())
        })
        .await
}

/// Not shown anywhere; only the response is the platform's.
pub fn typing(state: &PlatformState, call: &Call) -> Result<Reply, Fault> {
    state.authorise_verified(call)?;
    let body: Value = call.body()?;
    if !matches!(field(&body, "command"), "Typing" | "CancelTyping") {
        return Err(fault::TYPING_COMMAND);
    }
    let now_ms = state.clock.now_ms();
    state.look(|world| {
        let person = world.people.get(field(&body, "touser")).ok_or(fault::OPENID)?;
        person.allowance.type_now(now_ms)
    })?;
    Ok(ok())
}

fn content(body: &Value) -> Result<ChatContent, Fault> {
    let kind = field(body, "msgtype");
    let inner = &body[kind];
    let text = |name| field(inner, name).to_owned();
    Ok(match kind {
        "text" => match field(inner, "content") {
            "" => return Err(fault::EMPTY_TEXT),
            content if content.len() > TEXT_MAX_BYTES => return Err(fault::TOO_LONG),
            content => ChatContent::Text(content.to_owned()),
        },
        "image" => ChatContent::Image { media_id: text("media_id") },
        "voice" => ChatContent::Voice { media_id: text("media_id") },
        "video" => {
            ChatContent::Video { media_id: text("media_id"), title: text("title"), summary: text("description") }
        }
        "music" => ChatContent::Music { title: text("title"), summary: text("description"), url: text("musicurl") },
        "news" => news(inner)?,
        "msgmenu" => menu(inner),
        "miniprogrampage" => {
            ChatContent::MiniProgram { title: text("title"), appid: text("appid"), page_path: text("pagepath") }
        }
        _ => return Err(fault::MESSAGE_TYPE),
    })
}

/// One article, since 2018-10-12.
fn news(inner: &Value) -> Result<ChatContent, Fault> {
    let Some([article]) = inner["articles"].as_array().map(Vec::as_slice) else { return Err(fault::ARTICLES) };
    let text = |name| field(article, name).to_owned();
    let article =
        Article { title: text("title"), summary: text("description"), picture: text("picurl"), url: text("url") };
    Ok(ChatContent::News(vec![article]))
}

fn menu(inner: &Value) -> ChatContent {
    let items = inner["list"].as_array().map(Vec::as_slice).unwrap_or_default();
    ChatContent::Menu {
        head: field(inner, "head_content").to_owned(),
        items: items.iter().map(|i| (field(i, "id").to_owned(), field(i, "content").to_owned())).collect(),
        tail: field(inner, "tail_content").to_owned(),
    }
}

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn ok() -> Reply {
    Reply::Json(json!({ "errcode": 0, "errmsg": "ok" }))
}
