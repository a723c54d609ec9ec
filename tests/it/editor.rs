//! The rule pages over HTTP, by forms alone: access, kept input, conflicts and undo.

use crate::rig::{Answer, App, Browser, Database, Engine, Phone, admin, register};
use reqwest::StatusCode;
use weida::core::rule::{ACCOUNT, search};

crate::every_engine!(input_survives_a_refusal_and_a_later_save_is_refused);

async fn member(app: &App, name: &str) -> (Browser, Phone, i64) {
    let phone = app.phone(&format!("o{name}"));
    let id = register(app, &phone, name).await;
    let browser = Browser::on(app);
    browser.post("/do/login", &[("username", name), ("password", "correct horse")]).await;
    (browser, phone, id)
}

/// Follows the redirect and returns the page.
async fn follow(browser: &Browser, answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.get(answer.location()).await.body
}

async fn input_survives_a_refusal_and_a_later_save_is_refused(database: &Database) {
    let app = App::on(database).await;
    let (browser, phone, id) = member(&app, "writer").await;
    let long = "长".repeat(1_900);
    let fields = [
        ("cause", "keyword"),
        ("keyword", "价格"),
        ("matching", "contains"),
        ("keyword_2", "("),
        ("matching_2", "regex"),
        ("kind", "text"),
        ("text", long.as_str()),
        ("kind_2", "news"),
        ("title_2", "<b>活动"),
        ("url_2", "javascript:alert(1)"),
        ("priority", "1000"),
        ("enabled", "on"),
    ];
    // Nearly 6,000 bytes of text come back whole, more than a cookie holds.
    let page = browser.post("/replies/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [long.as_str(), "&lt;b&gt;活动", "javascript:alert(1)", "正则表达式写错了", "-999 到 999"] {
        assert!(page.body.contains(part), "{part} is missing");
    }
    assert!(search::list(&app.ctx, id).await.unwrap().is_empty());

    // A form step saves nothing and loses no input.
    let step = [&fields[..], &[("step", "drop-content-2")]].concat();
    let page = browser.post("/replies/new", &step).await.body;
    assert!(page.contains(&long) && !page.contains("活动"));
    assert!(search::list(&app.ctx, id).await.unwrap().is_empty());

    let saved = browser
        .post(
            "/replies/new",
            &[("cause", "keyword"), ("keyword", "价格"), ("kind", "text"), ("text", "一百"), ("enabled", "on")],
        )
        .await;
    assert!(follow(&browser, &saved).await.contains("规则 01 已添加"));
    assert_eq!(phone.ask("价格").await, "一百");

    // Two saves based on the same revision.
    let mine = |text: &'static str, revision: &'static str| {
        [
            ("cause", "keyword"),
            ("revision", revision),
            ("keyword", "价格"),
            ("kind", "text"),
            ("text", text),
            ("enabled", "on"),
        ]
    };
    let first = browser.post("/replies/1", &mine("两百", "1")).await;
    assert!(follow(&browser, &first).await.contains("规则 01 已保存"));
    let second = browser.post("/replies/1", &mine("三百", "1")).await;
    assert_eq!(second.status, StatusCode::OK);
    // The characters that differ are marked, so that words are found without the elements.
    let words: String = second.body.split('<').filter_map(|part| Some(part.split_once('>')?.1)).collect();
    assert!(words.contains("这条规则刚刚被改过") && words.contains("两百") && words.contains("三百"));
    assert_eq!(phone.ask("价格").await, "两百");
    assert!(second.body.contains(r#"name="revision" value="2""#), "the next save is based on the shown revision");
    let again = browser.post("/replies/1", &mine("三百", "2")).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(phone.ask("价格").await, "三百");

    bulk_add(&browser, &phone).await;
    deleted_and_back(&browser, &phone).await;
}

/// Duplicates are reported with their line and the existing rule, before anything is saved.
async fn bulk_add(browser: &Browser, phone: &Phone) {
    let lines = "你好=你好呀\r\n价格：两百\r\n你好＝又是你\r\nx";
    let page = browser.post("/replies/several", &[("lines", lines)]).await;
    for part in ["有 3 行不能添加", "“价格”已经在规则 01 里了", "“你好”和第 1 行重复", "第 4 行"]
    {
        assert!(page.body.contains(part), "{part} is missing");
    }
    assert_eq!(phone.say("你好").await, None);
    let rest = browser.post("/replies/several", &[("lines", lines), ("rest", "1")]).await;
    assert!(follow(browser, &rest).await.contains("已添加 1 条规则"));
    assert_eq!(phone.ask("你好").await, "你好呀");
}

/// Bulk delete returns to the same list, and one button restores the rules.
async fn deleted_and_back(browser: &Browser, phone: &Phone) {
    let act = [("act", "delete"), ("numbers[]", "1"), ("numbers[]", "2"), ("back", "/replies?sort=hits")];
    let done = browser.post("/do/rules", &act).await;
    assert_eq!(done.location(), "/replies?sort=hits");
    let page = follow(browser, &done).await;
    assert!(page.contains("已删除 2 条规则") && page.contains("/do/rules-undo"), "{page}");
    assert_eq!(phone.say("你好").await, None);
    let change = page.split(r#"name="change" value=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let undone = browser.post("/do/rules-undo", &[("change", change), ("back", "//evil.test")]).await;
    assert_eq!(undone.location(), "/replies");
    assert_eq!(phone.ask("你好").await, "你好呀");
    // A second undo has no effect.
    let twice = browser.post("/do/rules-undo", &[("change", change)]).await;
    assert!(follow(browser, &twice).await.contains("没有撤销"));
    assert_eq!(phone.ask("你好").await, "你好呀");
    // Setting the current state is no change, and an undo button would revert another change.
    for (act, message) in [("enable-1", "本来就是启用的"), ("enable-2", "规则 02 本来")] {
        let nothing = browser.post("/do/rules", &[("act", act)]).await;
        let page = follow(browser, &nothing).await;
        assert!(page.contains(message) && !page.contains("/do/rules-undo"), "{page}");
    }
    let none = browser.post("/do/rules", &[("act", "delete")]).await;
    assert!(follow(browser, &none).await.contains("先在左边勾选规则"));
}

/// Only admins reach the account's rules, and a user reaches only their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_admins_reach_the_accounts_rules() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let (browser, _, _) = member(&app, "member").await;
    admin(&app, "root").await;
    let admin = Browser::on(&app);
    admin.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let quick = [("form", "quick"), ("new_keyword", "k"), ("new_text", "account")];
    assert_eq!(admin.post("/admin/replies", &quick).await.location(), "/admin/replies");
    assert_eq!(admin.get("/replies?owner=account").await.location(), "/admin/replies");

    let before = app.fingerprint().await;
    let signed_out = Browser::on(&app);
    for path in ["", "/new", "/several", "/history", "/history/1", "/1", "/1/history"] {
        let (account, own) = (format!("/admin/replies{path}"), format!("/replies{path}"));
        for address in [&account, &own] {
            assert!(signed_out.get(address).await.location().starts_with("/login"), "{address}");
            let posted =
                signed_out.post(address, &[("keyword", "k"), ("kind", "text"), ("text", "x"), ("lines", "a=b")]).await;
            assert!(posted.location().starts_with("/login"), "{address}");
        }
        assert_eq!(browser.get(&account).await.status, StatusCode::FORBIDDEN, "{account}");
        let posted =
            browser.post(&account, &[("keyword", "k2"), ("kind", "text"), ("text", "x"), ("lines", "a=b")]).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "{account}");
    }
    for (path, fields) in [
        ("/do/rules", &[("owner", "account"), ("act", "delete-1")][..]),
        ("/do/rules-undo", &[("owner", "account"), ("change", "1")]),
        ("/do/rules-restore", &[("owner", "account"), ("number", "1"), ("change", "1")]),
        // The user's own rules do not include the account's.
        ("/do/rules", &[("act", "delete-1")]),
    ] {
        browser.post(path, fields).await;
    }
    assert_eq!(app.fingerprint().await, before);
    assert_eq!(browser.get("/replies/1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(search::list(&app.ctx, ACCOUNT).await.unwrap().len(), 1);
}

/// T-30: an invalid page or order gives the list.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalid_address_gives_the_list() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let (browser, _, _) = member(&app, "reader").await;
    browser.post("/replies/several", &[("lines", "a=1\nb=2")]).await;
    for query in [
        "page=-1",
        "page=0",
        "page=2147483648",
        "page=9223372036854775807",
        "page=99999999999999999999",
        "sort=;drop%20table",
        "order='&sort=%00",
        "cause=x&state=1&way=2",
        "q=a&page=7",
        "edit=-1",
        "edit=9223372036854775808",
    ] {
        let answer = browser.get(&format!("/replies?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(answer.body.contains("rule-1"), "{query}");
    }
    for query in ["q=%25", "q=%E2%80%AE", "q='%20OR%201=1--"] {
        let answer = browser.get(&format!("/replies?{query}")).await;
        assert!(answer.status == StatusCode::OK && !answer.body.contains("id=\"rule-1\""), "{query}");
    }
}
