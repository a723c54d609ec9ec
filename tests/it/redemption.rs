//! Redemption codes: redeemed as often as their batch says, once per person, and hard to guess.

use crate::rig::{App, BEGINNING_MS, Browser, Database, account, admin, browser_by_password, new_user, register, says};
use futures::future::join_all;
use std::{path::PathBuf, sync::Arc};
use weida::{
    base::{
        beijing,
        clock::{Clock as _, FakeClock},
        rng::SystemRng,
    },
    core::{
        CoreError,
        account::{self as accounts, deletion, directory, identity},
        credit,
        redemption::{
            self, Redeemed, Refusal,
            batch::{self, Batch, Draft, State},
            code::Code,
        },
        rule::edit,
    },
    store::Link as _,
};

crate::every_engine!(
    a_code_of_ten_uses_is_redeemed_ten_times,
    a_code_of_ten_uses_is_redeemed_ten_times_on_two_instances,
    a_person_redeems_a_code_once,
    a_person_redeems_one_code_of_a_batch,
    a_code_is_redeemed_within_its_time_only,
    a_stopped_batch_is_not_redeemed,
    wrong_codes_are_limited_and_right_ones_are_not,
    a_flood_of_wrong_codes_leaves_guesses_to_others,
    a_code_in_the_chat_is_redeemed_once_however_often_it_is_delivered,
    a_level_of_a_code_extends_the_same_level_and_replaces_a_lower_one,
    what_was_redeemed_is_handed_over_by_a_join,
    an_admin_creates_exports_and_stops_a_batch,
);

/// A settings file with both commands switched on, and more lines.
fn switched_on(more: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    let words = "[chat.commands]\nredeem = [\"兑换\", \"redeem\"]\ncheck-in = [\"签到\", \"check in\"]\n";
    std::fs::write(&file, format!("{words}{more}")).unwrap();
    (folder, file)
}

async fn app_with(database: &Database, more: &str) -> App {
    let (_folder, file) = switched_on(more);
    App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &file).await
}

async fn created(app: &App, draft: Draft<'_>) -> (Batch, Vec<Code>) {
    let name = format!("admin{}", crate::rig::next());
    batch::create(&app.ctx, &admin(app, &name).await, &draft).await.unwrap()
}

/// One code with this many uses, worth 50 credits.
async fn one_code(app: &App, uses: &str) -> (i64, Code) {
    let (batch, mut codes) = created(app, Draft { credits: "50", codes: "1", uses, ..Draft::default() }).await;
    (batch.id, codes.remove(0))
}

async fn redeem(app: &App, user: i64, code: &str) -> Result<Redeemed, Refusal> {
    redemption::redeem(&app.ctx, user, code, "test").await.unwrap()
}

/// The balance of a user, which must be the sum of their ledger.
async fn balance(app: &App, user: i64) -> i64 {
    use sqlx::Row as _;
    let totals = credit::totals(&app.ctx, user).await.unwrap();
    let mut db = app.ctx.store.read().await.unwrap();
    let rows = db.sql("SELECT delta FROM credit_entries WHERE user_id = ?").bind(user).fetch_all(db.conn());
    let sum: i64 = rows.await.unwrap().iter().map(|row| row.get::<i64, _>(0)).sum();
    assert_eq!((totals.balance, totals.granted - totals.spent), (sum, sum));
    sum
}

async fn state(app: &App, id: i64) -> (State, i64) {
    let admin = admin(app, &format!("looks{}", crate::rig::next())).await;
    let detail = batch::detail(&app.ctx, &admin, id, None).await.unwrap();
    assert_eq!(detail.redeemed.len(), usize::try_from(detail.batch.redeemed.min(50)).unwrap());
    (detail.batch.state(app.clock.now_ms()), detail.batch.redeemed)
}

async fn race(apps: &[&App]) {
    let app = apps[0];
    let (id, code) = one_code(app, "10").await;
    let mut users = Vec::new();
    for n in 0..100 {
        users.push(new_user(app, &format!("oRace{n}")).await);
    }
    let tasks = users.iter().enumerate().map(|(n, user)| {
        let (ctx, typed, user) = (apps[n % apps.len()].ctx.clone(), code.shown(), *user);
        tokio::spawn(async move {
            loop {
                match redemption::redeem(&ctx, user, &typed, "test").await {
                    // All wait for one row; where the machine is slow, some are asked to try again. Nothing was done for them.
                    Err(CoreError::Unavailable) => {}
                    done => break done.unwrap(),
                }
            }
        })
    });
    let done: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 10);
    assert_eq!(done.iter().filter(|done| **done == Err(Refusal::UsedUp)).count(), 90);
    for (user, done) in users.iter().zip(&done) {
        assert_eq!(balance(app, *user).await, if done.is_ok() { 50 } else { 0 });
    }
    assert_eq!(state(app, id).await, (State::UsedUp, 10));
    assert_eq!(app.count("SELECT used FROM redemption_codes").await, 10);
    assert_eq!(app.count("SELECT COUNT(*) FROM credit_entries").await, 10);
}

async fn a_code_of_ten_uses_is_redeemed_ten_times(database: &Database) {
    race(&[&App::on(database).await]).await;
}

async fn a_code_of_ten_uses_is_redeemed_ten_times_on_two_instances(database: &Database) {
    let (one, other) = crate::rig::two_apps(database, &[]).await;
    race(&[&one, &other]).await;
}

/// Twenty attempts at once, and then a new account of the same WeChat.
async fn a_person_redeems_a_code_once(database: &Database) {
    let app = app_with(database, "").await;
    let (_, code) = one_code(&app, "100").await;
    let phone = app.phone("oOnce");
    let user = register(&app, &phone, "once").await;
    let before = balance(&app, user).await;
    let tasks = (0..20).map(|_| {
        let (ctx, typed) = (app.ctx.clone(), code.shown().to_lowercase());
        tokio::spawn(async move { redemption::redeem(&ctx, user, &typed, "test").await.unwrap() })
    });
    let done: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert_eq!(done.iter().filter(|done| **done == Err(Refusal::Already)).count(), 19);
    assert_eq!(balance(&app, user).await, before + 50);
    deletion::delete(&app.ctx, user, Some(user), "test").await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM redemptions").await, 0, "the row goes with the account");
    app.clock.advance_ms(61_000);
    let again = register(&app, &phone, "again").await;
    assert_eq!(redeem(&app, again, &code.shown()).await, Err(Refusal::Already));
    // Unbinding does not help either.
    identity::unbind(&app.ctx, again, "test").await.unwrap();
    let third = register(&app, &phone, "third").await;
    assert_eq!(redeem(&app, third, &code.shown()).await, Err(Refusal::Already));
    let other = new_user(&app, "oOther").await;
    assert!(redeem(&app, other, &code.shown()).await.is_ok());
    assert_eq!(app.count("SELECT used FROM redemption_codes").await, 2);
}

async fn a_person_redeems_one_code_of_a_batch(database: &Database) {
    let app = App::on(database).await;
    let draft = Draft { credits: "5", codes: "3", is_once: true, ..Draft::default() };
    let (_, codes) = created(&app, draft.clone()).await;
    let (one, other) = (new_user(&app, "oOne").await, new_user(&app, "oOther").await);
    assert!(redeem(&app, one, &codes[0].shown()).await.is_ok());
    assert_eq!(redeem(&app, one, &codes[1].shown()).await, Err(Refusal::Already));
    assert!(redeem(&app, other, &codes[1].shown()).await.is_ok());
    // Another batch is another matter, and so is a batch without this limit.
    let (_, codes) = created(&app, Draft { is_once: false, ..draft }).await;
    for code in &codes {
        assert!(redeem(&app, one, &code.shown()).await.is_ok());
    }
    assert_eq!((balance(&app, one).await, balance(&app, other).await), (20, 5));
}

async fn a_code_is_redeemed_within_its_time_only(database: &Database) {
    let app = App::on(database).await;
    let draft = Draft { credits: "5", codes: "2", from: "2025-09-13", to: "2025-09-14", ..Draft::default() };
    let (batch, codes) = created(&app, draft).await;
    let user = new_user(&app, "oTime").await;
    let start = beijing::start_of("2025-09-13").unwrap();
    assert_eq!(redeem(&app, user, &codes[0].shown()).await, Err(Refusal::NotYet(start)));
    app.clock.advance_ms(start - app.clock.now_ms() - 1);
    assert_eq!(redeem(&app, user, &codes[0].shown()).await, Err(Refusal::NotYet(start)));
    app.clock.advance_ms(1);
    assert!(redeem(&app, user, &codes[0].shown()).await.is_ok());
    app.clock.advance_ms(2 * beijing::DAY_MS - 1);
    assert_eq!(state(&app, batch.id).await, (State::Valid, 1));
    app.clock.advance_ms(1);
    assert_eq!(redeem(&app, user, &codes[1].shown()).await, Err(Refusal::Expired));
    assert_eq!(state(&app, batch.id).await, (State::Over, 1));
    assert_eq!(balance(&app, user).await, 5);
}

async fn a_stopped_batch_is_not_redeemed(database: &Database) {
    let app = App::on(database).await;
    let (id, code) = one_code(&app, "5").await;
    let (one, other) = (new_user(&app, "oBefore").await, new_user(&app, "oAfter").await);
    assert!(redeem(&app, one, &code.shown()).await.is_ok());
    let root = admin(&app, "root").await;
    for _ in 0..2 {
        batch::stop(&app.ctx, &root, id).await.unwrap();
    }
    assert_eq!(redeem(&app, other, &code.shown()).await, Err(Refusal::Stopped));
    assert_eq!(redeem(&app, one, &code.shown()).await, Err(Refusal::Already));
    assert_eq!(state(&app, id).await, (State::Stopped, 1));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'code_batch.stop'").await, 1);
    assert_eq!((balance(&app, one).await, balance(&app, other).await), (50, 0));
}

/// A code of no batch.
fn invented() -> String {
    Code::random(&SystemRng).shown()
}

async fn wrong_codes_are_limited_and_right_ones_are_not(database: &Database) {
    let app = app_with(database, "[limits]\nsent-codes-per-minute = 3\n").await;
    let (_, code) = one_code(&app, "1").await;
    let (winner, user, other) =
        (new_user(&app, "oWinner").await, new_user(&app, "oGuesses").await, new_user(&app, "oOther").await);
    assert!(redeem(&app, winner, &code.shown()).await.is_ok());
    // A race for a public code: it exists, so no attempt counts as a guess.
    for _ in 0..10 {
        assert_eq!(redeem(&app, user, &code.shown()).await, Err(Refusal::UsedUp));
    }
    for wrong in [invented(), "ABCD".to_owned(), invented()] {
        assert_eq!(redeem(&app, user, &wrong).await, Err(Refusal::Unknown));
    }
    assert!(matches!(redeem(&app, user, &invented()).await, Err(Refusal::TooMany(1..=60))));
    let (_, good) = one_code(&app, "5").await;
    assert!(matches!(redeem(&app, user, &good.shown()).await, Err(Refusal::TooMany(_))), "a right one is refused, too");
    assert!(redeem(&app, other, &good.shown()).await.is_ok(), "others are not affected");
    app.clock.advance_ms(60_000);
    assert!(redeem(&app, user, &good.shown()).await.is_ok());
}

/// Many accounts of an attacker use up the total; what is reserved remains for users without wrong codes.
async fn a_flood_of_wrong_codes_leaves_guesses_to_others(database: &Database) {
    let limits = "[limits]\nwrong-codes-per-minute = 6\nslowed-guesses-per-minute = 2\n";
    let app = app_with(database, limits).await;
    let (_, code) = one_code(&app, "5").await;
    for n in 0..3 {
        let attacker = new_user(&app, &format!("oAttacker{n}")).await;
        for _ in 0..2 {
            assert_eq!(redeem(&app, attacker, &invented()).await, Err(Refusal::Unknown));
        }
        if n == 2 {
            assert!(matches!(redeem(&app, attacker, &invented()).await, Err(Refusal::TooMany(_))));
        }
    }
    for n in 0..4 {
        let user = new_user(&app, &format!("oHonest{n}")).await;
        assert!(redeem(&app, user, &code.shown()).await.is_ok(), "a right code is given back");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'codes.slowed'").await, 1);
}

async fn a_code_in_the_chat_is_redeemed_once_however_often_it_is_delivered(database: &Database) {
    let app = app_with(database, "").await;
    let (_, code) = one_code(&app, "5").await;
    let phone = app.phone("oChat");
    assert!(phone.ask(&format!("兑换 {}", code.shown())).await.contains("还没有账号"));
    let user = register(&app, &phone, "chat").await;
    let before = balance(&app, user).await;
    assert!(phone.ask("兑换").await.contains("兑换 ABCD-EFGH-JKLM-NPQR"));
    let document = phone.text(&format!("兑换 {}", code.shown().to_lowercase().replace('-', " ")));
    let first = phone.push(&document).await.unwrap();
    assert_eq!(first, format!("兑换成功！\n积分 +50，现有 {}", before + 50));
    for _ in 0..3 {
        assert_eq!(phone.push(&document).await.as_deref(), Some(first.as_str()), "a redelivery is answered alike");
    }
    assert_eq!(balance(&app, user).await, before + 50);
    assert!(phone.ask(&format!("兑换{}", code.shown())).await.contains("已经兑换过了"));
    assert!(phone.ask(&format!("redeem {}", invented())).await.contains("no such code"));
    assert!(phone.ask("兑换 ABCD-EFGH-JKLM").await.contains("没有这个兑换码"));
    // A sentence is none of the command.
    assert_eq!(phone.say("兑换什么时候开始").await, None);
    // No table has the code.
    let dump = database.dump().await;
    for form in [code.shown(), code.shown().replace('-', ""), code.shown().to_lowercase().replace('-', " ")] {
        assert!(!dump.contains(&form), "{form}");
    }
    assert_eq!(app.count("SELECT used FROM redemption_codes").await, 1);
}

async fn a_level_of_a_code_extends_the_same_level_and_replaces_a_lower_one(database: &Database) {
    let app = App::on(database).await;
    let level = |level, credits| Draft { level, credits, level_days: "30", codes: "3", ..Draft::default() };
    let (_, premium) = created(&app, level("premium", "")).await;
    let (_, vip) = created(&app, level("vip", "7")).await;
    let user = new_user(&app, "oLevel").await;
    let now = app.clock.now_ms();
    let is = async || {
        let user = accounts::find(&app.ctx, user).await.unwrap().unwrap();
        (user.level, user.level_until.map(|until| (until - now) / beijing::DAY_MS))
    };
    let first = redeem(&app, user, &premium[0].shown()).await.unwrap();
    assert_eq!(first.level, Some(("premium", now + 30 * beijing::DAY_MS)));
    redeem(&app, user, &premium[1].shown()).await.unwrap();
    assert_eq!(is().await, ("premium".to_owned(), Some(60)));
    let done = redeem(&app, user, &vip[0].shown()).await.unwrap();
    assert_eq!((done.credits, done.balance, is().await), (7, 7, ("vip".to_owned(), Some(30))));
    // It would have no effect, so it is not used.
    assert_eq!(redeem(&app, user, &premium[2].shown()).await, Err(Refusal::LevelIsHigher));
    assert_eq!(app.count("SELECT COUNT(*) FROM redemption_codes WHERE used = 1").await, 3);
    app.clock.advance_ms(30 * beijing::DAY_MS);
    assert_eq!(is().await.0, "normal");
    redeem(&app, user, &premium[2].shown()).await.unwrap();
    assert_eq!(is().await, ("premium".to_owned(), Some(60)));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'user.level'").await, 4);
    // A level without an end is not lost to a code.
    let root = admin(&app, "root").await;
    directory::set_level(&app.ctx, &root, user, "vip").await.unwrap();
    assert_eq!(redeem(&app, user, &vip[1].shown()).await, Err(Refusal::LevelIsHigher));
    assert_eq!(balance(&app, user).await, 7);
}

async fn what_was_redeemed_is_handed_over_by_a_join(database: &Database) {
    let app = app_with(database, "").await;
    let (_, code) = one_code(&app, "5").await;
    let phone = app.phone("oJoins");
    let registered = register(&app, &phone, "joins").await;
    assert!(phone.ask(&format!("兑换 {}", code.shown())).await.contains("兑换成功"));
    let root = admin(&app, "root").await;
    directory::set_level_until(&app.ctx, &root, registered, "vip", "2025-12-31").await.unwrap();
    let proven = identity::Proven {
        app: identity::App::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: "miniJoins".to_owned(),
        unionid: Some("uJoins".to_owned()),
        nickname: None,
        avatar_url: None,
    };
    let came = identity::meet(&app.ctx, &proven).await.unwrap().id;
    accounts::unionid::learn(&app.ctx, &phone.openid, "uJoins").await.unwrap();
    assert!(phone.ask("合并账号").await.contains("两个账号"));
    assert!(phone.ask("1").await.contains("合并好了"));
    assert!(accounts::find(&app.ctx, registered).await.unwrap().is_none());
    let joined = accounts::find(&app.ctx, came).await.unwrap().unwrap();
    let end = beijing::start_of("2026-01-01").unwrap();
    assert_eq!((joined.level.as_str(), joined.level_until), ("vip", Some(end)), "the level keeps its end");
    assert_eq!(redeem(&app, came, &code.shown()).await, Err(Refusal::Already));
    assert_eq!(app.count("SELECT COUNT(*) FROM redemptions").await, 1);
    assert_eq!(balance(&app, came).await, 150);
}

/// The pages: a form, one file, the list, the field on `/me`, and the rules that the words would answer before.
async fn an_admin_creates_exports_and_stops_a_batch(database: &Database) {
    let app = app_with(database, "").await;
    edit::add(&app.ctx, &account(), &says("签到", "旧的签到")).await.unwrap();
    edit::add(&app.ctx, &account(), &says("签到表", "别的")).await.unwrap();
    admin(&app, "root").await;
    register(&app, &app.phone("oPages"), "pages").await;
    let (root, user) = (browser_by_password(&app, "root").await, browser_by_password(&app, "pages").await);
    let page = root.get("/admin/codes").await.body;
    assert!(page.contains("规则 01（签到）") || page.contains("规则 1（签到）"), "{page}");
    assert!(!page.contains("签到表"), "another word");

    let wrong = root.post("/do/codes-create", &[("credits", "x"), ("codes", "3"), ("note", "活动")]).await;
    assert_eq!(wrong.location(), "/admin/codes/new");
    let form = root.get("/admin/codes/new").await.body;
    assert!(
        form.contains("积分要在 0 到") && form.contains("value=\"活动\"") && form.contains("value=\"3\""),
        "{form}"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM code_batches").await, 0);

    let fields = [("credits", "50"), ("level", "vip"), ("level_days", "30"), ("codes", "3"), ("note", "活动")];
    for browser in [&Browser::on(&app), &user] {
        let refused = browser.post("/do/codes-create", &fields).await;
        assert!(refused.body.is_empty() && refused.status == reqwest::StatusCode::SEE_OTHER, "{}", refused.body);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM code_batches").await, 0);
    let file = root.post("/do/codes-create", &fields).await;
    assert_eq!(file.status, reqwest::StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers["cache-control"], "no-store");
    let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!((lines.len(), lines[0]), (4, "兑换码"));
    assert!(lines[1..].iter().all(|line| Code::parse(line).is_some()), "{lines:?}");
    let list = root.get("/admin/codes").await.body;
    assert!(list.contains("50 积分 + VIP 用户 30 天") && list.contains("0 / 3") && list.contains("活动"), "{list}");
    assert!(!list.contains(lines[1]) && !list.contains(&lines[1][15..]), "codes are not shown again");

    let wrong = user.post("/do/redeem", &[("redemption_code", "ABCD")]).await;
    assert_eq!(wrong.location(), "/me");
    let me = user.get("/me").await.body;
    assert!(me.contains("没有这个兑换码") && me.contains("value=\"ABCD\""), "{me}");
    assert_eq!(user.post("/do/redeem", &[("redemption_code", lines[1])]).await.location(), "/me");
    let me = user.get("/me").await.body;
    let date = beijing::last_date_before(BEGINNING_MS + 30 * beijing::DAY_MS);
    assert!(me.contains("兑换成功，积分 +50") && me.contains(&format!("到 {date}")), "{me}");
    assert!(user.get("/me/credits").await.body.contains("兑换码"));

    let id = app.count("SELECT id FROM code_batches").await;
    let page = root.get(&format!("/admin/codes/{id}")).await.body;
    assert!(page.contains("pages") && page.contains(&format!("…{}", &lines[1][15..])) && page.contains("1 / 3"));
    let of_user = app.count("SELECT id FROM users WHERE username = 'pages'").await;
    let person = root.get(&format!("/admin/users/{of_user}")).await.body;
    assert!(person.contains(&format!("到 {date}，兑换码 …{}", &lines[1][15..])), "{person}");
    let stop = [("batch", id.to_string())];
    let stop: Vec<(&str, &str)> = stop.iter().map(|(k, v)| (*k, v.as_str())).collect();
    user.post("/do/codes-stop", &stop).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM code_batches WHERE stopped_at IS NULL").await, 1);
    assert_eq!(root.post("/do/codes-stop", &stop).await.location(), format!("/admin/codes/{id}"));
    let page = root.get(&format!("/admin/codes/{id}")).await.body;
    assert!(page.contains("已停用") && page.contains("停用一批兑换码") && page.contains("3 个，每个 1 次"), "{page}");
    assert!(user.post("/do/redeem", &[("redemption_code", lines[2])]).await.location() == "/me");
    assert!(user.get("/me").await.body.contains("已经停用"));
}

/// Without words in the settings there is neither the command nor the field, and the page says how to switch them on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_off_until_they_are_switched_on() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let phone = app.phone("oOff");
    register(&app, &phone, "off").await;
    let (_, code) = one_code(&app, "1").await;
    assert_eq!(phone.say(&format!("兑换 {}", code.shown())).await, None);
    assert_eq!(phone.say("签到").await, None);
    assert!(!phone.ask("帮助").await.contains("兑换"));
    let browser = browser_by_password(&app, "off").await;
    assert!(!browser.get("/me").await.body.contains("redemption_code"));
    browser.post("/do/redeem", &[("redemption_code", code.shown().as_str())]).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM redemptions").await, 0);
    edit::add(&app.ctx, &account(), &says("兑换", "旧的兑换")).await.unwrap();
    admin(&app, "root").await;
    let page = browser_by_password(&app, "root").await.get("/admin/codes").await.body;
    assert!(page.contains("还没有打开") && page.contains("兑换, redeem") && page.contains("（兑换）"), "{page}");
    assert_eq!(phone.ask("兑换").await, "旧的兑换", "until then the rule answers");
}
