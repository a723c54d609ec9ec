//! The page that connects, and the end of the sandbox.

use crate::rig::{
    APPID, App, BEGINNING_MS, Browser, Database, Engine, Phone, account, admin, eventually,
    official_account::{NONE, SECRET, draft, seen, state, unconnected, verify},
    patient, says,
};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use std::{sync::Arc, time::Duration};
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    core::{
        CoreError, account as accounts,
        official_account::{self, Draft, Origin, State},
        rule::edit,
    },
    sandbox::platform::{Act, Credentials, Platform, PlatformSettings},
    wechat::callback::{Mode, PushSettings},
};

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
