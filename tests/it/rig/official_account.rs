//! An Official Account that the console connects.

use super::{AES_KEY, APPID, Answer, App, BEGINNING_MS, Browser, Database, TOKEN, next};
use reqwest::StatusCode;
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::official_account::{self, Draft, State},
    wechat::signature::sign,
};

/// The settings of a program without an account, at a public address.
pub const NONE: [(&str, &str); 5] = [
    ("WECHAT_APPID", ""),
    ("WECHAT_SECRET", ""),
    ("WECHAT_TOKEN", ""),
    ("WECHAT_AES_KEY", ""),
    ("WEIDA_PUBLIC_URL", "https://weida.example"),
];
/// The secret of the app in [`draft`].
pub const SECRET: &str = "canary-app-secret-4f1d";

/// The rig's account, as an operator types it.
pub fn draft() -> Draft<'static> {
    Draft { name: "豆芽书店", appid: APPID, app_secret: SECRET, token: TOKEN, aes_key: AES_KEY, ..Draft::default() }
}

/// A program without an account.
pub async fn unconnected(database: &Database) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &NONE).await
}

/// Id and version of the account that the page shows.
pub async fn seen(app: &App) -> (i64, i64) {
    official_account::view(&app.ctx).await.unwrap().seen()
}

/// How far the connection is.
pub async fn state(app: &App) -> State {
    official_account::view(&app.ctx).await.unwrap().state
}

/// The query of WeChat's verification.
fn verification(app: &App, token: &str) -> String {
    let (timestamp, nonce) = (app.clock_secs().to_string(), format!("n{}", next()));
    let signature = sign(&[token, &timestamp, &nonce]);
    format!("/api/v1/auth/wechat/verify?signature={signature}&timestamp={timestamp}&nonce={nonce}&echostr=echo4711")
}

/// Asks as WeChat does, and returns status and body.
pub async fn verify(app: &App, token: &str) -> (StatusCode, String) {
    let Answer { status, body, .. } = Browser::on(app).get(&verification(app, token)).await;
    (status, body)
}
