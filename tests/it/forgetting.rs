//! T-301: after a person is forgotten, by whichever way, no cell of a table and no byte of the database's files says anything about them.
//!
//! A canary is put into every text that belongs to the person: by use of the program, and for the rest by rows that are made from the list
//! of what belongs to a person.

use crate::rig::{
    APPID, App, BEGINNING_MS, Database, Engine, Phone, Push, adjust, admin, asker, begin_login, browser_by_password,
    browser_by_wechat, http, opened, register,
};
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        account::{
            self,
            ProfileColumn::{self, Email, Nickname as Name, RealName},
            deletion, directory, export,
            field::Nickname,
            identity::{self, App as Kind, Proven},
            profile, unionid,
        },
        cleanup,
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
    store::personal_data::{Class, Forget, Key, list_sections, list_tables},
};

crate::every_engine!(
    a_person_who_closes_their_wechat_account_is_forgotten,
    a_person_who_closes_it_is_forgotten_by_an_event_of_the_mini_program,
    a_person_is_forgotten_by_their_unionid_alone,
    a_person_who_deletes_the_account_on_the_page_is_forgotten,
    a_person_who_withdraws_the_registration_in_the_chat_is_forgotten,
    a_person_whom_an_admin_deletes_is_forgotten,
    a_person_whom_the_api_deletes_is_forgotten,
    all_persons_whom_the_api_clears_are_forgotten,
    a_follower_without_an_account_is_forgotten,
    others_keep_what_is_theirs,
    what_is_shown_of_a_person_is_exported,
);

/// As short as the narrowest column. Compared in lower case, as usernames and search keys are stored.
const CANARY: &str = "Kanari9x";
const MINI: &str = "wxmini";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";
/// Times of rows that are made by hand: not over before the test is.
const FAR_MS: i64 = 4_000_000_000_000;
/// What was used of a feature is remembered under a keyed hash; its columns are words of the site.
const USAGE: &str = "usage_counters";

struct Person {
    app: App,
    phone: Phone,
    user: i64,
    root: directory::Admin,
}

fn openid() -> String {
    format!("o{CANARY}")
}

/// A person who has used everything.
async fn seeded(database: &Database) -> Person {
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
async fn personal_texts(database: &Database) -> BTreeSet<String> {
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
                let is_single = matches!(table.name, "registrations" | "rule_owners" | "media_owners");
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
async fn is_forgotten(database: &Database, person: &Person) {
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

fn cancellation(fields: &str) -> String {
    format!("<Event><![CDATA[user_authorization_cancellation]]></Event>{fields}<RevokeInfo><![CDATA[1]]></RevokeInfo>")
}

/// The platform pushes an event about the person; its sender is the platform. Delivered twice, as it may be.
async fn pushed(person: &Person, fields: &str) {
    let platform = person.app.phone("oSystemOfThePlatform");
    let document = platform.document("event", &cancellation(fields));
    for _ in 0..2 {
        assert_eq!(platform.push(&document).await, None);
    }
}

async fn a_person_who_closes_their_wechat_account_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    pushed(&person, &format!("<OpenID><![CDATA[{}]]></OpenID>", openid())).await;
    is_forgotten(database, &person).await;
}

async fn a_person_who_closes_it_is_forgotten_by_an_event_of_the_mini_program(database: &Database) {
    let person = seeded(database).await;
    let fields = format!("<OpenID><![CDATA[m{CANARY}]]></OpenID><AppID><![CDATA[{MINI}]]></AppID>");
    pushed(&person, &fields).await;
    is_forgotten(database, &person).await;
}

async fn a_person_is_forgotten_by_their_unionid_alone(database: &Database) {
    let person = seeded(database).await;
    // An openid of another app, which has never been seen here.
    let fields = format!(
        "<OpenID><![CDATA[oElsewhere]]></OpenID><UnionID><![CDATA[u{CANARY}]]></UnionID><AppID><![CDATA[wxelsewhere]]></AppID>"
    );
    pushed(&person, &fields).await;
    is_forgotten(database, &person).await;
}

async fn a_person_who_deletes_the_account_on_the_page_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    let browser = browser_by_password(&person.app, CANARY).await;
    let page = browser.get("/me/delete").await.body;
    assert!(page.contains("最多再留 30 天"), "{page}");
    assert_eq!(browser.post("/do/delete-account", &[("confirm", CANARY)]).await.location(), "/");
    is_forgotten(database, &person).await;
}

async fn a_person_who_withdraws_the_registration_in_the_chat_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    let (app, phone) = (&person.app, &person.phone);
    app.clock.advance_ms(61_000);
    assert!(phone.ask("取消注册").await.contains(CANARY));
    let document = phone.text("1");
    let answer = async || opened(&Push::safe(&document, app.clock_secs()).send(app.address).await.1);
    let first = answer().await.unwrap();
    assert!(first.contains("已取消注册"), "{first}");
    is_forgotten(database, &person).await;
    // A redelivery is answered alike, and changes nothing.
    assert_eq!(answer().await, Some(first));
    is_forgotten(database, &person).await;
    // Later the answer is gone, and the delivery is known all the same.
    app.clock.advance_ms(61_000);
    cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM deliveries WHERE reply IS NOT NULL").await, 0);
    assert_eq!(answer().await, None);
    is_forgotten(database, &person).await;
}

async fn a_person_whom_an_admin_deletes_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    directory::delete(&person.app.ctx, &person.root, person.user).await.unwrap();
    is_forgotten(database, &person).await;
}

/// Calls dialect D as the admin.
async fn called(person: &Person, path: &str, body: serde_json::Value) {
    let token = crate::rig::token(&person.app.ctx, person.root.user_id(), None).await.unwrap();
    let answer = http().post(person.app.url(path)).bearer_auth(token).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

async fn a_person_whom_the_api_deletes_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    called(&person, "/admin/delete_user", json!({ "userid": person.user })).await;
    is_forgotten(database, &person).await;
}

async fn all_persons_whom_the_api_clears_are_forgotten(database: &Database) {
    let person = seeded(database).await;
    // The mini-program's identity was unbound in an earlier version.
    database.run(format!("UPDATE identities SET user_id = NULL WHERE appid = '{MINI}'")).await;
    called(&person, "/admin/clear_all_users", json!({ "confirm": "DELETE ALL USERS" })).await;
    is_forgotten(database, &person).await;
    assert!(account::find(&person.app.ctx, person.root.user_id()).await.unwrap().is_some());
}

/// A follower who unbound their WeChat before deleting the account, and one who never had an account.
async fn a_follower_without_an_account_is_forgotten(database: &Database) {
    let person = seeded(database).await;
    identity::unbind(&person.app.ctx, person.user, "test").await.unwrap();
    deletion::delete(&person.app.ctx, person.user, Some(person.user), "192.0.2.9").await.unwrap();
    is_forgotten(database, &person).await;

    let (app, phone) = (&person.app, &person.phone);
    phone.follow().await;
    phone.say(&format!("{CANARY} 又来了")).await;
    assert!(database.dump().await.contains(CANARY));
    pushed(&person, &format!("<OpenID><![CDATA[{}]]></OpenID><AppID><![CDATA[{APPID}]]></AppID>", openid())).await;
    is_forgotten(database, &person).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 0);
}

/// The list says what the export has. Messages of before the registration are in it.
async fn what_is_shown_of_a_person_is_exported(database: &Database) {
    let person = seeded(database).await;
    let parts: Vec<String> = export::export(&person.app.ctx, person.user).await.unwrap().try_collect().await.unwrap();
    let whole: Value = serde_json::from_str(&parts.concat()).unwrap();
    let texts = personal_texts(database).await;
    for (name, table) in list_sections() {
        let rows = whole[name].as_array().map_or_else(|| vec![whole[name].clone()], Clone::clone);
        assert!(!rows.is_empty(), "{name}");
        for column in table.columns {
            let (Class::Shown(key) | Class::Address(key, _)) = column.class else { continue };
            assert!(rows.iter().all(|row| row.get(key).is_some()), "{name}.{key}");
            let has_canary = rows.iter().any(|row| row[key].as_str().is_some_and(|text| text.contains(CANARY)));
            assert!(has_canary || !texts.contains(&format!("{}.{}", table.name, column.name)), "{name}.{key}");
        }
        let keys = |class: Class| matches!(class, Class::Shown(_) | Class::Address(..));
        let shown = table.columns.iter().filter(|column| keys(column.class)).count();
        assert!(rows.iter().all(|row| row.as_object().unwrap().len() == shown), "{name}: {rows:?}");
    }
    let says = |row: &Value| row["content"].as_str().is_some_and(|text| text.starts_with("我的手机号是"));
    assert!(whole["messages"].as_array().unwrap().iter().any(says), "a message of before the registration");
    assert_eq!(whole["user"]["enabled"], json!(true));
    let is_address = |file: &Value| file["address"].as_str().unwrap().starts_with("/media/");
    assert!(whole["files"].as_array().unwrap().iter().all(is_address));
    assert!(!parts.concat().contains("argon2"), "no secrets");
}

/// Forgetting one person changes nothing of another.
async fn others_keep_what_is_theirs(database: &Database) {
    let app = App::on(database).await;
    let (leaves, stays) = (app.phone("oLeaves"), app.phone("oStays"));
    let mut users = Vec::new();
    for (phone, name) in [(&leaves, "leaves"), (&stays, "stays")] {
        phone.say("同一句没人回答的话").await;
        users.push(register(&app, phone, name).await);
        phone.ask("添加 词=答").await;
        phone.ask("词").await;
    }
    unanswered::dismiss(&app.ctx, 0, "同一句没人回答的话").await.unwrap();
    let document = stays.text("词");
    let first = stays.push(&document).await;
    assert_eq!(first.as_deref(), Some("答"));
    let messages = "SELECT COUNT(*) FROM messages WHERE openid = 'oStays'";
    let before = app.count(messages).await;
    deletion::delete(&app.ctx, users[0], Some(users[0]), "test").await.unwrap();
    assert_eq!(app.count(messages).await, before);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM missed_dismissed").await,
        1,
        "the other person's message is still dismissed"
    );
    assert_eq!(stays.push(&document).await, first, "a stored answer of another person");
    assert_eq!(stays.ask("词").await, "答");
    let due = "SELECT COUNT(*) FROM facts WHERE name = 'erasure-due'";
    assert_eq!(app.count(due).await, 0, "nothing is left to be erased");
    deletion::delete(&app.ctx, users[1], Some(users[1]), "test").await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM missed_dismissed").await, 0);
    // People cannot cause that the file is written anew again and again: the second time is later.
    assert_eq!(app.count(due).await, i64::from(database.engine == Engine::Sqlite));
}
