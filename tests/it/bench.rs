//! The pages around the rules: test bench, unanswered messages, message log, statistics, import and export.

use crate::rig::{App, Browser, Database, Engine, account, eventually, register, says};
use reqwest::{StatusCode, header};
use std::time::{Duration, Instant};
use weida::core::{
    account::admin,
    rule::{AnswerMode, Content, Keyword, MatchType, TriggerKind, draft::Draft, edit},
};

crate::every_engine!(an_import_applies_the_shown_preview, an_unanswered_text_leads_to_a_rule);

const SOON: Duration = Duration::from_secs(30);

/// Registers a user with the phone `o{name}` and returns the user's signed-in browser.
async fn member(app: &App, name: &str) -> Browser {
    register(app, &app.phone(&format!("o{name}")), name).await;
    signed_in(app, name).await
}

async fn signed_in(app: &App, name: &str) -> Browser {
    let browser = Browser::on(app);
    let done = browser.post("/do/login", &[("username", name), ("password", "correct horse")]).await;
    assert_eq!(done.location(), "/me");
    browser
}

async fn boss(app: &App) -> Browser {
    admin::create(&app.ctx, "boss", "correct horse").await.unwrap();
    signed_in(app, "boss").await
}

/// The text of a page, without its markup.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut is_markup = false;
    for c in html.chars() {
        match c {
            '<' => is_markup = true,
            '>' => is_markup = false,
            c if !is_markup => words.push(c),
            _ => {}
        }
    }
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

async fn shown(browser: &Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    words(&answer.body)
}

/// The page shows the chat's answer, and for every matching rule why it did or did not answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bench_answers_and_says_why() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let browser = member(&app, "mia").await;
    let phone = app.phone("omia");
    let long = Draft { priority: 5, ..says("价格表", "见下 <b>&amp;</b>") };
    let part = Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Contains, "一百元");
    let off = Draft { is_enabled: false, ..says("关掉的", "x") };
    edit::add_many(&app.ctx, &account(), vec![part, long, says("帮助", "轮不到"), off]).await.unwrap();
    browser.post("/replies", &[("form", "quick"), ("new_keyword", "价格表"), ("new_text", "我自己的")]).await;

    let written = app.count("SELECT COUNT(*) FROM messages").await;
    let bench = shown(&browser, "/replies/bench?say=+价格表！").await;
    assert!(
        bench.contains("我自己的") && bench.contains("我的规则 01") && bench.contains("本人的规则先回答"),
        "{bench}"
    );
    assert_eq!(phone.ask(" 价格表！").await, "我自己的");
    let bench = shown(&browser, "/replies/bench?say=最新价格表呢").await;
    assert!(bench.contains("一百元") && bench.contains("“价格”，半匹配"), "{bench}");
    assert_eq!(phone.ask("最新价格表呢").await, "一百元");

    let boss = boss(&app).await;
    let bench = shown(&boss, "/admin/replies/bench?say=价格表").await;
    assert!(bench.contains("见下 <b>&amp;</b>") && bench.contains("规则 02 的优先级更高"), "{bench}");
    let bench = shown(&boss, "/admin/replies/bench?say=ＨＥＬＬＯ！").await;
    assert!(bench.contains("hello") && bench.contains("没有回复") && bench.contains("用它建规则"), "{bench}");
    let bench = shown(&boss, "/admin/replies/bench?say=帮助").await;
    assert!(bench.contains("是聊天命令"), "{bench}");
    // A disabled rule is shown as such, and the page does not offer to create it again.
    let bench = shown(&boss, "/admin/replies/bench?say=关掉的").await;
    assert!(bench.contains("公众号规则 04") && bench.contains("匹配，但停用了"), "{bench}");
    assert!(!bench.contains("用它建规则"), "{bench}");
    // The test bench changes and counts nothing.
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, written + 2);
}

/// T-30: every query string gives the page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_addresses_give_the_page() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let boss = boss(&app).await;
    let values = [
        "-1",
        "0",
        "2147483648",
        "99999999999999999999",
        ";drop table users",
        "%00",
        "%F0%9F%98%80",
        "%FF%FE",
        "'\"><script>",
    ];
    let names = ["page", "days", "rule", "below", "only", "say", "kind", "as", "mode", "part"];
    for page in ["bench", "unanswered", "messages", "numbers", "import"] {
        for list in ["/replies", "/admin/replies"] {
            for value in values {
                let query: Vec<String> = names.iter().map(|name| format!("{name}={value}")).collect();
                let path = format!("{list}/{page}?{}", query.join("&"));
                let answer = boss.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}");
                assert!(!answer.body.contains("<script>\""), "{path}");
            }
        }
    }
    for path in ["/replies/messages/-1", "/replies/messages/x", "/admin/replies/messages/99999999999999999999"] {
        assert_eq!(boss.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/replies/import/-1", "/replies/import/x?mode=replace&page=-1"] {
        assert_eq!(boss.get(path).await.location(), "/replies/import", "{path}");
    }
}

/// The account's pages are for admins only; a user sees only their own messages and imports.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_sees_only_their_own_messages_and_imports() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let (mia, ben) = (member(&app, "mia").await, member(&app, "ben").await);
    app.phone("omia").say("我的秘密").await;
    let list = mia.get("/replies/messages").await.body;
    let (_, rest) = list.split_once("/replies/messages/").unwrap();
    let id = rest.split('"').next().unwrap();
    assert!(shown(&mia, &format!("/replies/messages/{id}")).await.contains("我的秘密"));
    assert_eq!(ben.get(&format!("/replies/messages/{id}")).await.status, StatusCode::NOT_FOUND);
    assert!(!shown(&ben, "/replies/messages").await.contains("我的秘密"));
    assert!(!shown(&ben, "/replies/unanswered").await.contains("我的秘密"));
    for page in ["bench", "unanswered", "messages", "numbers", "import", "export.csv", "export.json"] {
        let path = format!("/admin/replies/{page}");
        assert_eq!(mia.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(Browser::on(&app).get(&path).await.location().starts_with("/login"), "{path}");
    }
    let boss = boss(&app).await;
    assert!(shown(&boss, &format!("/admin/replies/messages/{id}")).await.contains("我的秘密"));
    // An import belongs to its owner.
    let begun = mia.upload("/replies/import", "a.csv", "关键词,回复\n甲,一\n".into()).await;
    assert_eq!(ben.get(begun.location()).await.location(), "/replies/import");
    assert_eq!(ben.post(begun.location(), &[("mode", "merge"), ("mark", "x")]).await.location(), "/replies/import");
}

async fn an_unanswered_text_leads_to_a_rule(database: &Database) {
    let app = App::on(database).await;
    let boss = boss(&app).await;
    let phone = app.phone("oasks");
    for said in ["开发票", "电话？", "开发票！", " 开发票"] {
        assert_eq!(phone.say(said).await, None);
    }
    let page = boss.get("/admin/replies/unanswered").await.body;
    let shown_text = words(&page);
    let at = |text: &str| shown_text.find(text).unwrap_or_else(|| panic!("{text} in {shown_text}"));
    assert!(at("开发票") < at("电话"), "{shown_text}");
    assert!(page.contains("/admin/replies/new?keyword=%E5%BC%80%E5%8F%91%E7%A5%A8"), "{page}");
    let form = boss.get("/admin/replies/new?keyword=开发票").await.body;
    assert!(form.contains("value=\"开发票\""), "{form}");

    edit::add(&app.ctx, &account(), &says("开发票", "请发邮件")).await.unwrap();
    let page = shown(&boss, "/admin/replies/unanswered").await;
    assert!(!page.contains("开发票") && page.contains("电话"), "{page}");
    assert_eq!(
        boss.post("/do/reply-ignore", &[("owner", "account"), ("text", "电话")]).await.location(),
        "/admin/replies/unanswered"
    );
    let page = shown(&boss, "/admin/replies/unanswered").await;
    assert!(page.contains("已忽略“电话”") && page.contains("没有遗漏"), "{page}");
    let page = shown(&boss, "/admin/replies/messages?only=unanswered").await;
    assert!(page.contains("开发票"), "{page}");
    // A user who is no admin cannot ignore the account's unanswered messages.
    let mia = member(&app, "mia").await;
    phone.say("别的").await;
    mia.post("/do/reply-ignore", &[("owner", "account"), ("text", "别的")]).await;
    assert!(shown(&boss, "/admin/replies/unanswered").await.contains("别的"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hits_are_shown_by_day_and_by_rule() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let boss = boss(&app).await;
    edit::add_many(&app.ctx, &account(), vec![says("甲", "一"), says("乙", "二")]).await.unwrap();
    assert!(shown(&boss, "/admin/replies/numbers").await.contains("还没有命中"));
    let phone = app.phone("ocounts");
    for said in ["乙", "乙", "甲", "丙"] {
        phone.say(said).await;
    }
    let page = shown(&boss, "/admin/replies/numbers").await;
    assert!(page.contains("最近 7 天收到 4 条，命中 3 条，未命中 1 条。最多的一天：今天，4 条。"), "{page}");
    assert!(page.find("乙").unwrap() < page.rfind("甲").unwrap(), "{page}");
    let page = shown(&boss, "/admin/replies/numbers?rule=2&days=30").await;
    assert!(page.contains("规则 02 的命中") && page.contains("最近 30 天命中 2 次"), "{page}");
    let list = shown(&boss, "/admin/replies").await;
    assert!(list.contains("最近 7 天") && list.contains("75%"), "{list}");
}

/// The value of a hidden field.
fn hidden<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name} in {html}"));
    rest.split('"').next().unwrap()
}

/// Applies the shown preview and returns the result page.
async fn applied(browser: &Browser, job: &str, mode: &str, extra: &[(&str, &str)]) -> String {
    let page = browser.get(&format!("{job}?mode={mode}")).await.body;
    let mark = hidden(&page, "mark").to_owned();
    let fields: Vec<(&str, &str)> =
        [("mode", mode), ("mark", mark.as_str())].into_iter().chain(extra.iter().copied()).collect();
    let running = browser.post(job, &fields).await;
    assert_eq!(running.location(), format!("{job}?running"));
    let is_done = async || {
        let answer = browser.get(running.location()).await;
        if answer.status == StatusCode::OK {
            assert!(
                answer.body.contains("<progress") && answer.body.contains("http-equiv=\"refresh\""),
                "{}",
                answer.body
            );
        }
        answer.location() == job
    };
    assert!(eventually(SOON, is_done).await, "the import did not end");
    shown(browser, job).await
}

async fn an_import_applies_the_shown_preview(database: &Database) {
    let app = App::on(database).await;
    let browser = member(&app, "mia").await;
    let refused = browser.upload("/replies/import", "a.csv", vec![0xff, 0xfe, 0x41]).await;
    assert!(refused.status == StatusCode::OK && words(&refused.body).contains("UTF-8"), "{}", refused.body);
    assert!(words(&browser.post("/replies/import", &[]).await.body).contains("先选择一个文件"));

    browser.post("/replies", &[("form", "quick"), ("new_keyword", "旧的"), ("new_text", "旧")]).await;
    browser.post("/replies", &[("form", "quick"), ("new_keyword", "你好"), ("new_text", "以前")]).await;
    let file = "关键词,回复,匹配\n你好,现在,全匹配\n\"价格\n多少钱\",一百元,半匹配\n坏的,(x,正则\n((,x,正则\n";
    let begun = browser.upload("/replies/import", "规则.csv", file.into()).await;
    let job = begun.location().to_owned();
    assert!(begun.status == StatusCode::SEE_OTHER && job.starts_with("/replies/import/"), "{job}");

    let page = shown(&browser, &job).await;
    assert!(page.contains("规则.csv") && page.contains("第 6 行"), "{page}");
    let page = shown(&browser, &format!("{job}?part=added")).await;
    assert!(page.contains("多少钱") && page.contains("一百元"), "{page}");
    let page = shown(&browser, &format!("{job}?part=changed")).await;
    assert!(page.contains("以前") && page.contains("现在"), "{page}");
    // The preview changes nothing, and neither does an import with faulty lines unless the user chose to skip them.
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 2);
    assert!(applied(&browser, &job, "merge", &[]).await.contains("没有导入：有些行有问题"));
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 2);

    // A rule changes between preview and apply: the import applies nothing.
    let page = browser.get(&job).await.body;
    let mark = hidden(&page, "mark").to_owned();
    browser
        .post(
            "/replies",
            &[("form", "quick"), ("new_keyword", "价格"), ("new_text", "x"), ("new_matching", "contains")],
        )
        .await;
    browser.post(&job, &[("mode", "merge"), ("mark", &mark), ("partial", "on")]).await;
    let is_refused = async || browser.get(&job).await.body.contains("没有导入：看过差异以后");
    assert!(eventually(SOON, is_refused).await);

    let page = applied(&browser, &job, "replace", &[("partial", "on")]).await;
    assert!(page.contains("导入完成") && page.contains("删除 1 条"), "{page}");
    let phone = app.phone("omia");
    assert_eq!((phone.ask("你好").await, phone.ask("请问多少钱").await), ("现在".to_owned(), "一百元".to_owned()));
    assert_eq!(phone.say("旧的").await, None);
    let history = shown(&browser, "/replies/history").await;
    assert!(history.contains("导入"), "{history}");
    // A finished import does not run again.
    assert_eq!(browser.post(&job, &[("mode", "merge"), ("mark", &mark)]).await.location(), format!("{job}?running"));
    assert!(shown(&browser, &job).await.contains("导入完成"));
}

/// Importing an export changes nothing, in both formats.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exported_file_says_the_same() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let boss = boss(&app).await;
    let rich = Draft {
        name: "活动".to_owned(),
        keywords: vec![
            Keyword { text: "=1+1".to_owned(), matching: MatchType::Exact },
            Keyword { text: "订单(\\d+)".to_owned(), matching: MatchType::Regex },
        ],
        contents: vec![Content::text("甲\n\"乙\",丙"), Content::Image { media: "Wx_9".to_owned() }],
        answer: AnswerMode::Random,
        priority: -3,
        is_enabled: false,
        ..Draft::default()
    };
    edit::add_many(&app.ctx, &account(), vec![says("a,b", "c"), rich]).await.unwrap();
    for (format, kind) in [("csv", "text/csv; charset=utf-8"), ("json", "application/json; charset=utf-8")] {
        let file = boss.get(&format!("/admin/replies/export.{format}")).await;
        assert_eq!(file.headers[header::CONTENT_TYPE], kind);
        let name = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"weida-rules-2025-09-12."), "{name}");
        let begun = boss.upload("/admin/replies/import", &format!("x.{format}"), file.body.into_bytes()).await;
        let page = shown(&boss, begun.location()).await;
        assert!(page.contains("没有要导入的") && page.contains("不变 2"), "{page}");
    }
}

/// 5,000 rules through the pages, from the upload to the first answer: at most 5 s.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_rules_come_in_within_five_seconds() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let browser = member(&app, "mia").await;
    let lines: Vec<String> = (0..5_000).map(|n| format!("关键词{n},回复 {n}")).collect();
    let file = format!("关键词,回复\n{}\n", lines.join("\n"));
    let begun = Instant::now();
    let answer = browser.upload("/replies/import", "many.csv", file.into()).await;
    let uploaded = begun.elapsed();
    let page = applied(&browser, answer.location(), "merge", &[]).await;
    let took = begun.elapsed();
    println!("5,000 rules: uploaded {uploaded:?}, imported {took:?}");
    assert!(page.contains("新增 5000 条"), "{page}");
    assert_eq!(app.phone("omia").ask("关键词4999").await, "回复 4999");
    // Debug builds beside other tests may take longer; end2end measures the same in a browser.
    assert!(took < Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 5 }), "{took:?}");
}
