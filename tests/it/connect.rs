//! The Official Account that the console connects: in force at once, on every instance; the environment wins; no secret is shown again; and the
//! sandbox ends with its people.

use crate::rig::official_account::{NONE, SECRET, draft, seen, state, unconnected, verify};
use crate::rig::{
    AES_KEY, APPID, App, BEGINNING_MS, Browser, Database, Engine, Log, Push, SECRET_KEY, TOKEN, account, admin,
    eventually, patient, says, two_apps,
};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{self as accounts, directory::Admin},
        backup,
        official_account::{self, Draft, Origin, Renewed, State},
        rule::edit,
    },
};

mod page;

crate::every_engine!(
    an_account_is_in_force_at_once_and_at_the_other_instance_within_a_second,
    a_stale_form_and_a_second_form_are_refused,
    the_former_key_is_still_accepted,
    an_account_is_disconnected_with_its_secrets,
    the_environment_wins,
    no_secret_is_stored_in_plain_text,
    a_new_secret_key_encrypts_the_accounts_secrets_again,
);

async fn connect(app: &App, admin: &Admin) {
    assert!(official_account::save(&app.ctx, admin, seen(app).await, &draft()).await.unwrap());
}

/// A signed push of a text, as it is answered.
async fn pushed(app: &App) -> u16 {
    let phone = app.phone("oPushed");
    Push::safe(&phone.text("hello"), app.clock_secs()).send(app.address).await.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_account_the_program_starts_and_people_sign_in_by_password_only() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = unconnected(&database).await;
    assert_eq!(app.ctx.account.origin, Origin::None);
    assert_eq!((pushed(&app).await, verify(&app, TOKEN).await.0), (404, StatusCode::NOT_FOUND));
    let visitor = Browser::on(&app);
    for path in ["/sandbox", "/sandbox/events"] {
        assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let login = visitor.get("/login").await.body;
    assert!(login.contains("用密码登录") && !login.contains("微信登录") && !login.contains("/register"), "{login}");
    let register = visitor.get("/register").await.body;
    assert!(register.contains("暂时不能注册") && !register.contains("/do/register"), "{register}");
    for (path, fields) in
        [("/do/wechat", &[][..]), ("/do/register", &[("username", "someone"), ("password", "correct horse")])]
    {
        visitor.post(path, fields).await;
        assert!(visitor.get("/login").await.body.contains("管理员还没有配置这项功能"), "{path}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions").await, 0);
    // Programs get the same reason.
    let answer = visitor.post("/create_qr", &[]).await;
    assert!(!answer.status.is_redirection() && answer.body.contains("配置"), "{}", answer.body);
    accounts::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let root = Browser::on(&app);
    let login = [("username", "root"), ("password", "correct horse")];
    assert_eq!(root.post("/do/login", &login).await.location(), "/me");
    let page = root.get("/admin/users").await.body;
    assert!(page.contains("还没有连接公众号") && page.contains("href=\"/admin/connect\""), "{page}");
    let doctor = root.get("/admin/doctor").await;
    assert!(doctor.status == StatusCode::OK && doctor.body.contains("没有接入公众号"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_of_the_first_start_leads_to_the_page_that_connects() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = unconnected(&database).await;
    let key = accounts::admin::renew_setup_link(&app.ctx).await.unwrap().unwrap();
    let browser = Browser::on(&app);
    let fields = [("key", key.as_str()), ("username", "root"), ("password", "correct horse")];
    assert_eq!(browser.post("/do/setup", &fields).await.location(), "/admin/start");
    assert!(browser.get("/admin/connect").await.body.contains("还没有连接公众号"));
}

async fn an_account_is_in_force_at_once_and_at_the_other_instance_within_a_second(database: &Database) {
    let (one, other) = two_apps(database, &NONE).await;
    let admin = admin(&one, "root").await;
    edit::add(&one.ctx, &account(), &says("营业时间", "九点到六点")).await.unwrap();
    assert_eq!(pushed(&one).await, 404);
    connect(&one, &admin).await;
    let begun = std::time::Instant::now();
    // Here at once.
    assert_eq!((one.state.ctx().account.appid.as_str(), one.state.ctx().account.origin), (APPID, Origin::Console));
    assert_eq!(one.phone("oFirst").ask("营业时间").await, "九点到六点");
    // There soon, without a restart.
    let is_there = eventually(patient(Duration::from_secs(1)), async || other.state.ctx().account.is_connected());
    assert!(is_there.await, "after {:?}", begun.elapsed());
    assert_eq!(other.phone("oOther").ask("营业时间").await, "九点到六点");
    // People sign in by the account now.
    let phone = other.phone("oNew");
    let ctx = other.state.ctx();
    assert!(
        weida::core::signin::begin::login(&ctx, weida::core::signin::Purpose::Login, crate::rig::asker()).await.is_ok()
    );
    assert!(phone.follow().await.is_some());
    // A message proves that the platform uses these credentials.
    assert_eq!(state(&one).await, State::Answering);
    // A program that starts later has it from the start.
    let third = App::with(database, one.clock.clone(), &NONE).await;
    assert_eq!((third.ctx.account.origin, third.ctx.account.name.as_str()), (Origin::Console, "豆芽书店"));
    assert_eq!(third.phone("oThird").ask("营业时间").await, "九点到六点");
    assert_eq!(one.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'account.connect'").await, 1);
}

async fn a_stale_form_and_a_second_form_are_refused(database: &Database) {
    let (one, other) = two_apps(database, &NONE).await;
    let admin = admin(&one, "root").await;
    // Both showed that there is no account.
    let (of_other, of_one) = (Draft { appid: "wxfedcba9876543210", ..draft() }, draft());
    let (a, b) = tokio::join!(
        official_account::save(&one.ctx, &admin, (0, 0), &of_one),
        official_account::save(&other.ctx, &admin, (0, 0), &of_other)
    );
    let is_refused = |done: &Result<bool, CoreError>| matches!(done, Err(CoreError::Conflict));
    assert!(is_refused(&a) != is_refused(&b), "{a:?} {b:?}");
    assert_eq!(one.count("SELECT COUNT(*) FROM official_accounts").await, 1);
    let now = seen(&one).await;
    let of = if a.is_ok() { draft() } else { of_other.clone() };
    let renamed = Draft { name: "新名字", app_secret: "", token: "", aes_key: "", ..of.clone() };
    official_account::save(&one.ctx, &admin, now, &renamed).await.unwrap();
    assert!(is_refused(&official_account::save(&one.ctx, &admin, now, &of).await));
    let refused = [
        official_account::renew(&one.ctx, &admin, now, Renewed::Token).await,
        official_account::disconnect(&one.ctx, &admin, now).await,
        official_account::activate(&one.ctx, &admin, now).await,
    ];
    assert!(refused.iter().all(|done| matches!(done, Err(CoreError::Conflict))), "{refused:?}");
    // Another AppID takes no account's place while it is connected.
    let another = Draft { appid: "wx1111111111111111", ..draft() };
    assert!(is_refused(&official_account::save(&one.ctx, &admin, seen(&one).await, &another).await));
    assert_eq!(one.state.ctx().account.name, "新名字");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_no_admin_any_more_changes_nothing() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = unconnected(&database).await;
    let (root, gone) = (admin(&app, "root").await, admin(&app, "gone").await);
    accounts::directory::set_role(&app.ctx, &root, gone.user_id(), accounts::Role::User).await.unwrap();
    let refused = official_account::save(&app.ctx, &gone, (0, 0), &draft()).await;
    assert!(matches!(refused, Err(CoreError::Forbidden)));
    assert_eq!(app.count("SELECT COUNT(*) FROM official_accounts").await, 0);
}

async fn the_former_key_is_still_accepted(database: &Database) {
    let app = unconnected(database).await;
    let admin = admin(&app, "root").await;
    connect(&app, &admin).await;
    assert_eq!(verify(&app, TOKEN).await, (StatusCode::OK, "echo4711".to_owned()));
    assert_eq!(state(&app).await, State::Verified);
    official_account::renew(&app.ctx, &admin, seen(&app).await, Renewed::AesKey).await.unwrap();
    // The new one is to be copied; what is encrypted with the former one is read.
    let view = official_account::view(&app.ctx).await.unwrap();
    let (_, key) = view.to_copy.clone().unwrap();
    assert!(view.state == State::Waiting && key.unwrap().expose_secret() != AES_KEY);
    assert!(view.shown.unwrap().has_previous_key);
    assert_eq!(pushed(&app).await, 200);
    // A new token replaces the former one at once.
    official_account::renew(&app.ctx, &admin, seen(&app).await, Renewed::Token).await.unwrap();
    assert_eq!((pushed(&app).await, verify(&app, TOKEN).await.0), (403, StatusCode::FORBIDDEN));
    let (token, _) = official_account::view(&app.ctx).await.unwrap().to_copy.unwrap();
    assert_eq!(verify(&app, token.expose_secret()).await.0, StatusCode::OK);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'account.change'").await, 2);
}

async fn an_account_is_disconnected_with_its_secrets(database: &Database) {
    let (one, other) = two_apps(database, &NONE).await;
    let admin = admin(&one, "root").await;
    connect(&one, &admin).await;
    let user = crate::rig::new_user(&one, "oStays").await;
    let of_old = one.state.ctx();
    official_account::disconnect(&one.ctx, &admin, seen(&one).await).await.unwrap();
    assert_eq!(pushed(&one).await, 404);
    assert!(eventually(patient(Duration::from_secs(1)), async || !other.state.ctx().account.is_connected()).await);
    let left =
        "SELECT COUNT(*) FROM official_accounts WHERE app_secret IS NULL AND push_token IS NULL AND aes_key IS NULL";
    assert_eq!(one.count(left).await, 1);
    // Users stay, and work that had begun goes on with the account that it began with.
    assert!(accounts::find(&one.ctx, user).await.unwrap().is_some());
    assert_eq!(of_old.account.appid, APPID);
    // The same AppID is the same account again; its secret must be typed again.
    let again = Draft { app_secret: "", ..draft() };
    let refused = official_account::save(&one.ctx, &admin, seen(&one).await, &again).await;
    assert!(matches!(refused, Err(CoreError::Invalid(_))), "{refused:?}");
    connect(&one, &admin).await;
    assert_eq!(pushed(&one).await, 200);
    assert_eq!(one.count("SELECT COUNT(*) FROM official_accounts").await, 1);
}

async fn the_environment_wins(database: &Database) {
    let app = unconnected(database).await;
    let admin = admin(&app, "root").await;
    connect(&app, &admin).await;
    app.stop().await;
    // Another account, in the environment: it is in force, and the console's waits.
    let environment = [("WECHAT_APPID", "wxenvironment0001"), ("WEIDA_PUBLIC_URL", "https://weida.example")];
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &environment).await;
    assert_eq!((app.ctx.account.origin, app.ctx.account.appid.as_str()), (Origin::Environment, "wxenvironment0001"));
    assert_eq!(state(&app).await, State::Environment);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM official_accounts WHERE state = 'environment' AND app_secret IS NULL").await,
        1
    );
    let refused = official_account::save(&app.ctx, &admin, (0, 0), &draft()).await;
    assert!(matches!(refused, Err(CoreError::Forbidden)));
    let root = Browser::on(&app);
    root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let page = root.get("/admin/connect").await.body;
    assert!(
        page.contains("公众号由环境变量设定") && page.contains("wxenvironment0001") && !page.contains("/do/account"),
        "{page}"
    );
    app.stop().await;
    // It is the same row at the next start, and the one that has its AppID.
    for appid in ["wxenvironment0001", APPID] {
        let environment = [("WECHAT_APPID", appid)];
        let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &environment).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM official_accounts").await, 2, "{appid}");
        app.stop().await;
    }
    // Without it the console's is in force again.
    let app = unconnected(database).await;
    assert_eq!((app.ctx.account.origin, app.ctx.account.appid.as_str()), (Origin::Console, APPID));
}

async fn no_secret_is_stored_in_plain_text(database: &Database) {
    let log = Log::default();
    let _collected = log.collect();
    let app = unconnected(database).await;
    let admin = admin(&app, "root").await;
    connect(&app, &admin).await;
    verify(&app, TOKEN).await;
    official_account::renew(&app.ctx, &admin, seen(&app).await, Renewed::AesKey).await.unwrap();
    let (token, key) = official_account::view(&app.ctx).await.unwrap().to_copy.unwrap();
    verify(&app, token.expose_secret()).await;
    let secrets = [SECRET.to_owned(), TOKEN.to_owned(), AES_KEY.to_owned(), key.unwrap().expose_secret().to_owned()];
    let root = Browser::on(&app);
    root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let mut texts = vec![database.dump().await, log.take(), format!("{:?}", app.state.ctx())];
    for page in ["/admin/connect", "/admin/settings", "/admin/doctor", "/admin/connect/disconnect", "/me/data.json"] {
        texts.push(root.get(page).await.body);
    }
    if database.engine == Engine::Sqlite {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.weida");
        backup::create(&database.folder().join("weida.db"), &file, BEGINNING_MS).await.unwrap();
        for path in [file, database.folder().join("weida.db"), database.folder().join("weida.db-wal")] {
            texts.push(String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned());
        }
    }
    for text in &texts {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in {}", &text[..text.len().min(200)]);
        }
    }
    assert!(texts[0].contains("official_accounts.appid=wx0123456789abcdef"), "the dump has the table");
}

async fn a_new_secret_key_encrypts_the_accounts_secrets_again(database: &Database) {
    const OTHER_KEY: &str = "another-secret-key-of-tests-another-secret-key";
    let with =
        |more: &[(&'static str, &'static str)]| NONE.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let clock = || Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock(), &with(&[("WEIDA_SECRET_KEY", SECRET_KEY)])).await;
    let admin = admin(&app, "root").await;
    connect(&app, &admin).await;
    app.stop().await;
    let both = [("WEIDA_SECRET_KEY", OTHER_KEY), ("WEIDA_PREVIOUS_SECRET_KEY", SECRET_KEY)];
    App::with(database, clock(), &with(&both)).await.stop().await;
    let app = App::with(database, clock(), &with(&[("WEIDA_SECRET_KEY", OTHER_KEY)])).await;
    assert_eq!((app.ctx.account.origin, pushed(&app).await), (Origin::Console, 200));
}
