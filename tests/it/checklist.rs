//! The checklist of the first days: its steps are done by facts, skipped and taken up again by an admin.

use crate::rig::{App, BEGINNING_MS, Browser, Database, Engine, account, admin, says};
use reqwest::StatusCode;
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError, account as accounts,
        checklist::{self, State, Step},
        official_account::{self, Draft},
        rule::edit::{self, Editor},
        setting::{self, To},
    },
};

crate::every_engine!(steps_are_done_by_what_happened, a_step_is_skipped_and_taken_up_again);

/// Without an account, at a public address.
async fn unconnected(database: &Database) -> App {
    let none = [
        ("WECHAT_APPID", ""),
        ("WECHAT_SECRET", ""),
        ("WECHAT_TOKEN", ""),
        ("WECHAT_AES_KEY", ""),
        ("WEIDA_PUBLIC_URL", "https://weida.example"),
    ];
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &none).await
}

async fn state(app: &App, step: Step) -> Option<State> {
    let steps = checklist::find(&app.ctx).await.unwrap();
    steps.into_iter().find(|(of, _)| *of == step).map(|(_, state)| state)
}

async fn steps_are_done_by_what_happened(database: &Database) {
    let app = unconnected(database).await;
    let admin = admin(&app, "root").await;
    // Without the sandbox there is no step about it.
    assert_eq!(state(&app, Step::Sandbox).await, None);
    assert_eq!(checklist::progress(&app.ctx).await.unwrap(), Some((0, 4)));
    setting::set(&app.ctx, &admin, "wechat.account-name", To::Value("豆芽书店"), "").await.unwrap();
    assert_eq!(state(&app, Step::Name).await, Some(State::Done));
    assert_eq!(app.state.ctx().shown_name(), "豆芽书店");
    // Saved is not connected: the platform must have used it.
    let draft = Draft {
        appid: crate::rig::APPID,
        app_secret: "s",
        token: crate::rig::TOKEN,
        aes_key: crate::rig::AES_KEY,
        ..Draft::default()
    };
    official_account::save(&app.ctx, &admin, (0, 0), &draft).await.unwrap();
    assert_eq!(state(&app, Step::Connect).await, Some(State::Open));
    app.phone("oFirst").follow().await;
    assert_eq!(state(&app, Step::Connect).await, Some(State::Done));
    // An imported rule counts, one that was written here does not.
    edit::add(&app.ctx, &account(), &says("a", "b")).await.unwrap();
    assert_eq!(state(&app, Step::Import).await, Some(State::Open));
    let importer = Editor { door: weida::core::rule::Source::Import, ..account() };
    edit::add(&app.ctx, &importer, &says("c", "d")).await.unwrap();
    assert_eq!(state(&app, Step::Import).await, Some(State::Done));
    assert_eq!(checklist::progress(&app.ctx).await.unwrap(), Some((3, 4)));
    checklist::skip(&app.ctx, &admin, Step::Backup, true).await.unwrap();
    assert_eq!(checklist::progress(&app.ctx).await.unwrap(), None);
    // A name of the account's own is shown before that of the site.
    let seen = official_account::view(&app.ctx).await.unwrap().seen();
    let named = Draft { name: "豆芽", app_secret: "", token: "", aes_key: "", ..draft };
    official_account::save(&app.ctx, &admin, seen, &named).await.unwrap();
    assert_eq!(app.state.ctx().shown_name(), "豆芽");
}

async fn a_step_is_skipped_and_taken_up_again(database: &Database) {
    let app = unconnected(database).await;
    let (root, gone) = (admin(&app, "root").await, admin(&app, "gone").await);
    accounts::directory::set_role(&app.ctx, &root, gone.user_id(), accounts::Role::User).await.unwrap();
    let refused = checklist::skip(&app.ctx, &gone, Step::Import, true).await;
    assert!(matches!(refused, Err(CoreError::Forbidden)));
    for _ in 0..2 {
        checklist::skip(&app.ctx, &root, Step::Import, true).await.unwrap();
        assert_eq!(state(&app, Step::Import).await, Some(State::Skipped));
    }
    checklist::skip(&app.ctx, &root, Step::Import, false).await.unwrap();
    assert_eq!(state(&app, Step::Import).await, Some(State::Open));
    // What is done is done, also if it was skipped before.
    checklist::skip(&app.ctx, &root, Step::Name, true).await.unwrap();
    setting::set(&app.ctx, &root, "wechat.account-name", To::Value("书店"), "").await.unwrap();
    assert_eq!(state(&app, Step::Name).await, Some(State::Done));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_leads_to_the_checklist_until_no_step_is_open() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = unconnected(&database).await;
    accounts::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let root = Browser::on(&app);
    root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    assert!(root.get("/admin/users").await.body.contains("开始使用 0/4"));
    let page = root.get("/admin/start").await.body;
    assert!(
        page.contains("data-step=\"connect\" data-step-state=\"open\"") && !page.contains("在沙箱里试一试"),
        "{page}"
    );
    for step in Step::ALL {
        let fields = [("step", step.as_str()), ("skip", "1")];
        assert_eq!(root.post("/do/checklist-skip", &fields).await.location(), "/admin/start");
    }
    let page = root.get("/admin/start").await.body;
    assert!(page.contains("都做好了") && page.contains("恢复"), "{page}");
    assert!(!root.get("/admin/users").await.body.contains("开始使用"));
    root.post("/do/checklist-skip", &[("step", "connect"), ("skip", "0")]).await;
    assert!(root.get("/admin/users").await.body.contains("开始使用 3/4"));
    root.post("/do/checklist-skip", &[("step", "unknown"), ("skip", "1")]).await;
    assert_eq!(root.get("/admin/start").await.status, StatusCode::OK);
}
