//! Messages that are answered in one transaction are as independent as those that have one each.

use crate::rig::{
    self, App, BEGINNING_MS, Database, Engine, Phone, Program, Push, account, content, environment, eventually, next,
    opened, register, says, two_apps,
};
use futures::future::join_all;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use weida::{
    base::clock::{Clock as _, FakeClock, SystemClock},
    core::{
        message,
        rule::{edit, stats},
    },
    store::{Link as _, Store},
    wechat::{message::Message, xml},
};

crate::every_engine!(
    many_pushes_at_once_and_their_duplicates_are_answered_once_each,
    the_same_pushes_at_two_instances_have_one_answer,
    followers_who_write_for_the_first_time_are_answered_together_and_known_once,
    a_message_that_cannot_be_stored_fails_alone,
    a_used_signature_is_refused_beside_new_ones,
    what_another_instance_changes_counts_for_the_next_message,
    counts_agree_with_the_log,
);

/// Sends documents simultaneously and returns the answers' documents.
async fn answers(app: &App, documents: &[String]) -> Vec<Option<String>> {
    let pushes: Vec<Push> = documents.iter().map(|document| Push::safe(document, app.clock_secs())).collect();
    let sent = join_all(pushes.iter().map(|push| push.send(app.address))).await;
    sent.into_iter()
        .map(|(status, body)| {
            assert_eq!(status, 200);
            opened(&body)
        })
        .collect()
}

/// Ten rules of the account, and ten phones of followers.
async fn followers(app: &App) -> Vec<Phone> {
    let drafts = (0..10).map(|n| says(&format!("词{n}"), &format!("答{n}"))).collect();
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phones: Vec<Phone> = (0..10).map(|n| app.phone(&format!("oFollower{n}"))).collect();
    join_all(phones.iter().map(Phone::follow)).await;
    phones
}

async fn many_pushes_at_once_and_their_duplicates_are_answered_once_each(database: &Database) {
    let app = App::on(database).await;
    let phones = followers(&app).await;
    let (messages, deliveries) = ("SELECT COUNT(*) FROM messages", "SELECT COUNT(*) FROM deliveries");
    let before = app.count(messages).await;
    // Keywords, texts without an answer, menu items, and commands and codes between them.
    let of = |n: usize| {
        let phone = &phones[n % 10];
        match n % 8 {
            0 => phone.text("帮助"),
            1 => phone.text("没有这个词"),
            2 => phone.event("CLICK", &format!("MENU_{n}")),
            3 if n == 3 => phone.text("123456"),
            _ => phone.text(&format!("词{}", n % 10)),
        }
    };
    let distinct: Vec<String> = (0..40).map(of).collect();
    let all: Vec<String> = distinct.iter().cycle().take(160).cloned().collect();
    let answers = answers(&app, &all).await;
    for (at, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &answers[at % 40], "{}", all[at]);
        if at % 40 % 8 > 3 {
            assert_eq!(content(answer.as_deref().unwrap()), format!("答{}", at % 40 % 10));
        }
    }
    // Later, too.
    app.clock.advance_ms(7_000);
    assert_eq!(self::answers(&app, &distinct).await, answers[..40]);
    assert_eq!(app.count(messages).await - before, 40);
    assert_eq!(app.count(messages).await, app.count(deliveries).await);
}

async fn the_same_pushes_at_two_instances_have_one_answer(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phones = followers(&one).await;
    let before = one.count("SELECT COUNT(*) FROM messages").await;
    for round in 0..3 {
        let documents: Vec<String> = (0..30).map(|n| phones[n % 10].text(&format!("词{}", (n + round) % 10))).collect();
        let (first, second) = futures::join!(answers(&one, &documents), answers(&other, &documents));
        assert_eq!(first, second);
        assert!(first.iter().all(Option::is_some));
    }
    assert_eq!(one.count("SELECT COUNT(*) FROM messages").await - before, 90);
    assert_eq!(one.count("SELECT COUNT(*) FROM reply_rules WHERE hits = 9").await, 10);
}

/// An account has followers from before Weida: their first message is no event of following.
async fn followers_who_write_for_the_first_time_are_answered_together_and_known_once(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    edit::add(&one.ctx, &account(), &says("价格", "一百元")).await.unwrap();
    assert!(eventually(Duration::from_secs(5), async || one.phone("oFirst").ask("价格").await == "一百元").await);
    assert!(eventually(Duration::from_secs(5), async || other.phone("oFirst").ask("价格").await == "一百元").await);
    let before = one.ctx.store.statements();
    // Each of them writes twice, a word that a rule answers and one that none does.
    let documents = |app: &App| -> Vec<String> {
        let phones = (0..60).map(|n| app.phone(&format!("oOld{n}")));
        phones.flat_map(|phone| [phone.text("价格"), phone.text("没有这个词")]).collect()
    };
    let (at_one, at_other) = (documents(&one), documents(&other));
    let (first, second) = futures::join!(answers(&one, &at_one), answers(&other, &at_other));
    for (at, answer) in first.iter().chain(&second).enumerate() {
        let text = answer.as_deref().map(content);
        assert_eq!(text.as_deref(), (at % 2 == 0).then_some("一百元"), "{at}");
    }
    let known = "SELECT COUNT(*) FROM identities WHERE openid LIKE 'oOld%' AND is_subscribed = 1 AND user_id IS NULL";
    assert_eq!(one.count(known).await, 60);
    assert_eq!(one.count("SELECT COUNT(*) FROM messages WHERE openid LIKE 'oOld%'").await, 240);
    // A transaction for each message takes eight statements or more.
    let statements = one.ctx.store.statements() - before;
    assert!(statements < 4 * 120, "{statements} statements for 120 messages");
}

/// The future of a push is moved several times on its way; what happens rarely must not make it large.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_future_of_an_answer_is_small() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let parsed = xml::parse(app.phone("oSize").text("你好").as_bytes(), xml::PLAIN_MAX_BYTES).unwrap();
    let message = Message::read(&parsed, rig::APPID).unwrap();
    let bytes = size_of_val(&message::answer_signed(&app.ctx, &message, None));
    assert!(bytes < 2_048, "{bytes} bytes");
}

/// Makes the database refuse a message with this text, alone or with others.
fn refusal(engine: Engine) -> Vec<&'static str> {
    match engine {
        Engine::Sqlite => vec![
            "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.content = '坏' BEGIN SELECT RAISE(ABORT, 'refused'); END",
        ],
        Engine::MariaDb => vec![
            "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW IF NEW.content = '坏' THEN SIGNAL SQLSTATE '45000'; END IF",
        ],
        Engine::Postgres => vec!["ALTER TABLE messages ADD CONSTRAINT refuse CHECK (content <> '坏')"],
    }
}

async fn a_message_that_cannot_be_stored_fails_alone(database: &Database) {
    let app = App::on(database).await;
    let phones = followers(&app).await;
    for statement in refusal(database.engine) {
        database.run(statement.to_owned()).await;
    }
    let before = app.count("SELECT COUNT(*) FROM messages").await;
    let text = |n: usize| if n % 10 == 7 { "坏".to_owned() } else { format!("词{}", n % 10) };
    let documents: Vec<String> = (0..40).map(|n| phones[n % 10].text(&text(n))).collect();
    let answers = answers(&app, &documents).await;
    for (n, answer) in answers.iter().enumerate() {
        let said = content(answer.as_deref().unwrap());
        let expected = if n % 10 == 7 { said.contains("系统正忙") } else { said == format!("答{}", n % 10) };
        assert!(expected, "{n}: {said}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await - before, 36);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM messages").await,
        app.count("SELECT COUNT(*) FROM deliveries").await,
        "the refused ones have no delivery: they are answered when they come again"
    );
}

async fn a_used_signature_is_refused_beside_new_ones(database: &Database) {
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_AES_KEY", "")]).await;
    let drafts = (0..10).map(|n| says(&format!("词{n}"), &format!("答{n}"))).collect();
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phones: Vec<Phone> = (0..10).map(|n| app.phone(&format!("oPlain{n}"))).collect();
    let plain = |document: &str| Push::plain(document, app.clock_secs());
    let greetings: Vec<Push> = phones.iter().map(|phone| plain(&phone.text("你好"))).collect();
    join_all(greetings.iter().map(|push| push.send(app.address))).await;
    let good: Vec<Push> = (0..20).map(|n| plain(&phones[n % 10].text(&format!("词{}", n % 10)))).collect();
    // The signature of a message of before, and the signatures of messages that are sent at the same time: each with another body.
    let forged = |push: &Push, n: usize| Push { body: phones[n % 10].text("词1"), ..push.clone() };
    let old: Vec<Push> = greetings.iter().enumerate().map(|(n, push)| forged(push, n)).collect();
    let racing: Vec<Push> = good[..5].iter().enumerate().map(|(n, push)| forged(push, n)).collect();
    let all: Vec<&Push> = good.iter().chain(&old).chain(&racing).chain(&good[5..]).collect();
    let statuses: Vec<u16> =
        join_all(all.iter().map(|push| push.send(app.address))).await.iter().map(|a| a.0).collect();
    assert!(statuses[20..30].iter().all(|status| *status == 403), "{statuses:?}");
    for n in 0..5 {
        let mut pair = [statuses[n], statuses[30 + n]];
        pair.sort_unstable();
        assert_eq!(pair, [200, 403], "of two bodies with one signature, one has an effect");
    }
    assert!(statuses[5..20].iter().chain(&statuses[35..]).all(|status| *status == 200), "{statuses:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 30);
}

async fn what_another_instance_changes_counts_for_the_next_message(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phone = one.phone("oSwitch");
    let user = register(&one, &phone, "switch").await;
    edit::add_many(&one.ctx, &account(), vec![says("词", "账号的")]).await.unwrap();
    let own = edit::Editor { owner_id: user, ..account() };
    edit::add_many(&one.ctx, &own, vec![says("词", "自己的")]).await.unwrap();
    assert_eq!(phone.ask("词").await, "自己的");
    for (is_on, expected) in [(false, "账号的"), (true, "自己的"), (false, "账号的")] {
        let mut tx = other.ctx.store.begin().await.unwrap();
        let switch = tx.sql("UPDATE users SET is_auto_reply = ? WHERE id = ?").bind(i64::from(is_on)).bind(user);
        switch.execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(phone.ask("词").await, expected);
    }
    // Unbound elsewhere: the next message is logged without the user.
    let mut tx = other.ctx.store.begin().await.unwrap();
    let unbound = tx.sql("UPDATE identities SET user_id = NULL WHERE user_id = ?").bind(user);
    unbound.execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    let before = one.count("SELECT COUNT(*) FROM messages WHERE user_id IS NULL").await;
    assert_eq!(phone.ask("词").await, "账号的");
    assert_eq!(one.count("SELECT COUNT(*) FROM messages WHERE user_id IS NULL").await, before + 1);
}

async fn counts_agree_with_the_log(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phones = followers(&one).await;
    let documents = |from: usize| -> Vec<String> {
        (from..from + 60).map(|n| phones[n % 10].text(&format!("词{}", n % 12))).collect()
    };
    let (first, second) = (documents(0), documents(60));
    futures::join!(answers(&one, &first), answers(&other, &second));
    let day = stats::stats(&one.ctx, 0, 1).await.unwrap();
    assert_eq!((day.days[0].hits, day.days[0].misses), (100, 20));
    let rules =
        "SELECT COUNT(*) FROM reply_rules r WHERE r.hits <> (SELECT COUNT(*) FROM messages m WHERE m.rule_id = r.id)";
    assert_eq!(one.count(rules).await, 0);
    assert_eq!(day.rules.values().flatten().sum::<i64>(), 100);
}

/// Killed under load: what was answered is in the log, is counted, and is answered identically when it comes again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_under_load_loses_no_answer_and_no_count() {
    let folder = tempfile::tempdir().unwrap();
    let environment = environment(folder.path(), &[("RUST_LOG", "warn")]);
    let mut program = Program::start(folder.path(), &environment);
    let store = Store::open(&environment["DATABASE_URL"]).await.unwrap();
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
    let (given, count) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(AtomicUsize::new(0)));
    let (enough, mut is_enough) = tokio::sync::mpsc::channel::<()>(64);
    let address = program.address;
    let writers: Vec<_> = (0..48)
        .map(|w| {
            let phone = Phone::new(address, clock.clone(), &format!("oWriter{w}"));
            let (given, count, enough) = (given.clone(), count.clone(), enough.clone());
            tokio::spawn(async move {
                let client = crate::rig::http();
                loop {
                    // Two of three without an answer, and one with.
                    let n = next();
                    let document = phone.text(&if n.is_multiple_of(3) { "帮助".to_owned() } else { format!("n{n}") });
                    let push = Push::safe(&document, SystemClock.now_secs());
                    let request = client.post(format!("http://{address}{}", push.path())).body(push.body);
                    let Ok(answer) = request.send().await else { return };
                    let (status, Ok(body)) = (answer.status(), answer.text().await) else { return };
                    if status != 200 {
                        return;
                    }
                    given.lock().unwrap().insert(document, opened(&body));
                    if count.fetch_add(1, Ordering::SeqCst) + 1 == 600 {
                        enough.send(()).await.ok();
                    }
                }
            })
        })
        .collect();
    tokio::time::timeout(Duration::from_mins(2), is_enough.recv()).await.unwrap();
    program.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    let program = Program::start(folder.path(), &environment);
    let given = given.lock().unwrap().clone();
    let mut db = store.read().await.unwrap();
    let mut number =
        async |sql: &'static str| -> i64 { sqlx::Row::get(&db.sql(sql).fetch_one(db.conn()).await.unwrap(), 0) };
    let messages = number("SELECT COUNT(*) FROM messages").await;
    assert!(usize::try_from(messages).unwrap() >= given.len() && given.len() >= 600);
    assert_eq!(number("SELECT COUNT(*) FROM deliveries").await, messages);
    let unanswered = number("SELECT COUNT(*) FROM messages WHERE answered_by = 'none'").await;
    assert_eq!(number("SELECT COALESCE(SUM(misses), 0) FROM reply_days").await, unanswered);
    assert!(unanswered > 0);
    for (document, answer) in given.iter().step_by(5) {
        let (status, body) = Push::safe(document, SystemClock.now_secs()).send(program.address).await;
        assert_eq!((status, &opened(&body)), (200, answer), "{document}");
    }
    assert_eq!(number("SELECT COUNT(*) FROM messages").await, messages, "a redelivery is logged once");
}
