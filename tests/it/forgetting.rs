//! T-301: after a person is forgotten, by whichever way, no cell of a table and no byte of the database's files says anything about them.
//!
//! A canary is put into every text that belongs to the person: by use of the program, and for the rest by rows that are made from the list
//! of what belongs to a person.

mod person;

use crate::rig::{APPID, App, Database, Engine, browser_by_password, http, register};
use futures::TryStreamExt as _;
use person::{CANARY, MINI, Person, is_forgotten, openid, personal_texts, seeded};
use serde_json::{Value, json};
use weida::{
    core::{
        account::{self, deletion, directory, export, identity},
        cleanup,
        message::unanswered,
    },
    store::personal_data::{Class, list_sections},
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
    let answer = async || phone.push(&document).await;
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
