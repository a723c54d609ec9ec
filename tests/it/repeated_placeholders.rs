//! T-184: variables cannot make an answer longer than the limit.

use crate::rig::{App, Browser, Database, Engine, eventually, http, new_user, register};
use std::time::Duration;
use weida::core::{
    message::preview::{Input, preview},
    rule::{
        Content, Keyword, MatchType,
        draft::Draft,
        edit::{self, Editor},
    },
};

crate::every_engine!(repeated_variables_stay_within_the_limit, the_number_of_long_texts_is_limited);

/// A rule whose answer repeats a variable as often as possible.
fn greedy(what: &str) -> Draft {
    let text = what.repeat(6_000 / what.len());
    Draft {
        keywords: vec![Keyword { text: "^(.+)$".to_owned(), matching: MatchType::Regex }],
        contents: vec![Content::text(text); 5],
        ..Draft::default()
    }
}

fn bytes(contents: &[Content]) -> usize {
    contents.iter().map(|content| content.caption().len()).sum()
}

async fn repeated_variables_stay_within_the_limit(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oGreedy");
    let user = register(&app, &phone, "greedy").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    let said = "价".repeat(2_000);
    for what in ["{{1}}", "{{keyword}}", "{{nickname}}"] {
        let number = edit::add(&app.ctx, &editor, &greedy(what)).await.unwrap();
        let seen = preview(&app.ctx, Some(user), &Input::Text(said.clone())).await.unwrap();
        assert_eq!(seen.answered_by.as_str(), "own_rule", "{what}");
        // Five texts, each at most one message longer than the longest text that may be typed.
        assert!(seen.replies.len() <= 20 && bytes(&seen.replies) <= 45_000, "{what}: {} bytes", bytes(&seen.replies));
        assert!(phone.say(&said).await.is_some());
        let pending = app.count("SELECT COUNT(*) FROM pending_replies").await;
        assert!(pending <= 20, "{what}: {pending} messages are pending");
        edit::delete(&app.ctx, &editor, &[number]).await.unwrap();
    }
    // An answer that fits is sent whole.
    edit::add(
        &app.ctx,
        &editor,
        &Draft {
            keywords: vec![Keyword { text: "^找(.+)$".to_owned(), matching: MatchType::Regex }],
            contents: vec![Content::text("{{1}}".repeat(2))],
            ..Draft::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(phone.ask("找小微").await, "小微小微");
}

/// T-186: an owner's rules are in memory while the owner writes, so their total length is limited.
async fn the_number_of_long_texts_is_limited(database: &Database) {
    let app = App::on(database).await;
    let user = new_user(&app, "oLong").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    let drafts = |from: usize, many: usize, chars: usize| -> Vec<Draft> {
        let contents = vec![Content::text("长".repeat(chars)); 5];
        let keyword = |n: usize| Keyword { text: format!("词{n}"), matching: MatchType::Exact };
        let draft = |n| Draft { keywords: vec![keyword(n)], contents: contents.clone(), ..Draft::default() };
        (from..from + many).map(draft).collect()
    };
    edit::add_many(&app.ctx, &editor, drafts(0, 400, 701)).await.unwrap();
    let refused = format!("{:?}", edit::add_many(&app.ctx, &editor, drafts(400, 1, 701)).await.unwrap_err());
    assert!(refused.contains("long_texts") && refused.contains("TooMany(2000)"), "{refused}");
    edit::add_many(&app.ctx, &editor, drafts(400, 1, 700)).await.unwrap();
    edit::delete(&app.ctx, &editor, &[1]).await.unwrap();
    edit::add_many(&app.ctx, &editor, drafts(401, 1, 2_000)).await.unwrap();
}

/// T-187: an export is as large as the rules; concurrent exports would fill the memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_exported_one_file_at_a_time() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let user = register(&app, &app.phone("oFiles"), "files").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    let contents = vec![Content::text("长".repeat(690)); 5];
    let keyword = |n: usize| Keyword { text: format!("词{n}"), matching: MatchType::Exact };
    let draft = |n| Draft { keywords: vec![keyword(n)], contents: contents.clone(), ..Draft::default() };
    edit::add_many(&app.ctx, &editor, (0..2_000).map(draft).collect()).await.unwrap();
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "files"), ("password", "correct horse")]).await;
    let cookie = format!("weida={}", browser.cookie("weida").unwrap());
    let begin = async || http().get(app.url("/replies/export.json")).header("cookie", &cookie).send().await.unwrap();
    let first = begin().await;
    assert_eq!(first.status(), 200);
    assert_eq!(begin().await.status(), 429, "the first one was not read yet");
    drop(first);
    let mut whole = None;
    let is_free = async || {
        whole = Some(begin().await).filter(|answer| answer.status() == 200);
        whole.is_some()
    };
    assert!(eventually(Duration::from_secs(20), is_free).await);
    let bytes = whole.unwrap().bytes().await.unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()["rules"].as_array().unwrap().len() == 2_000);
}
