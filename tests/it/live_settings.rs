//! Settings that change while the program runs: at once on every instance, with history and undo; the environment wins.

use crate::rig::{App, BEGINNING_MS, Browser, Database, Engine, eventually, patient, register, two_apps};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    config::Unfollow,
    core::{
        CoreError, account,
        setting::{self, Origin, To},
    },
};

crate::every_engine!(
    a_setting_changed_at_one_is_in_force_at_the_other_within_a_second,
    a_change_is_in_the_history_and_taken_back,
    of_two_admins_the_later_one_is_refused,
);

const KEY: &str = "signin.welcome-credits";

async fn a_setting_changed_at_one_is_in_force_at_the_other_within_a_second(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let admin = crate::rig::admin(&one, "root").await;
    for (key, value, seen) in [
        (KEY, "7", "100"),
        ("signin.unfollow", "signout", "keep"),
        ("message.keep-days", "0", "30"),
        ("chat.commands.help", "说明书, manual", "帮助, ？, 菜单, help"),
        ("limits.chat-codes-per-minute", "1", "5"),
    ] {
        setting::set(&one.ctx, &admin, key, To::Value(value), seen).await.unwrap();
        let begun = std::time::Instant::now();
        let of = setting::Definition::find(key).unwrap();
        let is_there = eventually(patient(Duration::from_secs(1)), async || of.read(&other.ctx.live()) == value);
        assert!(is_there.await, "{key} after {:?}", begun.elapsed());
    }
    // They decide what people get.
    let credits = |id: i64| {
        let app = &other;
        async move { account::find(&app.ctx, id).await.unwrap().unwrap().credits }
    };
    let phone = other.phone("oNew");
    let id = register(&other, &phone, "newcomer").await;
    assert_eq!(credits(id).await, 7);
    assert!(phone.say("说明书").await.is_some(), "the new word is a command");
    assert_eq!(phone.say("帮助").await, None, "the old word is a message like any other");
    assert_eq!(other.count("SELECT COUNT(*) FROM messages WHERE content <> ''").await, 0);
    assert_eq!(other.ctx.live().signin.unfollow, Unfollow::Signout);
    // A program that starts later has them, too.
    let third = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[]).await;
    assert_eq!(third.ctx.live().signin.welcome_credits, 7);
}

async fn a_change_is_in_the_history_and_taken_back(database: &Database) {
    let app = App::on(database).await;
    let admin = crate::rig::admin(&app, "root").await;
    let first = setting::set(&app.ctx, &admin, KEY, To::Value("5"), "100").await.unwrap().unwrap();
    // The same value is no change.
    assert_eq!(setting::set(&app.ctx, &admin, KEY, To::Value(" 5 "), "5").await.unwrap(), None);
    let second = setting::set(&app.ctx, &admin, KEY, To::Value("6"), "5").await.unwrap().unwrap();
    // It was changed since.
    assert!(matches!(setting::undo(&app.ctx, &admin, first).await, Err(CoreError::Conflict)));
    assert_eq!(setting::undo(&app.ctx, &admin, second).await.unwrap(), KEY);
    assert_eq!(app.ctx.live().signin.welcome_credits, 5);
    assert_eq!(setting::undo(&app.ctx, &admin, first).await.unwrap(), KEY);
    assert_eq!(app.ctx.live().signin.welcome_credits, 100);
    let changes = setting::changes(&app.ctx).await.unwrap();
    let pairs: Vec<_> =
        changes.iter().map(|c| (c.value_before.as_deref(), c.value_after.as_deref(), c.undoes)).collect();
    assert_eq!(
        pairs,
        [
            (Some("5"), None, Some(first)),
            (Some("6"), Some("5"), Some(second)),
            (Some("5"), Some("6"), None),
            (None, Some("5"), None)
        ]
    );
    assert!(changes.iter().all(|change| change.actor_id == Some(admin.user_id()) && change.name == KEY));
    // An unknown change, an unknown setting, and one that needs a restart.
    assert!(matches!(setting::undo(&app.ctx, &admin, 1).await, Err(CoreError::NotFound)));
    for key in ["signin.code-digits", "limits.connections", "database.url", "x"] {
        assert!(
            matches!(setting::set(&app.ctx, &admin, key, To::Value("5"), "6").await, Err(CoreError::NotFound)),
            "{key}"
        );
    }
    // Back to the file's value.
    setting::set(&app.ctx, &admin, KEY, To::Value("9"), "100").await.unwrap();
    setting::set(&app.ctx, &admin, KEY, To::Unset, "9").await.unwrap();
    assert_eq!(app.ctx.live().signin.welcome_credits, 100);
}

async fn of_two_admins_the_later_one_is_refused(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let admin = crate::rig::admin(&one, "root").await;
    let (a, b) = tokio::join!(
        setting::set(&one.ctx, &admin, KEY, To::Value("1"), "100"),
        setting::set(&other.ctx, &admin, KEY, To::Value("2"), "100")
    );
    let is_refused = |done: &Result<Option<i64>, CoreError>| matches!(done, Err(CoreError::Conflict));
    assert!(is_refused(&a) != is_refused(&b), "{a:?} {b:?}");
    assert_eq!(one.count("SELECT COUNT(*) FROM setting_changes").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_wins_over_the_console_and_the_console_over_the_file() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[signin]\nwelcome-credits = 50\nunfollow = \"signout\"\n").unwrap();
    let clock = || Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::configured(&database, clock(), file.path()).await;
    let admin = crate::rig::admin(&app, "root").await;
    let of = |app: &App, key: &str| {
        let found = setting::in_force(&app.ctx).into_iter().find(|of| of.key == key).unwrap();
        (found.value, found.origin)
    };
    assert_eq!(of(&app, KEY), ("50".to_owned(), Origin::File));
    assert_eq!(of(&app, "message.keep-days"), ("30".to_owned(), Origin::Default));
    for (key, value, seen) in [(KEY, "60", "50"), ("message.keep-days", "8", "30")] {
        setting::set(&app.ctx, &admin, key, To::Value(value), seen).await.unwrap();
        assert_eq!(of(&app, key), (value.to_owned(), Origin::Console));
    }
    app.stop().await;
    // The environment sets one of them now: the console's value waits, and cannot be changed.
    let app = App::configured_with(&database, clock(), file.path(), &[("WEIDA_MESSAGE_DAYS", "90")]).await;
    assert_eq!(of(&app, "message.keep-days"), ("90".to_owned(), Origin::Environment("WEIDA_MESSAGE_DAYS".to_owned())));
    assert_eq!(of(&app, KEY), ("60".to_owned(), Origin::Console));
    let refused = setting::set(&app.ctx, &admin, "message.keep-days", To::Value("9"), "90").await;
    assert!(matches!(refused, Err(CoreError::Forbidden)));
    assert_eq!(app.ctx.live().message.keep_days, 90);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_everything_in_force_and_no_secret() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let secrets = [
        ("WECHAT_SECRET", "canary-app-secret"),
        ("WECHAT_TOKEN", "Can4ryT0ken"),
        ("WECHAT_AES_KEY", "Canaryabcdefghijklmnopqrstuvwxyz01234567890"),
        ("JWT_SECRET", "canary-jwt-secret-canary-jwt-secret"),
        ("WEIDA_SECRET_KEY", "canary-secret-key-canary-secret-key"),
        ("WECHAT_MINI_APPID", "wxmini"),
        ("WECHAT_MINI_SECRET", "canary-mini-secret"),
        ("WEIDA_UNFOLLOW", "signout"),
    ];
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &secrets).await;
    account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let page = browser.get("/admin/settings").await.body;
    for (name, value) in &secrets[..7] {
        assert!(!page.contains(value) || *name == "WECHAT_MINI_APPID", "{name}");
        assert!(page.contains(name), "{name} is the source");
    }
    assert!(
        page.contains("由 WEIDA_UNFOLLOW 设定")
            && page.contains("server.public-url")
            && page.contains("扫码登录要不要确认")
    );
    // By forms alone: a change, its undo, a refusal at its field with what was typed.
    let set = |value: &'static str, seen: &'static str| [("key", KEY), ("value", value), ("seen", seen)];
    assert_eq!(browser.post("/do/setting", &set("12", "100")).await.location(), "/admin/settings");
    let page = browser.get("/admin/settings").await.body;
    assert!(
        page.contains("已保存：新关注送的积分") && page.contains("/do/setting-undo") && page.contains("root"),
        "{page}"
    );
    assert_eq!(app.ctx.live().signin.welcome_credits, 12);
    browser.post("/do/setting", &set("many", "12")).await;
    let page = browser.get("/admin/settings").await.body;
    assert!(page.contains("value=\"many\"") && page.contains("aria-invalid=\"true\""), "{page}");
    browser.post("/do/setting", &[("key", "chat.commands.undo"), ("value", "帮助"), ("seen", "撤销, undo")]).await;
    assert!(browser.get("/admin/settings").await.body.contains("也不能和别的命令重复"));
    browser.post("/do/setting", &[("key", "signin.unfollow"), ("value", "delete"), ("seen", "signout")]).await;
    assert_eq!(app.ctx.live().signin.unfollow, Unfollow::Signout);
    let change = setting::changes(&app.ctx).await.unwrap()[0].id.to_string();
    browser.post("/do/setting-undo", &[("change", &change)]).await;
    assert_eq!(app.ctx.live().signin.welcome_credits, 100);
}
