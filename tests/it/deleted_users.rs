//! T-185: deleting a user deletes all their rows, and no later request creates new ones.

use crate::rig::{App, BEGINNING_MS, Database, admin, begin_login, new_user, register};
use sqlx::Row as _;
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{self, deletion, directory, identity, session},
        credit, quota,
        rule::{
            Keyword, MatchType,
            draft::Draft,
            edit::{self, Editor},
            media::storage,
            pairs,
            rejection::RuleRejection,
            transfer::job,
        },
        signin::collect::collect,
        token,
    },
    store::Link as _,
};

crate::every_engine!(
    no_row_of_a_deleted_user_stays,
    nothing_is_created_for_a_deleted_user,
    a_file_is_deleted_although_other_users_rules_name_it,
    a_disabled_user_is_not_restored_by_following_again,
);

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";

/// Every table with its owner columns, read from the migrations, so that no new table is missed.
fn columns() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("migrations").unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut table = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                rest.split([' ', '(']).next().unwrap().clone_into(&mut table);
            } else if line.starts_with(')') {
                table.clear();
            } else if let Some(rest) = line.strip_prefix("ALTER TABLE ") {
                let mut words = rest.split(' ');
                let (name, column) = (words.next().unwrap(), words.nth(2).unwrap_or_default());
                found.push((name.to_owned(), column.to_owned()));
            } else if !table.is_empty() {
                found.push((table.clone(), line.split(' ').next().unwrap().to_owned()));
            }
        }
    }
    let renamed = |name: String| if name == "media_sendings" { "media_uploads".to_owned() } else { name };
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|(_, column)| matches!(column.as_str(), "user_id" | "owner_id" | "stays_id" | "openid"))
        .map(|(table, column)| (renamed(table), column))
        .collect();
    found.sort();
    found.dedup();
    found
}

async fn count(app: &App, table: &str, column: &str, user: i64, openid: &str) -> i64 {
    let text = format!("SELECT COUNT(*) FROM {table} WHERE {column} = ?");
    let mut db = app.ctx.store.read().await.unwrap();
    let query = db.sql(text.leak());
    let query = if column == "openid" { query.bind(openid.to_owned()) } else { query.bind(user) };
    query.fetch_one(db.conn()).await.unwrap().try_get(0).unwrap()
}

async fn no_row_of_a_deleted_user_stays(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let phone = app.phone("oGone");
    phone.follow().await;
    phone.say("先说一句").await;
    let user = register(&app, &phone, "gone").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    pairs::add(ctx, &editor, vec![("收到".to_owned(), "回复".to_owned())]).await.unwrap();
    phone.say("收到").await;
    phone.say("没有人回复的话").await;
    phone.code("验证码").await;
    phone.say("删除 01").await;
    storage::add(ctx, user, "a.gif", GIF.to_vec()).await.unwrap();
    job::begin(ctx, &editor, "a.csv", "关键词,回复\n甲,乙\n".as_bytes()).await.unwrap().unwrap();
    let bearer = token::verify(ctx, &crate::rig::token(ctx, user, None).await.unwrap()).await.unwrap();
    token::revoke(ctx, &bearer).await.unwrap();
    credit::spend(ctx, user, 1, "test").await.unwrap();
    quota::add(ctx, user, "article", 1).await.unwrap();
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    assert!(session::list(ctx, user, "").await.unwrap().is_empty());

    deletion::delete(ctx, user, Some(user), "test").await.unwrap();
    let mut left = Vec::new();
    for (table, column) in columns() {
        // The platform still lists the follower, so the identity row stays.
        if (table.as_str(), column.as_str()) == ("identities", "openid") {
            continue;
        }
        let rows = count(&app, &table, &column, user, "oGone").await;
        if rows > 0 {
            left.push(format!("{table}.{column}: {rows}"));
        }
    }
    assert!(left.is_empty(), "{left:?}");
    let known = app.count(
        "SELECT COUNT(*) FROM identities WHERE openid = 'oGone' AND (nickname IS NOT NULL OR avatar_url IS NOT NULL)",
    );
    assert_eq!(known.await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM file_pieces").await, 0);
    assert!(identity::find_owner(ctx, "oGone").await.unwrap().is_none());
}

async fn nothing_is_created_for_a_deleted_user(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let user = register(&app, &app.phone("oWas"), "was").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    let id = job::begin(ctx, &editor, "a.csv", "关键词,回复\n甲,乙\n".as_bytes()).await.unwrap().unwrap();
    deletion::delete(ctx, user, Some(user), "test").await.unwrap();
    // Requests that arrive after the deletion.
    let added = pairs::add(ctx, &editor, vec![("收到".to_owned(), "回复".to_owned())]).await;
    assert!(matches!(added, Err(RuleRejection::Core(CoreError::NotFound))), "{added:?}");
    assert!(edit::set_enabled(ctx, &editor, &[1], true).await.is_err());
    assert!(storage::add(ctx, user, "a.gif", GIF.to_vec()).await.is_err());
    assert!(job::begin(ctx, &editor, "a.csv", "关键词,回复\n甲,乙\n".as_bytes()).await.is_err());
    assert!(job::find(ctx, user, id).await.is_err());
    for sql in [
        "SELECT COUNT(*) FROM reply_rules",
        "SELECT COUNT(*) FROM rule_owners",
        "SELECT COUNT(*) FROM rule_changes",
        "SELECT COUNT(*) FROM media_files",
        "SELECT COUNT(*) FROM media_owners",
        "SELECT COUNT(*) FROM import_jobs",
        "SELECT COUNT(*) FROM file_pieces",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
}

/// A user who received a file in an answer knows its name and may name it in their own rules.
async fn a_file_is_deleted_although_other_users_rules_name_it(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let (owner, other) = (new_user(&app, "oOwner").await, new_user(&app, "oOther").await);
    let file = storage::add(ctx, owner, "a.gif", GIF.to_vec()).await.unwrap();
    let rule = |owner_id: i64| {
        let draft = Draft {
            keywords: vec![Keyword { text: "图".to_owned(), matching: MatchType::Exact }],
            contents: vec![file.content()],
            ..Draft::default()
        };
        (Editor { owner_id, actor_id: owner_id, ..Editor::default() }, draft)
    };
    let ((others, draft), (own, same)) = (rule(other), rule(owner));
    edit::add(ctx, &others, &draft).await.unwrap();
    let number = edit::add(ctx, &own, &same).await.unwrap();
    assert!(matches!(storage::delete(ctx, other, file.id).await, Err(CoreError::NotFound)));
    assert!(
        matches!(storage::delete(ctx, owner, file.id).await, Err(CoreError::Conflict)),
        "one of the owner's rules uses it"
    );
    edit::delete(ctx, &own, &[number]).await.unwrap();
    storage::delete(ctx, owner, file.id).await.unwrap();
}

/// With `WEIDA_UNFOLLOW=delete`, unfollowing deletes an account unless an admin disabled it.
async fn a_disabled_user_is_not_restored_by_following_again(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WEIDA_UNFOLLOW", "delete")]).await;
    let root = admin(&app, "root").await;
    for (openid, is_disabled) in [("oBanned", true), ("oLeaves", false)] {
        let phone = app.phone(openid);
        let user = register(&app, &phone, openid).await;
        if is_disabled {
            directory::set_enabled(&app.ctx, &root, user, false, "spam").await.unwrap();
        }
        phone.push(&phone.event("unsubscribe", "")).await;
        let left = account::find(&app.ctx, user).await.unwrap();
        assert_eq!(left.is_some(), is_disabled, "{openid}");
        phone.follow().await;
        let secrets = begin_login(&app).await;
        phone.say(secrets.code()).await;
        phone.say("1").await;
        assert_eq!(collect(&app.ctx, &secrets).await.is_err(), is_disabled, "{openid}");
    }
}
