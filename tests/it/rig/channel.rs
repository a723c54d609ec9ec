//! Users with a connected personal WeChat, on the simulated platform.

use super::{App, Ilink, eventually, new_user};
use std::time::Duration;
use weida::core::{
    ilink::{
        connection::{self, State},
        login as signin,
    },
    rule::{MatchType, TriggerKind, draft::Draft, edit, edit::Editor},
};

/// How long something may take that happens within a moment.
pub const SOON: Duration = Duration::from_secs(20);
/// A browser session.
pub const SESSION: &str = "session-of-a-browser";

/// Connects a user's WeChat.
pub async fn connect(app: &App, ilink: &Ilink, user_id: i64, person: &str) {
    let before = ilink.latest_qr();
    signin::begin(&app.ctx, user_id, SESSION).await.unwrap();
    ilink.until("a QR code", SOON, |ilink| ilink.latest_qr() != before).await;
    ilink.confirm(person);
    let is_done = async || {
        let view = signin::find(&app.ctx, user_id, SESSION).await.unwrap();
        view.is_some_and(|view| view.state == signin::State::Done)
    };
    assert!(
        eventually(SOON, is_done).await,
        "the sign-in did not end: {:?}",
        signin::find(&app.ctx, user_id, SESSION).await
    );
    let view = connection::find(&app.ctx, user_id).await.unwrap().unwrap();
    assert_eq!(view.state, State::Connected);
    ilink.until("a poll", SOON, |ilink| ilink.polling(person) == 1).await;
}

/// A user with a connection, and rules.
pub async fn connected(app: &App, ilink: &Ilink, person: &str, rules: &[(&str, &str)]) -> i64 {
    let user_id = new_user(app, &format!("o-{person}")).await;
    for (keyword, text) in rules {
        add_rule(app, user_id, keyword, MatchType::Exact, text).await;
    }
    connect(app, ilink, user_id, person).await;
    user_id
}

pub async fn add_rule(app: &App, user_id: i64, keyword: &str, matching: MatchType, text: &str) {
    let editor = Editor { owner_id: user_id, actor_id: user_id, ..Editor::default() };
    let draft = Draft::of_text(TriggerKind::Keyword, keyword, matching, text);
    edit::add(&app.ctx, &editor, &draft).await.unwrap();
}

/// Says a text and waits until the bot has sent so many messages in all. Returns them.
pub async fn sent_after(ilink: &Ilink, person: &str, text: &str, count: usize) -> Vec<String> {
    ilink.say(person, text);
    ilink.until(text, SOON, |ilink| ilink.texts(person).len() >= count).await;
    ilink.texts(person)
}
