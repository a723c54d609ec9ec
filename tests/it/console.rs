//! The admin console over HTTP: who has access, what its forms do, and how it handles invalid addresses.

use crate::rig::{App, BEGINNING_MS, Browser, CHANGES, Database, Engine, crowd, register};
use reqwest::StatusCode;
use weida::core::account::{self, directory};

crate::every_engine!(an_admin_manages_a_user_by_forms_alone);

/// Every console page, read from the routes, so that no new page is missed. An id is the first user's.
fn pages() -> Vec<String> {
    let routes = include_str!("../../src/app.rs").split("path!(\"").skip(1);
    let paths = routes.filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with("/admin"));
    let known = |part: &str| match part {
        ":id" => "1001".to_owned(),
        part if part.starts_with(':') => "1".to_owned(),
        part => part.to_owned(),
    };
    paths.map(|path| path.split('/').map(known).collect::<Vec<_>>().join("/")).collect()
}

/// The console's actions in the table.
fn actions() -> impl Iterator<Item = &'static (&'static str, &'static [(&'static str, &'static str)])> {
    CHANGES.iter().filter(|(path, _)| {
        ["/do/user-", "/do/codes-", "/do/account", "/do/checklist-"].iter().any(|own| path.starts_with(own))
    })
}

async fn signed_in(app: &App, username: &str) -> Browser {
    let browser = Browser::on(app);
    let fields = [("username", username), ("password", "correct horse")];
    assert_eq!(browser.post("/do/login", &fields).await.location(), "/me");
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_admins_see_pages_or_change_anything() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    assert_eq!(register(&app, &app.phone("oUser"), "user").await, 1002);
    account::admin::create(&app.ctx, "gone", "correct horse").await.unwrap();
    let (root, user, gone) =
        (signed_in(&app, "root").await, signed_in(&app, "user").await, signed_in(&app, "gone").await);
    let admin = crate::rig::admin(&app, "other").await;
    directory::set_role(&app.ctx, &admin, 1003, account::Role::User).await.unwrap();
    let gone_again = signed_in(&app, "gone").await;

    assert!(pages().len() >= 4 && actions().count() >= 9);
    for path in &pages() {
        assert_eq!(user.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(gone_again.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        for signed_out in [&Browser::on(&app), &gone] {
            let answer = signed_out.get(path).await;
            assert!(answer.location().starts_with("/login?next=%2Fadmin"), "{path}: {}", answer.status);
        }
        let page = root.get(path).await;
        assert!(page.status != StatusCode::FORBIDDEN && !page.status.is_server_error(), "{path}: {}", page.status);
        assert!(!page.location().starts_with("/login"), "{path}");
    }
    let before = (app.fingerprint().await, app.count("SELECT COUNT(*) FROM audit_entries").await);
    for (path, fields) in actions() {
        for browser in [&Browser::on(&app), &user, &gone, &gone_again] {
            let answer = browser.post(path, fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        }
    }
    let after = (app.fingerprint().await, app.count("SELECT COUNT(*) FROM audit_entries").await);
    assert_eq!(after, before);
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE level <> 'normal' OR is_enabled = 0").await, 0);
}

async fn an_admin_manages_a_user_by_forms_alone(database: &Database) {
    let app = App::on(database).await;
    account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let id = register(&app, &app.phone("oForms"), "小Ming").await.to_string();
    crowd::add(&app.ctx.store, 5_000, 0..130, BEGINNING_MS).await;
    let (root, victim) = (signed_in(&app, "root").await, signed_in(&app, "小Ming").await);
    let list = root.get("/admin/users?q=ｍｉｎｇ").await.body;
    let page = format!("/admin/users/{id}");
    assert!(list.contains(&format!("href=\"{page}\"")) && list.contains("小Ming") && list.contains("共 1 位用户"));

    let of_user = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("user", id.as_str())];
        fields.extend_from_slice(more);
        fields
    };
    let post = async |action: &str, more: &[(&'static str, &'static str)]| {
        let answer = root.post(&format!("/do/user-{action}"), &of_user(more)).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, page.as_str()), "{action}");
        root.get(&page).await.body
    };
    assert!(post("level", &[("level", "vip")]).await.contains("等级已改为 VIP 用户"));
    for (amount, error) in
        [("0", "填大于 0"), ("-5", "填大于 0"), ("1e3", "填大于 0"), ("99999999999999999999", "填大于 0")]
    {
        let body = post("credits", &[("way", "give"), ("amount", amount), ("reason", "奖励")]).await;
        assert!(body.contains(error) && body.contains(&format!("value=\"{amount}\"")), "{amount}");
    }
    let body = post("credits", &[("way", "take"), ("amount", "101"), ("reason", "多扣")]).await;
    assert!(body.contains("积分不够扣") && body.contains("value=\"多扣\""), "{body}");
    assert!(post("credits", &[("way", "give"), ("amount", "50"), ("reason", "")]).await.contains("请填写原因"));
    assert!(post("credits", &[("way", "give"), ("amount", " 50 "), ("reason", "奖励")]).await.contains("现有 150"));
    assert!(victim.get("/me/credits").await.body.contains("奖励"));
    // A reason that is missing is asked for again, on the page that asked.
    let refused = root.post("/do/user-disable", &of_user(&[("disable_reason", " ")])).await;
    assert_eq!(refused.location(), format!("{page}/disable"));
    let asked = root.get(refused.location()).await.body;
    assert!(asked.contains("请填写停用原因") && asked.contains("停用小Ming？"), "{asked}");
    assert_eq!(victim.get("/me").await.status, StatusCode::OK);
    let body = post("disable", &[("disable_reason", "刷屏")]).await;
    assert!(body.contains("这个账号已停用") && body.contains("原因：刷屏"));
    assert!(victim.get("/me").await.location().starts_with("/login"));
    assert!(post("enable", &[]).await.contains("已启用小Ming"));
    let bad = [("nickname", ""), ("real_name", "李明"), ("email", "x"), ("phone", "13800138000")];
    let body = post("profile", &bad).await;
    assert!(body.contains("请填写昵称") && body.contains("value=\"李明\"") && body.contains("邮箱的格式不对"));
    let good = [("nickname", "小明"), ("real_name", "李<b>明"), ("email", ""), ("phone", "13800138000")];
    assert!(post("profile", &good).await.contains("李&lt;b&gt;明"));
    assert!(post("role", &[("role", "admin")]).await.contains("已设为管理员"));
    assert!(post("role", &[("role", "user")]).await.contains("已撤销小明的管理员身份"));
    assert!(post("sign-out", &[]).await.contains("所有登录已失效"));

    // Deleting needs the typed name.
    let wrong = root.post("/do/user-delete", &of_user(&[("confirm_user", "root")])).await;
    assert_eq!(wrong.location(), format!("{page}/delete"));
    assert!(root.get(wrong.location()).await.body.contains("和这个用户的用户名或编号不一致"));
    let done = root.post("/do/user-delete", &of_user(&[("confirm_user", " 小ＭＩＮＧ ")])).await;
    assert_eq!(done.location(), "/admin/users");
    assert!(root.get("/admin/users").await.body.contains(&format!("已删除小明（编号 {id}）")));
    assert_eq!(root.get(&page).await.status, StatusCode::NOT_FOUND);
    for action in ["disable", "dismiss"] {
        assert_eq!(root.get(&format!("/admin/users/1001/{action}")).await.location(), "/admin/users/1001", "{action}");
    }
    // The page tells the last admin why this is refused.
    let own = root.get("/admin/users/1001").await.body;
    assert!(own.contains("唯一能登录的管理员") && !own.contains("/1001/disable") && !own.contains("/1001/delete"));
    root.post("/do/user-disable", &[("user", "1001"), ("disable_reason", "x")]).await;
    assert!(root.get("/admin/users/1001").await.body.contains("这是唯一的管理员"));
}

/// T-30: an invalid query gives the list and never an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalid_query_gives_the_list() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    crowd::add(&app.ctx.store, 5_000, 0..130, BEGINNING_MS).await;
    let root = signed_in(&app, "root").await;
    let nonsense = [
        "-1",
        "0",
        "2147483648",
        "9223372036854775808",
        "1e9",
        "';drop table users;--",
        "%00",
        "%FF",
        "..%2F..",
        "😀",
        "a[]=1",
        "Y3JlYXRlZC4xLjAuMS4y",
        &"x".repeat(3_000),
    ];
    for value in nonsense {
        for name in ["cursor", "sort", "level", "state", "follow", "page"] {
            let answer = root.get(&format!("/admin/users?{name}={value}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}={value}");
            assert!(answer.body.contains("共 131 位用户"), "{name}={value}");
        }
        assert_eq!(root.get(&format!("/admin/users?q={value}")).await.status, StatusCode::OK, "q={value}");
        assert!(root.get(&format!("/admin/users/{value}")).await.status.is_client_error(), "{value}");
    }
    // The next page and back, by the page's links.
    let first = root.get("/admin/users?q=crowd&sort=id-asc").await.body;
    let link = |body: &str, rel: &str| {
        let tag = body.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\""))).unwrap_or_default();
        tag.split("href=\"").nth(1).unwrap_or_default().split('"').next().unwrap_or_default().replace("&amp;", "&")
    };
    assert_eq!(link(&first, "prev"), "");
    let second = root.get(&link(&first, "next")).await.body;
    assert!(first.contains("crowd000049") && second.contains("crowd000050") && !second.contains("crowd000049"));
    assert!(root.get(&link(&second, "prev")).await.body.contains("crowd000049"));
}
