//! What several tests of replies need.

use super::{App, BEGINNING_MS, Database, Phone, Platform, Push, opened};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    core::message::preview::Input,
    wechat::reply::{Reply, read},
};

pub const SOON: Duration = Duration::from_secs(5);

pub const SEND: &str = "/cgi-bin/message/custom/send";

pub const HINT: &str = "\n（回复“更多”看下一段）";

pub async fn app_at(database: &Database, platform: &Platform, more: &[(&str, &str)]) -> App {
    let settings: Vec<_> =
        [("WECHAT_API_BASE", platform.base.as_str())].into_iter().chain(more.iter().copied()).collect();
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await
}

/// Sends a document and parses the reply of any kind.
pub async fn reply(app: &App, document: &str) -> Option<Reply> {
    let (status, body) = Push::safe(document, app.clock_secs()).send(app.address).await;
    assert_eq!(status, 200);
    opened(&body).map(|xml| read(&xml).unwrap())
}

pub fn document(phone: &Phone, input: &Input) -> String {
    let media = |n: u64| format!("<MediaId><![CDATA[m]]></MediaId><MsgId>{}</MsgId>", 77_000_000 + n);
    match input {
        Input::Text(text) => phone.text(text),
        Input::Follow(None) => phone.event("subscribe", ""),
        Input::Follow(Some(scene)) => phone.event("subscribe", &format!("qrscene_{scene}")),
        Input::Menu(key, _) => phone.event("CLICK", key),
        Input::Scan(scene) => phone.event("SCAN", scene),
        Input::Kind(kind) if kind == "sticker" => phone.text("【收到不支持的消息类型，暂无法显示】"),
        Input::Kind(kind) => phone.document(kind, &media(crate::rig::next())),
    }
}

pub fn own(text: &str) -> String {
    text.to_owned()
}
