//! T-133, T-134: pages show every stored text as text. An HTML parser reads each page, with and without scripting.

use crate::rig::{
    App, BEGINNING_MS, Browser, Database, Engine, adjust,
    page::{flaws, is_local, parsed, texts},
};
use reqwest::StatusCode;
use scraper::ElementRef;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};
use weida::{
    base::clock::FakeClock,
    core::{
        account,
        rule::{
            ACCOUNT, Content, Keyword, MatchType, TriggerKind,
            draft::Draft,
            edit::{self, Editor},
            history,
            media::storage,
            transfer::job,
        },
        signin::begin,
    },
    store::Link as _,
};

/// A mark that fits every field; `<x-mark>` becomes an element where one of the characters before it ends the text context.
fn short(field: &str) -> String {
    format!("{field}!\"'></title></textarea><x-mark>")
}

/// Every sequence that ends a text context in HTML, followed by harmful elements.
fn long(field: &str) -> String {
    format!(
        "{field}!\"'>--></title></textarea></script></style></noscript></select></option><x-mark x-mark><img src=x onerror=mark()>\
         <meta http-equiv=refresh content=\"0;url=//mark.test\"><form action=//mark.test><button formaction=//mark.test></form>\
         <base href=//mark.test><a href=javascript:mark()>{{{{nickname}}}}<iframe src=//mark.test></iframe><plaintext>"
    )
}

/// The fields whose mark must appear on some page; otherwise the crawl missed them.
const SEEN: &[&str] = &[
    "nickname", "username", "note", "realname", "email", "phone", "why", "reason", "detail", "address", "browser",
    "rule", "key", "text", "title", "about", "message", "missed", "job", "line", "summary", "account",
];

async fn change(app: &App, sql: &'static str, values: &[String]) {
    let mut tx = app.ctx.store.begin().await.unwrap();
    let statement = values.iter().fold(tx.sql(sql), |statement, value| statement.bind(value.clone()));
    statement.execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
}

fn keyword(text: String, matching: MatchType) -> Keyword {
    Keyword { text, matching }
}

/// Creates rules with marks in every field, then changes and deletes some, so that the history has marks too.
async fn write_rules(app: &App, owner_id: i64, actor_id: i64) -> i64 {
    let editor = Editor { owner_id, actor_id, ..Editor::default() };
    let article = Content::News {
        title: short("title"),
        description: short("about"),
        picture_url: String::new(),
        url: "https://weida.example/?a=\"><x-mark>".to_owned(),
    };
    let stored = storage::add(&app.ctx, owner_id, "mark.png", b"\x89PNG\r\n\x1a\nmark".to_vec()).await.unwrap();
    let drafts = vec![
        Draft {
            name: short("rule"),
            keywords: vec![keyword(short("key"), MatchType::Exact), keyword(short("in"), MatchType::Contains)],
            contents: vec![Content::text(long("text")), Content::text(short("more"))],
            ..Draft::default()
        },
        Draft {
            name: short("rule2"),
            keywords: vec![keyword("文章".to_owned(), MatchType::Exact)],
            contents: vec![article],
            ..Draft::default()
        },
        Draft {
            keywords: vec![keyword("图".to_owned(), MatchType::Exact)],
            contents: vec![stored.content()],
            ..Draft::default()
        },
    ];
    if owner_id == ACCOUNT {
        let contents = vec![Content::text(long("text"))];
        let greeting = Draft { cause: TriggerKind::Follow, keywords: Vec::new(), contents, ..Draft::default() };
        edit::add(&app.ctx, &editor, &greeting).await.unwrap();
    }
    let numbers = edit::add_many(&app.ctx, &editor, drafts.clone()).await.unwrap();
    let changed = Draft { name: short("rule3"), contents: vec![Content::text(long("text2"))], ..drafts[0].clone() };
    let last = edit::add(
        &app.ctx,
        &editor,
        &Draft { name: String::new(), keywords: vec![keyword(short("gone"), MatchType::Exact)], ..changed.clone() },
    )
    .await
    .unwrap();
    edit::update(&app.ctx, &editor, numbers[0], 1, &changed).await.unwrap();
    edit::delete(&app.ctx, &editor, &[last]).await.unwrap();
    history::restore(
        &app.ctx,
        &editor,
        numbers[0],
        history::changes(&app.ctx, owner_id, None, 9).await.unwrap().last().unwrap().id,
    )
    .await
    .ok();
    let file = format!(
        "关键词,匹配,回复\n\"{0}\",包含,\"{0}\"\n\"{1}\",没有,x\n",
        short("line").replace('"', "\"\""),
        short("flaw").replace('"', "\"\"")
    );
    job::begin(&app.ctx, &editor, &format!("{}.csv", short("job")), &file.into_bytes()).await.unwrap().unwrap()
}

/// An app in whose database every text field holds markup. Returns it with the browsers of an admin, a second user and a pending
/// registration, and the paths of the import jobs.
async fn marked(database: &Database) -> (App, Vec<Browser>, Vec<String>) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (name, reason) = (short("account"), short("reason"));
    let app = App::with(database, clock, &[("WECHAT_ACCOUNT_NAME", name.as_str())]).await;
    let (mut browsers, mut jobs) = (Vec::new(), Vec::new());
    for username in ["root", "user"] {
        let id = account::admin::create(&app.ctx, username, "correct horse").await.unwrap();
        let browser = Browser::on(&app);
        browser.post("/do/login", &[("username", username), ("password", "correct horse")]).await;
        adjust(&app.ctx, id, 5).await.unwrap();
        jobs.push(format!("/replies/import/{}", write_rules(&app, id, id).await));
        browser.post("/do/try-token", &[]).await;
        browsers.push(browser);
    }
    jobs.push(format!("/admin/replies/import/{}", write_rules(&app, ACCOUNT, 1001).await));
    let phone = app.phone("oSays");
    phone.follow().await;
    for said in [short("key"), short("message"), short("missed"), short("in")] {
        phone.say(&said).await;
    }
    // Assign the WeChat identity and the messages to the signed-in admin.
    change(&app, "UPDATE identities SET user_id = 1001 WHERE openid = ?", &["oSays".to_owned()]).await;
    change(&app, "UPDATE messages SET user_id = 1001 WHERE openid = ?", &["oSays".to_owned()]).await;
    // A third user, disabled and bound to WeChat, and a registration that waits in another browser.
    let third = crate::rig::new_user(&app, "oThird").await;
    let note = short("note");
    let batch = [("credits", "5"), ("codes", "1"), ("note", note.as_str())];
    let codes = browsers[0].post("/do/codes-create", &batch).await.body;
    weida::core::redemption::redeem(&app.ctx, third, codes.lines().nth(1).unwrap(), "x").await.unwrap().unwrap();
    weida::core::quota::add(&app.ctx, third, "image_edit", 1).await.unwrap();
    weida::core::quota::add(&app.ctx, 1001, "image_edit", 1).await.unwrap();
    let waiting = begin::register(&app.ctx, "waiting", "correct horse", crate::rig::asker()).await.unwrap();
    let browser = Browser::on(&app);
    browser.set_cookie("weida_signin", &waiting.to_cookie());
    browsers.push(browser);
    let person = ["nickname", "username", "realname", "email", "phone"].map(long);
    change(&app, "UPDATE users SET nickname = ?, username = ?, real_name = ?, email = ?, phone = ?, avatar_url = '/picture.svg?\"><x-mark>', review_generation = token_generation", &person).await;
    change(&app, "UPDATE users SET is_enabled = 0, disabled_reason = ? WHERE id > 1002", &[long("why")]).await;
    change(
        &app,
        "UPDATE identities SET nickname = ?, avatar_url = ?, source_scene = ?",
        &["nickname", "avatar", "scene"].map(long),
    )
    .await;
    change(&app, "UPDATE credit_entries SET reason = ?", &[reason]).await;
    change(&app, "UPDATE audit_entries SET detail = ?, address = ?", &["detail", "address"].map(long)).await;
    change(
        &app,
        "UPDATE web_sessions SET browser_label = ?, address = ?, door = 'wechat', \
         data = REPLACE(data, '\"password\"', '\"wechat\"')",
        &["browser", "address"].map(long),
    )
    .await;
    change(
        &app,
        "UPDATE signin_sessions SET pending_username = ?, browser_label = ?, address = ?, qr_url = ?",
        &["pending", "browser", "address", "qr"].map(long),
    )
    .await;
    change(&app, "UPDATE rule_changes SET summary = ?", &[long("summary")]).await;
    change(&app, "UPDATE media_files SET name = ?", &[long("media")]).await;
    change(&app, "UPDATE import_jobs SET name = ?", &[long("job")]).await;
    (app, browsers, jobs)
}

/// The route patterns of all pages, so that no new page is missed.
fn patterns() -> BTreeSet<&'static str> {
    let routes = include_str!("../../src/app.rs").split("path!(\"").skip(1);
    routes.filter_map(|rest| rest.split('"').next()).filter(|path| !path.starts_with("/sandbox")).collect()
}

fn matches(path: &str, pattern: &str) -> bool {
    let (path, pattern): (Vec<_>, Vec<_>) = (path.split('/').collect(), pattern.split('/').collect());
    let is_value =
        |part: &str, named: &str| named == ":dialect" || named.starts_with(':') && part.parse::<i64>().is_ok();
    let fits = |(part, named): (&&str, &&str)| part == named || is_value(part, named);
    path.len() == pattern.len() && path.iter().zip(&pattern).all(fits)
}

/// The results of a crawl.
#[derive(Default)]
struct Crawl {
    pages: usize,
    paths: BTreeSet<String>,
    fields: BTreeSet<&'static str>,
    flaws: BTreeMap<String, Vec<String>>,
}

impl Crawl {
    fn take(&mut self, name: &str, html: &str) {
        self.pages += 1;
        let texts = texts(html);
        self.fields.extend(SEEN.iter().filter(|field| texts.contains(&format!("{field}!\"'>"))));
        let flaws = flaws(html);
        if !flaws.is_empty() {
            self.flaws.insert(name.to_owned(), flaws);
        }
    }

    /// Follows every link of the site from these pages; of one path a few queries.
    async fn follow(&mut self, browser: &Browser, starts: Vec<String>) {
        let mut queries: BTreeMap<String, usize> = BTreeMap::new();
        let mut known: BTreeSet<String> = starts.iter().cloned().collect();
        let mut waiting: VecDeque<String> = starts.into();
        while let Some(address) = waiting.pop_front() {
            let answer = browser.get(&address).await;
            let is_page =
                answer.headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
            assert!(!answer.status.is_server_error(), "{address}: {}", answer.status);
            if answer.status.is_redirection() {
                let to = answer.location().to_owned();
                if is_local(&to) && !to.contains("sign") && known.insert(to.clone()) {
                    waiting.push_back(to);
                }
                continue;
            }
            if !is_page || answer.body.is_empty() {
                continue;
            }
            self.take(&address, &answer.body);
            let path = address.split(['?', '#']).next().unwrap().to_owned();
            if answer.status == StatusCode::OK {
                self.paths.insert(path);
            }
            for link in parsed(&answer.body, false).root_element().descendants().filter_map(ElementRef::wrap) {
                let Some(to) = link.value().attr("href").filter(|to| link.value().name() == "a" && is_local(to)) else {
                    continue;
                };
                let to = to.split('#').next().unwrap();
                let to = if to.starts_with('?') {
                    format!("{}{to}", address.split('?').next().unwrap())
                } else {
                    to.to_owned()
                };
                let of_path = queries.entry(to.split('?').next().unwrap().to_owned()).or_default();
                if !to.is_empty() && !known.contains(&to) && *of_path < 4 {
                    *of_path += 1;
                    known.insert(to.clone());
                    waiting.push_back(to);
                }
            }
        }
    }
}

/// Pages without an incoming link, and addresses whose page repeats the query.
fn starts() -> Vec<String> {
    let mark: String = url::form_urlencoded::byte_serialize(long("asked").as_bytes()).collect();
    let mut starts: Vec<String> = [
        "/",
        "/login",
        "/register",
        "/forgot",
        "/signin",
        "/me",
        "/replies",
        "/admin",
        "/admin/users",
        "/admin/replies",
        "/docs",
        "/docs/follow",
        "/docs/qr_login",
        "/me/unbind",
        "/me/delete",
        "/no-such-page",
    ]
    .map(str::to_owned)
    .into();
    for id in 1001..=1004 {
        starts.push(format!("/admin/users/{id}"));
        starts.extend(["delete", "disable", "promote", "dismiss"].map(|act| format!("/admin/users/{id}/{act}")));
    }
    for list in ["/replies", "/admin/replies"] {
        for below in [
            "bench",
            "unanswered",
            "messages",
            "messages/1",
            "numbers",
            "import",
            "history",
            "several",
            "new",
            "1",
            "1/history",
        ] {
            starts.push(format!("{list}/{below}"));
        }
        starts.push(format!("{list}?q={mark}&sort={mark}&state={mark}&page={mark}"));
        starts.push(format!("{list}/new?keyword={mark}&text={mark}&from={mark}"));
        starts.push(format!("{list}/bench?say={mark}&kind={mark}&as={mark}"));
        starts.push(format!("{list}/messages?q={mark}&kind={mark}"));
        starts.push(format!("{list}/{mark}"));
    }
    for path in ["/login", "/register", "/setup", "/admin/users", "/signin", "/me", "/me/review", "/docs", "/forgot"] {
        starts.push(format!(
            "{path}?next={mark}&q={mark}&key={mark}&lang={mark}&still={mark}&sort={mark}&cursor={mark}&code={mark}"
        ));
    }
    starts.push(format!("/{mark}"));
    starts
}

/// A refused form shows the typed values again.
async fn refused_forms(crawl: &mut Crawl, browser: &Browser) {
    let mark = long("typed");
    let mark = mark.as_str();
    for (path, fields) in crate::rig::CHANGES.iter().filter(|(path, _)| {
        !path.contains("delete")
            && !path.contains("sign-out")
            && !path.contains("revoke")
            && !path.contains("unbind")
            && !path.contains("disable")
    }) {
        let unmarked = ["form", "kind", "cause", "user", "step", "number", "act"];
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, if unmarked.contains(name) { *value } else { mark })).collect();
        let answer = browser.post(path, &fields).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        if answer.status.is_redirection() {
            let to = answer.location().to_owned();
            assert!(is_local(&to), "{path}: {to}");
            let page = browser.get(&to).await;
            if page.status == StatusCode::OK {
                crawl.take(&format!("{path} → {to}"), &page.body);
            }
        } else if answer.body.contains("<html") {
            crawl.take(path, &answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_stored_text_is_markup_on_any_page() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let (app, browsers, jobs) = marked(&database).await;
    let mut crawl = Crawl::default();
    for lang in ["zh", "en"] {
        for (n, browser) in browsers.iter().enumerate() {
            browser.set_cookie("weida_lang", lang);
            // The order matters: the crawl of the first browser may change what the second may see.
            let before = crawl.pages;
            crawl.follow(browser, [starts(), jobs.clone()].concat()).await;
            eprintln!("{lang}, browser {n}: {} pages", crawl.pages - before);
        }
    }
    refused_forms(&mut crawl, &browsers[0]).await;
    let shown: Vec<_> = crawl.flaws.iter().take(5).collect();
    assert!(crawl.flaws.is_empty(), "{} of {} pages: {shown:#?}", crawl.flaws.len(), crawl.pages);
    let unseen: Vec<_> = SEEN.iter().filter(|field| !crawl.fields.contains(**field)).collect();
    let missing: Vec<_> =
        patterns().into_iter().filter(|pattern| !crawl.paths.iter().any(|path| matches(path, pattern))).collect();
    eprintln!("{} pages, {} addresses; patterns without a page: {missing:?}", crawl.pages, crawl.paths.len());
    assert!(unseen.is_empty(), "no page shows {unseen:?}");
    // The first redirects, as do the next two without a connection that the page could end; the link of the last is used up.
    let expected = ["/admin", "/admin/connect/disconnect", "/me/wechat/disconnect", "/setup"];
    assert_eq!(missing, expected);
    assert!(crawl.pages >= 248, "{}", crawl.pages);
    drop(app);
}
