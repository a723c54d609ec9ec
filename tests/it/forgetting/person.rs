//! A person with a canary in every text that belongs to them, and the proof that none is left.

use crate::rig::{App, BEGINNING_MS, Database, Phone, adjust, admin, asker, begin_login, browser_by_wechat, register};
use std::{collections::BTreeSet, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        account::{
            self,
            ProfileColumn::{self, Email, Nickname as Name, RealName},
            directory,
            field::Nickname,
            identity::{self, App as Kind, Proven},
            profile, unionid,
        },
        message::unanswered,
        rule::{
            MatchType, TriggerKind,
            draft::Draft,
            edit::{self, Editor},
            media::storage,
            pairs,
            transfer::job,
        },
        signin::begin,
    },
    store::personal_data::{Class, Forget, Key, list_tables},
};

/// As short as the narrowest column. Compared in lower case, as usernames and search keys are stored.
pub(super) const CANARY: &str = "Kanari9x";
pub(super) const MINI: &str = "wxmini";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";
/// Times of rows that are made by hand: not over before the test is.
const FAR_MS: i64 = 4_000_000_000_000;
/// What was used of a feature is remembered under a keyed hash; its columns are words of the site.
const USAGE: &str = "usage_counters";

pub(super) struct Person {
    pub app: App,
    pub phone: Phone,
    pub user: i64,
    pub root: directory::Admin,
}

pub(super) fn openid() -> String {
    format!("o{CANARY}")
}

/// A person who has used everything.
pub(super) async fn seeded(database: &Database) -> Person {
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_REPLY_MORE", "true")]).await;
    let ctx = &app.ctx;
    let root = admin(&app, "root").await;
    let phone = app.phone(&openid());
    phone.follow().await;
    phone.say(&format!("我的手机号是 {CANARY} 13800138000")).await;
    let group = format!("我的手机号是{}13800138000", CANARY.to_lowercase());
    unanswered::dismiss(ctx, 0, &group).await.unwrap();
    // A registration that was begun and given up, then the one that succeeds.
    begin::register(ctx, CANARY, "correct horse", asker()).await.unwrap();
    let user = register(&app, &phone, CANARY).await;
    unionid::learn(ctx, &phone.openid, &format!("u{CANARY}")).await.unwrap();
    let proven = Proven {
        app: Kind::MiniProgram,
        appid: MINI.to_owned(),
        openid: format!("m{CANARY}"),
        unionid: Some(format!("u{CANARY}")),
        nickname: Nickname::cleaned(&format!("{CANARY} 微信里的")),
        avatar_url: Some(format!("https://example.com/{CANARY}.png")),
    };
    assert_eq!(identity::meet(ctx, &proven).await.unwrap().id, user);
    let (name, email) = (format!("{CANARY} 名字"), format!("{CANARY}@mail.example"));
    profile::update(ctx, user, &[(Name, &name), (Email, &email), (ProfileColumn::Phone, "13800138000")]).await.unwrap();
    directory::update_fields(ctx, &root, user, &[(RealName, &format!("王{CANARY}"))]).await.unwrap();
    directory::set_enabled(ctx, &root, user, false, &format!("因为 {CANARY}")).await.unwrap();
    directory::set_enabled(ctx, &root, user, true, "").await.unwrap();
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    let pair = |n: u8| (format!("{CANARY} 问 {n}"), format!("{CANARY} 答 {n} {{{{nickname}}}}"));
    pairs::add(ctx, &editor, vec![pair(1), pair(2)]).await.unwrap();
    edit::delete(ctx, &editor, &[2]).await.unwrap();
    let long = format!("{CANARY} 很长。").repeat(150);
    edit::add(ctx, &editor, &Draft::of_text(TriggerKind::Keyword, "长", MatchType::Exact, &long)).await.unwrap();
    storage::add(ctx, user, &format!("{CANARY}.gif"), GIF.to_vec()).await.unwrap();
    job::begin(ctx, &editor, &format!("{CANARY}.csv"), format!("关键词,回复\n{CANARY},乙\n").as_bytes())
        .await
        .unwrap()
        .unwrap();
    assert!(phone.ask(&format!("{CANARY} 问 1")).await.contains("答 1"));
    phone.ask("长").await;
    adjust(ctx, user, 5).await.unwrap();
    begin_login(&app).await;
    browser_by_wechat(&app, &phone).await;
    phone.code("验证码").await;
    phone.ask("删除 01").await;
    rows_by_hand(database, user).await;
    let dump = database.dump().await;
    let missing: Vec<String> =
        personal_texts(database).await.into_iter().filter(|column| !has(&dump, column)).collect();
    assert!(missing.is_empty(), "no canary was put into {missing:?}");
    Person { app, phone, user, root }
}

/// True if the dump has the canary in this column.
fn has(dump: &str, column: &str) -> bool {
    let (dump, head) = (dump.to_lowercase(), format!("\n{column}="));
    let cells = dump.match_indices(&head).map(|(at, _)| dump[at + 1..].lines().next().unwrap_or_default());
    cells.into_iter().any(|cell| cell.contains(&CANARY.to_lowercase()))
}

/// The text columns that belong to a person. The password is a hash, and made by use.
pub(super) async fn personal_texts(database: &Database) -> BTreeSet<String> {
    let texts: BTreeSet<String> = database
        .schema()
        .await
        .into_iter()
        .filter(|column| column.is_text)
        .map(|column| format!("{}.{}", column.table, column.name))
        .collect();
    let mut found = BTreeSet::new();
    for table in list_tables() {
        for column in table.columns.iter().filter(|column| column.class != Class::Technical) {
            let name = format!("{}.{}", table.name, column.name);
            // Levels, roles and the like of the person's own rows are words of the program; openids are tested with all others.
            let is_word = matches!(table.name, "users" | "identities")
                && matches!(column.name, "level" | "role" | "origin" | "password_hash" | "phone" | "appid" | "app");
            let is_appid = column.name == "appid" || table.name == USAGE;
            if texts.contains(&name) && !is_word && !is_appid {
                found.insert(name);
            }
        }
    }
    assert!(found.len() > 50, "{found:?}");
    found
}

/// A row with the canary in every text, for each table and each way in which rows are found from a person.
async fn rows_by_hand(database: &Database, user: i64) {
    let schema = database.schema().await;
    let mut n = 7_000_000;
    for table in list_tables() {
        if matches!(table.name, "users" | "identities") {
            continue;
        }
        for (key, how) in table.forget {
            n += 1;
            let mut columns = Vec::new();
            let mut values = Vec::new();
            for column in schema.iter().filter(|column| column.table == table.name) {
                columns.push(column.name.clone());
                values.push(value_of(*key, *how, column, (user, n)));
            }
            let insert = format!("INSERT INTO {} ({}) VALUES ({})", table.name, columns.join(", "), values.join(", "));
            if database.try_run(insert).await.is_err() {
                // One row a person, which use has made.
                let is_single =
                    matches!(table.name, "registrations" | "rule_owners" | "media_owners" | "users_to_index");
                assert!(is_single, "{}: {key:?}", table.name);
            }
        }
    }
    database.run(format!("UPDATE users SET disabled_reason = '{CANARY}' WHERE id = {user}")).await;
    database.run(format!("UPDATE identities SET source_scene = '{CANARY}' WHERE user_id = {user}")).await;
}

fn value_of(key: Key, how: Forget, column: &crate::rig::Column, (user, n): (i64, i64)) -> String {
    match key {
        Key::User(name) if name == column.name => return user.to_string(),
        Key::Target(name) if name == column.name => return format!("'user/{user}'"),
        Key::Username(name) if name == column.name => return format!("'{CANARY}'"),
        Key::OwnerOf(name, parent) if name == column.name => {
            return format!("(SELECT MIN(id) FROM {parent} WHERE owner_id = {user})");
        }
        Key::Identity if column.name == "appid" => return format!("'{MINI}'"),
        Key::Identity if column.name == "openid" => return format!("'m{CANARY}'"),
        // An answer of before names the follower.
        Key::Row(_) if column.name == "openid" || column.name == "appid" => return "NULL".to_owned(),
        _ => {}
    }
    if !column.is_text {
        let is_time = ["_at", "_until"].iter().any(|end| column.name.ends_with(end));
        return if column.name.starts_with("is_") {
            "1".to_owned()
        } else if is_time {
            (FAR_MS + n).to_string()
        } else {
            n.to_string()
        };
    }
    // Of a row that is emptied, ids and words of the program stay, and what an admin did to other users.
    let is_canary = match how {
        Forget::Delete => column.table != USAGE,
        Forget::Empty(columns) => columns.iter().any(|(name, _)| *name == column.name),
    };
    let text = if is_canary { format!("{CANARY}{n}") } else { format!("t{n}") };
    format!("'{}'", text.chars().take(column.length).collect::<String>())
}

/// Nothing of the person is left.
pub(super) async fn is_forgotten(database: &Database, person: &Person) {
    let dump = database.dump().await.to_lowercase();
    let found = dump.match_indices(&CANARY.to_lowercase()).next().map(|(at, _)| {
        let near =
            dump.floor_char_boundary(at.saturating_sub(200))..dump.ceil_char_boundary((at + 100).min(dump.len()));
        format!("{:?} … in a file: {}", &dump[near], at > dump.rfind("users.").unwrap_or_default())
    });
    assert_eq!(found, None);
    assert!(account::find(&person.app.ctx, person.user).await.unwrap().is_none());
    for sql in [
        "SELECT COUNT(*) FROM file_pieces",
        "SELECT COUNT(*) FROM media_files",
        "SELECT COUNT(*) FROM messages",
        "SELECT COUNT(*) FROM identities",
        "SELECT COUNT(*) FROM audit_entries WHERE target LIKE 'user/%' AND action <> 'admin.create' AND action <> 'user.delete' AND (detail <> '' OR address <> '')",
    ] {
        assert_eq!(person.app.count(sql).await, 0, "{sql}");
    }
    // What was given once is not given again.
    assert!(person.app.count("SELECT COUNT(*) FROM grants").await > 0);
}
