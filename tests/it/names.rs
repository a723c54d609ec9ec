//! T-303: a name that the person or an admin saved stays; otherwise a sign-in updates it, but never to a placeholder. Pictures that no
//! browser can open are dropped at every door.

use crate::rig::{App, Database, World, admin, eventually, register};
use serde_json::{Value, json};
use std::time::Duration;
use weida::{
    core::account::{
        self,
        ProfileColumn::{Email, Nickname, RealName},
        User, directory, field,
        identity::{self, App as Kind, Proven},
        presented::{PLACEHOLDER_NAMES, PLACEHOLDER_PICTURES},
        profile,
    },
    store::{self, Store},
};

crate::every_engine!(
    a_chosen_name_stays_and_another_follows_the_app,
    a_placeholder_replaces_nothing_at_any_door,
    names_of_before_the_upgrade_are_classified,
);

const PICTURE: &str = "https://thirdwx.qlogo.cn/mmopen/vi_32/Q0j4TwGTfTK/132";

/// A sign-in by an app, whatever it says about the user.
async fn enters(app: &App, kind: Kind, nickname: Option<&str>, picture: Option<&str>) -> User {
    let proven = Proven {
        app: kind,
        appid: kind.as_str().to_owned(),
        openid: "oPresents".to_owned(),
        unionid: Some("uPresents".to_owned()),
        // Not cleaned by the door: the account itself drops placeholders.
        nickname: nickname.map(|name| field::Nickname::parse(name).unwrap()),
        avatar_url: picture.map(str::to_owned),
    };
    identity::meet(&app.ctx, &proven).await.unwrap()
}

async fn a_chosen_name_stays_and_another_follows_the_app(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let user = enters(&app, Kind::MiniProgram, None, None).await;
    assert_eq!(user.nickname, format!("用户 {}", user.id));
    assert_eq!(enters(&app, Kind::MiniProgram, Some("小微"), Some(PICTURE)).await.nickname, "小微");
    assert_eq!(enters(&app, Kind::Web, Some("小微二"), None).await.nickname, "小微二");
    // Other fields are saved with the name unchanged: it goes on following.
    profile::update(ctx, user.id, &[(Nickname, "小微二"), (Email, "a@b.cn")]).await.unwrap();
    assert_eq!(enters(&app, Kind::MiniProgram, Some("小微三"), None).await.nickname, "小微三");
    profile::update(ctx, user.id, &[(Email, "c@d.cn")]).await.unwrap();
    assert_eq!(enters(&app, Kind::MiniProgram, Some("小微四"), None).await.nickname, "小微四");
    // The person saves a name.
    profile::update(ctx, user.id, &[(Nickname, "我自己的名字"), (Email, "")]).await.unwrap();
    for kind in [Kind::MiniProgram, Kind::Web, Kind::OfficialAccount] {
        let now = enters(&app, kind, Some("微信里的名字"), Some("https://example.com/new.png")).await;
        assert_eq!(
            (now.nickname.as_str(), now.avatar_url.as_deref()),
            ("我自己的名字", Some("https://example.com/new.png"))
        );
    }
    // Each identity has what its app says.
    let mut db = ctx.store.read().await.unwrap();
    let identities = store::identity::list_identities(&mut db, user.id).await.unwrap();
    drop(db);
    assert!(identities.iter().all(|identity| identity.nickname.as_deref() == Some("微信里的名字")), "{identities:?}");

    // An admin saves a name; other fields by an admin do not count.
    let root = admin(&app, "root").await;
    let phone = app.phone("oNamed");
    let named = register(&app, &phone, "named").await;
    let mini = |nickname: &str| {
        let proven = Proven {
            app: Kind::MiniProgram,
            appid: "wxmini".to_owned(),
            openid: "mNamed".to_owned(),
            unionid: Some("uNamed".to_owned()),
            nickname: Some(field::Nickname::parse(nickname).unwrap()),
            avatar_url: None,
        };
        let ctx = ctx.clone();
        async move { identity::meet(&ctx, &proven).await.unwrap() }
    };
    account::unionid::learn(ctx, "oNamed", "uNamed").await.unwrap();
    directory::update_fields(ctx, &root, named, &[(RealName, "王小微")]).await.unwrap();
    let now = mini("跟着微信").await;
    assert_eq!((now.id, now.nickname.as_str()), (named, "跟着微信"));
    directory::update_fields(ctx, &root, named, &[(Nickname, "管理员起的")]).await.unwrap();
    assert_eq!(mini("又改了").await.nickname, "管理员起的");
}

async fn a_placeholder_replaces_nothing_at_any_door(database: &Database) {
    let app = App::on(database).await;
    enters(&app, Kind::MiniProgram, Some("小微"), Some(PICTURE)).await;
    let defaults = PLACEHOLDER_PICTURES.map(|known| format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{known}/132"));
    let unusable = [
        "http://tmp/a.jpg",
        "http://usr/a.jpg",
        "wxfile://tmp/a.jpg",
        "http://127.0.0.1:9/__tmp__/a.jpg",
        "data:image/png,x",
    ];
    for kind in [Kind::MiniProgram, Kind::Web, Kind::OfficialAccount] {
        for name in PLACEHOLDER_NAMES {
            for picture in defaults.iter().map(String::as_str).chain(unusable) {
                let now = enters(&app, kind, Some(name), Some(picture)).await;
                assert_eq!(
                    (now.nickname.as_str(), now.avatar_url.as_deref()),
                    ("小微", Some(PICTURE)),
                    "{name} {picture}"
                );
            }
        }
    }
    let sql = "SELECT COUNT(*) FROM identities WHERE avatar_url IS NOT NULL AND avatar_url <> 'https://thirdwx.qlogo.cn/mmopen/vi_32/Q0j4TwGTfTK/132'";
    assert_eq!(app.count(sql).await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM identities WHERE nickname <> '小微'").await, 0);
}

/// Users of a database of the version before: which of their names a sign-in may change.
async fn names_of_before_the_upgrade_are_classified(database: &Database) {
    drop(Store::open(&database.url).await.unwrap());
    let user = |id: i64, username: &str, nickname: &str, avatar: &str| {
        format!(
            "INSERT INTO users (id, username, username_key, nickname, avatar_url, level, role, is_enabled, is_auto_reply, credits, created_at, updated_at) \
             VALUES ({id}, {username}, {username}, '{nickname}', {avatar}, 'normal', 'user', 1, 1, 0, 0, 0)"
        )
    };
    let identity = |id: i64, nickname: &str| {
        format!(
            "INSERT INTO identities (appid, openid, app, user_id, nickname, is_subscribed, created_at) \
             VALUES ('mini_program', 'o{id}', 'mini_program', {id}, {nickname}, 0, 0)"
        )
    };
    for sql in [
        user(1, "'anna'", "anna", "NULL"),
        user(2, "'bert'", "贝特", "NULL"),
        user(3, "NULL", "用户 3", "NULL"),
        user(4, "NULL", "小微", "'http://tmp/a.jpg'"),
        user(5, "NULL", "自选", "'https://example.com/a.png'"),
        identity(4, "'小微'"),
        identity(5, "'微信里的'"),
        identity(3, "NULL"),
    ] {
        database.run(sql).await;
    }
    // The migration again, on these rows.
    let migration = include_str!("../../migrations/0022_personal_data.sql");
    let statements = migration.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    let updates: Vec<&str> = statements.split(';').map(str::trim).filter(|sql| sql.starts_with("UPDATE")).collect();
    assert_eq!(updates.len(), 3);
    for sql in updates {
        database.run(sql.to_owned()).await;
    }
    let app = App::on(database).await;
    for (id, stays) in [(3, None), (4, None), (5, Some("自选"))] {
        let proven = Proven {
            app: Kind::MiniProgram,
            appid: "mini_program".to_owned(),
            openid: format!("o{id}"),
            unionid: None,
            nickname: Some(field::Nickname::parse("新名字").unwrap()),
            avatar_url: None,
        };
        let now = identity::meet(&app.ctx, &proven).await.unwrap();
        assert_eq!((now.id, now.nickname.as_str()), (id, stays.unwrap_or("新名字")));
        assert_eq!(now.avatar_url.as_deref(), (id == 5).then_some("https://example.com/a.png"), "{id}");
    }
    let chosen = "SELECT COUNT(*) FROM users WHERE is_nickname_chosen = 1 AND id IN (2, 5)";
    assert_eq!(
        (app.count(chosen).await, app.count("SELECT COUNT(*) FROM users WHERE is_nickname_chosen = 1").await),
        (2, 2)
    );
}

/// Dialect C answers with the account's name, whatever the mini-program presents.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mini_program_is_answered_with_the_accounts_name() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    let login = async |name: &str, picture: &str| {
        let code = world.mini_code(&wei).await;
        let body = json!({ "code": code, "nickName": name, "avatarUrl": picture });
        let answer = world.post("/api/auth/login", &body).send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!(answer["code"], 200, "{answer}");
        let shown = answer["data"]["userInfo"].clone();
        let verify = world.post("/api/auth/verify", &json!({})).bearer_auth(answer["data"]["token"].as_str().unwrap());
        let verified = verify.send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!(verified["data"]["userInfo"]["nickName"], shown["nickName"]);
        assert_eq!(verified["data"]["userInfo"]["avatarUrl"], shown["avatarUrl"]);
        shown
    };
    let grey = format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{}/132", PLACEHOLDER_PICTURES[0]);
    let first = login("微信用户", &grey).await;
    let id = first["id"].as_i64().unwrap();
    assert_eq!((&first["nickName"], &first["avatarUrl"]), (&json!(format!("用户 {id}")), &json!("")));
    let named = login("小微", PICTURE).await;
    assert_eq!((&named["nickName"], &named["avatarUrl"]), (&json!("小微"), &json!(PICTURE)));
    for (name, picture) in
        [("微信用户", grey.as_str()), ("", "http://tmp/a.jpg"), ("WeChat User", "wxfile://tmp_a.jpg")]
    {
        let now = login(name, picture).await;
        assert_eq!((&now["nickName"], &now["avatarUrl"]), (&json!("小微"), &json!(PICTURE)), "{name} {picture}");
    }
    profile::update(&world.app.ctx, id, &[(Nickname, "自己改的")]).await.unwrap();
    assert_eq!(login("小微", PICTURE).await["nickName"], "自己改的");
    let is_quiet = eventually(Duration::from_secs(5), async || {
        account::find(&world.app.ctx, id).await.unwrap().unwrap().nickname == "自己改的"
    });
    assert!(is_quiet.await);
}
