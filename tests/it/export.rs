//! The export of a user's data: one complete document, streamed in parts.

use crate::rig::{App, Database, new_user, register};
use futures::TryStreamExt as _;
use serde_json::Value;
use weida::core::account::ProfileColumn;
use weida::{
    core::{
        CoreError,
        account::{export::export, identity},
        rule::{edit::Editor, pairs},
    },
    store,
};

crate::every_engine!(
    an_export_is_one_complete_document,
    every_column_of_a_user_is_in_it,
    an_unbound_wechat_is_not_in_it
);

async fn an_export_is_one_complete_document(database: &Database) {
    let app = App::on(database).await;
    let user_id = new_user(&app, "oLeaving").await;
    let read = async || {
        let parts: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
        (parts.len(), serde_json::from_str::<Value>(&parts.concat()).unwrap())
    };
    let (_, empty) = read().await;
    assert_eq!((empty["rules"].as_array().unwrap().len(), empty["messages"].as_array().unwrap().len()), (0, 0));
    assert_eq!(
        (empty["user"]["id"].as_i64(), empty["identities"][0]["openid"].as_str()),
        (Some(user_id), Some("oLeaving"))
    );

    let editor = Editor { owner_id: user_id, actor_id: user_id, ..Editor::default() };
    let many = (0..250).map(|n| (format!("收到 {n}"), format!("回复 {n}"))).collect();
    pairs::add(&app.ctx, &editor, many).await.unwrap();
    let phone = app.phone("oLeaving");
    for n in 0..3 {
        phone.say(&format!("收到 {n}")).await;
    }
    let (parts, full) = read().await;
    let rules = full["rules"].as_array().unwrap();
    assert_eq!((rules.len(), rules[249]["keywords"][0].as_str()), (250, Some("收到 249")));
    assert!(parts > 5, "{parts} parts: the document is streamed");

    // One export at a time: a second gets `Busy` until the first is read or dropped.
    let first = export(&app.ctx, user_id).await.unwrap();
    assert!(matches!(export(&app.ctx, user_id).await.map(drop), Err(CoreError::Busy)));
    drop(first);
    assert!(export(&app.ctx, user_id).await.is_ok());
    assert!(matches!(export(&app.ctx, 7).await.map(drop), Err(CoreError::NotFound)));
}

/// Columns of `users` that are not exported: secrets, values derived from other columns, internal counters, and what is for admins only.
const NOT_EXPORTED: [&str; 6] =
    ["username_key", "password_hash", "search_key", "token_generation", "review_generation", "disabled_reason"];

async fn every_column_of_a_user_is_in_it(database: &Database) {
    let app = App::on(database).await;
    let user_id = new_user(&app, "oWhole").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::user::update_profile(&mut tx, user_id, &[(ProfileColumn::RealName, Some("王小微".to_owned()))], 1)
        .await
        .unwrap();
    store::user::update_presented(&mut tx, user_id, None, Some("https://example.com/a.png"), 1).await.unwrap();
    tx.commit().await.unwrap();
    let pieces: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
    let whole: Value = serde_json::from_str(&pieces.concat()).unwrap();
    assert_eq!(whole["user"]["real_name"], "王小微");
    assert_eq!(whole["user"]["avatar_url"], "https://example.com/a.png");
    let columns = database.columns("users").await;
    assert!(columns.len() > 20, "{columns:?}");
    for column in columns {
        let key = column.strip_prefix("is_").unwrap_or(&column);
        let is_exported = whole["user"].as_object().unwrap().contains_key(key);
        assert_eq!(is_exported, !NOT_EXPORTED.contains(&&*column), "{column}");
    }
    for column in database.columns("identities").await {
        let key = column.strip_prefix("is_").unwrap_or(&column);
        let is_exported = whole["identities"][0].as_object().unwrap().contains_key(key);
        assert_eq!(is_exported, column != "user_id", "{column}");
    }
}

/// The account may have another owner by then: what the WeChat writes after it was unbound is not shown to them.
async fn an_unbound_wechat_is_not_in_it(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oUnbound");
    let user_id = register(&app, &phone, "unbound-user").await;
    phone.say("写在解绑之前").await;
    identity::unbind(&app.ctx, user_id, "test").await.unwrap();
    phone.say("写在解绑之后").await;
    let pieces: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
    let whole = pieces.concat();
    assert!(whole.contains("写在解绑之前") && !whole.contains("写在解绑之后"), "{whole}");
}
