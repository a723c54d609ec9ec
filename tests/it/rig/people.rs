//! Users, admins and editors of rules.

use super::{App, BEGINNING_MS, Database};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        account::{
            self,
            directory::Admin,
            identity::{self, App as Kind, Proven},
        },
        rule::{ACCOUNT, MatchType, TriggerKind, draft::Draft, edit::Editor},
    },
};

/// Starts two instances on one database, with one clock; on different nodes of a cluster.
pub async fn two_apps(database: &Database, more: &[(&str, &str)]) -> (App, App) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let next = database.on_next_node();
    (App::with(database, clock.clone(), more).await, App::with(&next, clock, more).await)
}

/// Creates an admin as the command line does.
pub async fn admin(app: &App, name: &str) -> Admin {
    let id = account::admin::create(&app.ctx, name, "correct horse").await.unwrap();
    Admin::of(&account::find(&app.ctx, id).await.unwrap().unwrap(), "test").unwrap()
}

/// Creates a user who signed in by the mini-program. Returns the user's id.
pub async fn new_user(app: &App, openid: &str) -> i64 {
    let proven = Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: openid.to_owned(),
        unionid: None,
        nickname: None,
        avatar_url: None,
    };
    identity::meet(&app.ctx, &proven).await.unwrap().id
}

/// An editor of the account's rules.
pub fn account() -> Editor {
    Editor { owner_id: ACCOUNT, actor_id: 7, ..Editor::default() }
}

/// A rule that answers this keyword with this text.
pub fn says(keyword: &str, text: &str) -> Draft {
    Draft::of_text(TriggerKind::Keyword, keyword, MatchType::Exact, text)
}
