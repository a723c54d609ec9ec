//! What the channel stores of a person is exported and forgotten with the account.

use crate::rig::channel::{SESSION, SOON, connected, sent_after};
use crate::rig::{App, BEGINNING_MS, Database, Ilink};
use futures::TryStreamExt as _;
use serde_json::Value;
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        account::{deletion, export::export},
        ilink::login,
    },
};

crate::every_engine!(a_connection_is_exported_without_its_tokens_and_forgotten,);

async fn a_connection_is_exported_without_its_tokens_and_forgotten(database: &Database) {
    let ilink = Ilink::start().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &ilink.settings()).await;
    let person = "anna@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("价格", "十元")]).await;
    sent_after(&ilink, person, "价格", 1).await;
    ilink.drop_messages(person, true);
    ilink.say(person, "价格");
    let waits = async || app.count("SELECT COUNT(*) FROM ilink_outbox WHERE attempts = 1").await == 1;
    assert!(crate::rig::eventually(SOON, waits).await);
    login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    let pieces: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
    let text = pieces.concat();
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["personal_wechat"]["ilink_user_id"], person);
    assert_eq!(whole["personal_wechat"]["received"], 2);
    assert!(whole["personal_wechat_waiting"][0]["item"].as_str().unwrap().contains("十元"));
    assert!(!text.contains("enc1:") && !text.contains("cursor-"), "no token, no cursor");
    deletion::delete(&app.ctx, user_id, Some(user_id), "").await.unwrap();
    ilink.until("no poll", SOON, |ilink| ilink.polling(person) == 0).await;
    for count in [
        "SELECT COUNT(*) FROM ilink_connections",
        "SELECT COUNT(*) FROM ilink_received",
        "SELECT COUNT(*) FROM ilink_outbox",
        "SELECT COUNT(*) FROM ilink_logins",
        "SELECT COUNT(*) FROM messages",
    ] {
        assert_eq!(app.count(count).await, 0, "{count}");
    }
}
