//! T-166: a code that the account sends is in the chat and nowhere else. The stored answer of its delivery is encrypted, is sent
//! again while the code is valid, and is deleted with it.

use crate::rig::{App, BEGINNING_MS, Database, Phone, Push, account, digits};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        cleanup,
        rule::{Content, MatchType, TriggerKind, draft::Draft, edit},
        signin::{Purpose, begin, enter_code::enter_code, reset},
    },
    store::Link as _,
};

crate::every_engine!(
    a_code_is_in_no_table_and_no_file_and_its_answer_is_deleted_with_it,
    a_code_in_a_greeting_of_several_messages_is_stored_nowhere,
    a_code_that_a_rule_answers_is_not_logged,
);

/// Sends a document and returns the text of the answer.
async fn ask(phone: &Phone, document: &str) -> Option<String> {
    phone.push(document).await
}

/// True where the dump has the six digits as a separate word: times and ids are longer.
fn holds(dump: &str, code: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    dump.match_indices(code)
        .any(|(at, _)| !joins(dump[..at].chars().next_back()) && !joins(dump[at + code.len()..].chars().next()))
}

async fn stored_answers(app: &App) -> i64 {
    app.count("SELECT COUNT(*) FROM deliveries WHERE reply_until IS NOT NULL").await
}

async fn a_code_is_in_no_table_and_no_file_and_its_answer_is_deleted_with_it(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[]).await;
    let phone = app.phone("oCode");
    weida::core::account::admin::create(&app.ctx, "root", "horse battery staple").await.unwrap();

    // Used: the answer is deleted with the code.
    let document = phone.text("验证码");
    let answer = ask(&phone, &document).await.unwrap();
    let code = digits(&answer).unwrap();
    let dump = database.dump().await;
    assert!(!holds(&dump, &code) && dump.contains("deliveries.reply=enc1:"), "{code}");
    assert_eq!(ask(&phone, &document).await.unwrap(), answer, "a redelivery");
    assert_eq!(stored_answers(&app).await, 1);
    let secrets = begin::login(&app.ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
    enter_code(&app.ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
    assert_eq!((ask(&phone, &document).await, stored_answers(&app).await), (None, 0));

    // Replaced by a newer code.
    let (first, second) = (phone.text("验证码"), phone.text("验证码"));
    ask(&phone, &first).await.unwrap();
    let newer = ask(&phone, &second).await.unwrap();
    assert_eq!((ask(&phone, &first).await, stored_answers(&app).await), (None, 1));
    // Another instance gives the same answer.
    let other = App::with(database, clock.clone(), &[]).await;
    let push = Push::safe(&second, app.clock_secs());
    assert_eq!(
        crate::rig::opened(&push.send(other.address).await.1).map(|xml| xml.contains(&digits(&newer).unwrap())),
        Some(true)
    );

    // Expired: not sent any more, and deleted by the next cleanup.
    clock.advance_ms(5 * 60_000 + 1);
    assert_eq!((ask(&phone, &second).await, stored_answers(&app).await), (None, 1));
    cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!((ask(&phone, &second).await, stored_answers(&app).await), (None, 0));

    // A code that sets a password.
    let user = app.count("SELECT MAX(id) FROM users").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    let named = tx.sql("UPDATE users SET username = 'coder', username_key = 'coder' WHERE id = ?").bind(user);
    named.execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    let document = phone.text("改密");
    let code = digits(&ask(&phone, &document).await.unwrap()).unwrap();
    assert!(!holds(&database.dump().await, &code), "{code}");
    let secrets = begin::login(&app.ctx, Purpose::Reset, crate::rig::asker()).await.unwrap();
    reset::set_password(&app.ctx, &secrets, &code, "another horse battery", crate::rig::HERE).await.unwrap();
    assert_eq!((ask(&phone, &document).await, stored_answers(&app).await), (None, 0));

    // The follower asks WeChat to delete their data.
    ask(&phone, &phone.text("验证码")).await.unwrap();
    assert_eq!(stored_answers(&app).await, 1);
    let cancelled = format!(
        "<Event><![CDATA[user_authorization_cancellation]]></Event><OpenID><![CDATA[{}]]></OpenID>",
        phone.openid
    );
    ask(&phone, &phone.document("event", &cancelled)).await;
    assert_eq!(stored_answers(&app).await, 0);
}

async fn a_code_in_a_greeting_of_several_messages_is_stored_nowhere(database: &Database) {
    let app = App::on(database).await;
    let long: String = "欢迎关注。".repeat(400);
    let contents = vec![Content::text("你好"), Content::text(long.clone())];
    let rule = Draft { contents, ..Draft::of_text(TriggerKind::Follow, "", MatchType::Exact, "x") };
    edit::add(&app.ctx, &account(), &rule).await.unwrap();
    let phone = app.phone("oGreeted");
    let document = phone.event("subscribe", "");
    let answer = ask(&phone, &document).await.unwrap();
    let code = digits(&answer).unwrap();
    let dump = database.dump().await;
    assert!(!holds(&dump, &code), "{code}");
    assert!(dump.contains("pending_replies.body=enc1:") && !dump.contains("pending_replies.body={"), "the rest");
    assert_eq!(ask(&phone, &document).await.unwrap(), answer);
    // The encrypted overflow is still sent message by message.
    let mut rest = String::new();
    while rest.matches("欢迎关注。").count() < 400 {
        rest.push_str(&phone.ask("更多").await);
    }
}

async fn a_code_that_a_rule_answers_is_not_logged(database: &Database) {
    let app = App::on(database).await;
    let rule = Draft::of_text(TriggerKind::Keyword, "^[0-9]{6}$", MatchType::Regex, "六位数字");
    edit::add(&app.ctx, &account(), &rule).await.unwrap();
    let phone = app.phone("oTyped");
    let code = phone.code("验证码").await;
    assert_eq!(phone.ask(&code).await, "六位数字");
    assert!(!holds(&database.dump().await, &code), "{code}");
    // Digits that are not a code are an ordinary message.
    assert_eq!(phone.ask("000000").await, "六位数字");
    assert!(holds(&database.dump().await, "000000"));
}
