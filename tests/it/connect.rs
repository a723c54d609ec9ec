//! The Official Account that the console connects: in force at once, on every instance; the environment wins; no secret is shown again; and the
//! sandbox ends with its people.

use crate::rig::{
    AES_KEY, APPID, Answer, App, BEGINNING_MS, Browser, Database, Engine, Log, Phone, Push, SECRET_KEY, TOKEN, account,
    admin, eventually, next, patient, says, two_apps,
};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use std::{sync::Arc, time::Duration};
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    core::{
        CoreError,
        account::{self as accounts, directory::Admin},
        backup,
        official_account::{self, Draft, Origin, Renewed, State},
        rule::edit,
    },
    sandbox::platform::{Act, Credentials, Platform, PlatformSettings},
    wechat::{
        callback::{Mode, PushSettings},
        signature::sign,
    },
};

crate::every_engine!(
    an_account_is_in_force_at_once_and_at_the_other_instance_within_a_second,
    a_stale_form_and_a_second_form_are_refused,
    the_former_key_is_still_accepted,
    an_account_is_disconnected_with_its_secrets,
    the_environment_wins,
    no_secret_is_stored_in_plain_text,
    a_new_secret_key_encrypts_the_accounts_secrets_again,
);

/// The settings of a program without an account, at a public address.
const NONE: [(&str, &str); 5] = [
    ("WECHAT_APPID", ""),
    ("WECHAT_SECRET", ""),
    ("WECHAT_TOKEN", ""),
    ("WECHAT_AES_KEY", ""),
    ("WEIDA_PUBLIC_URL", "https://weida.example"),
];
const SECRET: &str = "canary-app-secret-4f1d";

/// The rig's account, as an operator types it.
fn draft() -> Draft<'static> {
    Draft { name: "豆芽书店", appid: APPID, app_secret: SECRET, token: TOKEN, aes_key: AES_KEY, ..Draft::default() }
}

async fn unconnected(database: &Database) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &NONE).await
}

async fn seen(app: &App) -> (i64, i64) {
    official_account::view(&app.ctx).await.unwrap().seen()
}

async fn state(app: &App) -> State {
    official_account::view(&app.ctx).await.unwrap().state
}

async fn connect(app: &App, admin: &Admin) {
    assert!(official_account::save(&app.ctx, admin, seen(app).await, &draft()).await.unwrap());
}

/// The query of WeChat's verification.
fn verification(app: &App, token: &str) -> String {
    let (timestamp, nonce) = (app.clock_secs().to_string(), format!("n{}", next()));
    let signature = sign(&[token, &timestamp, &nonce]);
    format!("/api/v1/auth/wechat/verify?signature={signature}&timestamp={timestamp}&nonce={nonce}&echostr=echo4711")
}

async fn verify(app: &App, token: &str) -> (StatusCode, String) {
    let Answer { status, body, .. } = Browser::on(app).get(&verification(app, token)).await;
    (status, body)
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_what_to_copy_until_the_platform_has_used_it() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = unconnected(&database).await;
    accounts::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let root = Browser::on(&app);
    root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let page = root.get("/admin/connect").await.body;
    let value = |page: &str, id: &str| {
        let rest = page.split(&format!("id=\"{id}\"")).nth(1).unwrap().split("value=\"").nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    // Made for the operator: the same ones at each look, and stored nowhere.
    let (token, key) = (value(&page, "copy-token"), value(&page, "copy-key"));
    assert_eq!((token.len(), key.len()), (32, 43));
    assert_eq!(value(&root.get("/admin/connect").await.body, "copy-key"), key);
    assert_eq!(value(&page, "copy-url"), "https://weida.example/api/v1/auth/wechat/verify");
    assert!(page.contains("微信会停用公众平台里的自动回复和自定义菜单"));
    assert_eq!(app.count("SELECT COUNT(*) FROM official_accounts").await, 0);
    // A wrong form keeps what was typed, but no secret.
    let wrong =
        [("account", "0"), ("version", "0"), ("appid", "gh_x"), ("app_secret", SECRET), ("account_name", "豆芽")];
    assert_eq!(root.post("/do/account", &wrong).await.location(), "/admin/connect");
    let page = root.get("/admin/connect").await.body;
    assert!(page.contains("value=\"gh_x\"") && page.contains("AppID 以 wx 开头") && !page.contains(SECRET), "{page}");
    let right = [("account", "0"), ("version", "0"), ("appid", APPID), ("app_secret", SECRET), ("mode", "safe")];
    root.post("/do/account", &right).await;
    let page = root.get("/admin/connect").await.body;
    assert!(page.contains("等微信来验证") && !page.contains(SECRET), "{page}");
    assert_eq!((value(&page, "copy-token"), value(&page, "copy-key")), (token.clone(), key.clone()));
    let waiting = root.get("/admin/connect/state").await.body;
    assert_eq!(verify(&app, "wrongtoken").await.0, StatusCode::FORBIDDEN);
    assert_eq!(root.get("/admin/connect/state").await.body, waiting);
    assert_eq!(verify(&app, &token).await, (StatusCode::OK, "echo4711".to_owned()));
    assert_ne!(root.get("/admin/connect/state").await.body, waiting);
    let page = root.get("/admin/connect").await.body;
    assert!(page.contains("再发一条消息试试") && !page.contains(&token) && !page.contains(&key), "{page}");
    // The same form again is stale.
    root.post("/do/account", &right).await;
    assert!(root.get("/admin/connect").await.body.contains("没有保存：内容刚刚在别处改过"));
    // No other client follows the state.
    for path in ["/admin/connect/state", "/admin/connect/events"] {
        assert_eq!(Browser::on(&app).get(path).await.status, StatusCode::NOT_FOUND);
    }
}

/// A stand-in for WeChat with credentials that the operator copied, and that knows this program by its address only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stand_in_platform_verifies_the_address_and_its_first_message_is_shown() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(&database, clock.clone(), &NONE).await;
    let admin = admin(&app, "root").await;
    edit::add(&app.ctx, &account(), &says("在吗", "在的")).await.unwrap();
    let own = Credentials::random(&SystemRng);
    let typed = Draft { appid: &own.appid, app_secret: &own.secret, ..Draft::default() };
    official_account::save(&app.ctx, &admin, (0, 0), &typed).await.unwrap();
    let (token, key) = official_account::view(&app.ctx).await.unwrap().to_copy.unwrap();
    let (token, aes_key) = (token.expose_secret().to_owned(), key.unwrap().expose_secret().to_owned());
    let settings = PlatformSettings::new(clock, Arc::new(SystemRng));
    let credentials = Some(Credentials { token, aes_key, ..own });
    let platform = Platform::start(PlatformSettings { credentials, ..settings }).await.unwrap();
    let url = app.url("/api/v1/auth/wechat/verify").parse().unwrap();
    platform.save_push_url(url).await.unwrap();
    assert_eq!(state(&app).await, State::Verified);
    let person = platform.add_person("林间鹿").await.unwrap();
    platform.act(&person, &Act::Follow).await.unwrap();
    platform.act(&person, &Act::text("在吗")).await.unwrap();
    let view = official_account::view(&app.ctx).await.unwrap();
    let arrived = view.arrived.unwrap();
    assert_eq!((view.state, arrived.content.as_deref()), (State::Answering, Some("在吗")));
    assert_eq!(arrived.answered_by, weida::core::message::AnsweredBy::AccountRule);
    let root = Browser::on(&app);
    root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let page = root.get("/admin/connect").await.body;
    assert!(page.contains("连上了") && page.contains("在吗") && page.contains("/admin/replies/import"), "{page}");
}

/// In the sandbox: no credentials, and a private address.
async fn sandbox(database: &Database) -> App {
    let mut settings = NONE.to_vec();
    settings.retain(|(name, _)| *name != "WEIDA_PUBLIC_URL");
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_ends_with_its_people_and_with_nothing_else() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = sandbox(&database).await;
    assert_eq!(app.ctx.account.origin, Origin::Sandbox);
    let root = admin(&app, "root").await;
    edit::add(&app.ctx, &account(), &says("营业时间", "九点到六点")).await.unwrap();
    // A person of the sandbox with an account, one without, and the admin's own WeChat there.
    let push = app.ctx.account.push.clone().unwrap();
    for openid in ["oSandboxUser", "oSandboxGuest", "oSandboxAdmin"] {
        message_of_sandbox(&app, &push, openid).await;
    }
    let appid = app.ctx.account.appid.clone();
    let user = owned(&app, &appid, "oSandboxUser", None).await;
    owned(&app, &appid, "oSandboxAdmin", Some(root.user_id())).await;
    // A user whose identity is another app's.
    let other = crate::rig::new_user(&app, "oElsewhere").await;
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let form = [("account", "0"), ("version", "0"), ("appid", APPID), ("app_secret", SECRET), ("mode", "safe")];
    browser.post("/do/account", &form).await;
    // Saved, and nothing has changed.
    assert_eq!((state(&app).await, app.state.ctx().account.origin), (State::Draft, Origin::Sandbox));
    let data = official_account::sandbox_data(&app.ctx).await.unwrap();
    assert_eq!((data.people, data.users, data.messages), (3, 1, 3));
    let page = browser.get("/admin/connect").await.body;
    assert!(page.contains("停用沙箱并连接") && page.contains("/do/account-activate"), "{page}");
    let (id, version) = seen(&app).await;
    let (id, version) = (id.to_string(), version.to_string());
    let folder = database.folder().to_owned();
    assert!(folder.join("sandbox.json").exists());
    browser.post("/do/account-activate", &[("account", &id), ("version", &version)]).await;
    let page = browser.get("/admin/connect").await.body;
    assert!(page.contains("沙箱已停用") && page.contains("等微信来验证"), "{page}");
    // In force, and the sandbox is gone: its phone, its platform and its files.
    assert_eq!(app.state.ctx().account.appid, APPID);
    assert_eq!(browser.get("/sandbox").await.status, StatusCode::NOT_FOUND);
    assert!(eventually(patient(Duration::from_secs(5)), async || !folder.join("sandbox.json").exists()).await);
    assert!(!app.state.has_sandbox() && app.state.ctx().platforms().mini_program.is_none());
    // Its people are gone, with what they left.
    for sql in [
        "SELECT COUNT(*) FROM identities WHERE openid LIKE 'oSandbox%'",
        "SELECT COUNT(*) FROM messages WHERE openid LIKE 'oSandbox%'",
        "SELECT COUNT(*) FROM deliveries WHERE openid LIKE 'oSandbox%'",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
    assert!(accounts::find(&app.ctx, user).await.unwrap().is_none());
    // Nothing else is: the admin with browser and password, the other user, the rules.
    assert!(accounts::find(&app.ctx, other).await.unwrap().is_some());
    assert!(accounts::find(&app.ctx, root.user_id()).await.unwrap().is_some());
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM web_sessions").await, 1);
    app.stop().await;
    // The next start has the account, and no sandbox.
    let app = sandbox(&database).await;
    assert_eq!((app.ctx.account.origin, app.ctx.account.appid.as_str()), (Origin::Console, APPID));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_without_a_password_does_not_end_the_sandbox_and_a_draft_can_be_discarded() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = sandbox(&database).await;
    let root = admin(&app, "root").await;
    official_account::save(&app.ctx, &root, (0, 0), &draft()).await.unwrap();
    database.run("UPDATE users SET password_hash = NULL".to_owned()).await;
    let refused = official_account::activate(&app.ctx, &root, seen(&app).await).await;
    assert!(matches!(refused, Err(CoreError::Invalid(flaws)) if flaws[0].field == "own_password"));
    assert_eq!(app.state.ctx().account.origin, Origin::Sandbox);
    official_account::disconnect(&app.ctx, &root, seen(&app).await).await.unwrap();
    assert_eq!((state(&app).await, app.state.has_sandbox()), (State::None, true));
}

/// A message of a person of the sandbox, as its platform pushes it.
async fn message_of_sandbox(app: &App, push: &PushSettings, openid: &str) {
    assert_eq!(push.mode(), Mode::Safe);
    let phone: Phone = app.phone(openid);
    let document = phone.text("你好");
    let message = weida::wechat::message::Message::read(
        &weida::wechat::xml::parse(document.as_bytes(), weida::wechat::xml::PLAIN_MAX_BYTES).unwrap(),
        push.appid(),
    );
    weida::core::message::answer::answer(&app.ctx, &message.unwrap()).await.unwrap();
}

/// Gives an identity to a user, or to a new one; returns the user's id.
async fn owned(app: &App, appid: &str, openid: &str, user: Option<i64>) -> i64 {
    let id = match user {
        Some(id) => id,
        None => crate::rig::new_user(app, "oOfSandbox").await,
    };
    let mut tx = app.ctx.store.begin().await.unwrap();
    assert!(weida::store::identity::update_owner(&mut tx, appid, openid, id).await.unwrap());
    tx.commit().await.unwrap();
    id
}
