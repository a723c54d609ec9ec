//! What a person takes along: all of it, in one document that was never whole in memory.

use crate::{
    rig::{App, Database},
    tokens::someone,
};
use futures::TryStreamExt as _;
use serde_json::Value;
use weida::core::{
    CoreError,
    account::export::export,
    reply::{edit::Editor, pairs},
};

crate::every_engine!(all_of_it_is_one_document_however_much_there_is);

async fn all_of_it_is_one_document_however_much_there_is(database: &Database) {
    let app = App::on(database).await;
    let user_id = someone(&app, "oLeaving").await;
    let read = async || {
        let pieces: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
        (pieces.len(), serde_json::from_str::<Value>(&pieces.concat()).unwrap())
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
    let (pieces, full) = read().await;
    let rules = full["rules"].as_array().unwrap();
    assert_eq!((rules.len(), rules[249]["keywords"][0].as_str()), (250, Some("收到 249")));
    assert!(pieces > 5, "{pieces}: a part at a time");

    // One at a time: the second is told so, until the first was read or let go.
    let first = export(&app.ctx, user_id).await.unwrap();
    assert!(matches!(export(&app.ctx, user_id).await.map(drop), Err(CoreError::Busy)));
    drop(first);
    assert!(export(&app.ctx, user_id).await.is_ok());
    assert!(matches!(export(&app.ctx, 7).await.map(drop), Err(CoreError::NotFound)));
}
