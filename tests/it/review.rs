//! T-123: after a sign-in by the user's own WeChat, a review page lists earlier settings, sessions and tokens, and ends each of them.
//! A browser signed in by password cannot use it.

use crate::rig::{App, Browser, Database, browser_by_password, browser_by_wechat, is_signed_in, register};
use reqwest::StatusCode;
use weida::core::{account, token};

crate::every_engine!(
    everything_set_before_is_listed_and_ended_together,
    each_item_ends_separately,
    only_a_wechat_session_may_review,
);

const PAGE: &str = "/me/review";

async fn public_id(app: &App, method: &str) -> String {
    use sqlx::Row as _;
    use weida::store::Link as _;
    let mut db = app.ctx.store.read().await.unwrap();
    let row = db.sql("SELECT public_id FROM web_sessions WHERE door = ?").bind(method.to_owned());
    row.fetch_one(db.conn()).await.unwrap().try_get(0).unwrap()
}

async fn everything_set_before_is_listed_and_ended_together(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oOwner");
    let user = register(&app, &phone, "mallory1").await;
    let attacker = browser_by_password(&app, "mallory1").await;
    let rule = [("form", "quick"), ("new_keyword", "你好"), ("new_text", "把验证码发给我")];
    assert_eq!(attacker.post("/replies", &rule).await.location(), "/replies");
    let stolen = crate::rig::token(&app.ctx, user, Some("oOwner")).await.unwrap();

    let own = browser_by_wechat(&app, &phone).await;
    let page = own.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for listed in ["mallory1", "密码 · 127.0.0.1", "给其他程序的令牌", "你好", "把验证码发给我", "全部结束"]
    {
        assert!(page.body.contains(listed), "{listed}: {}", page.body);
    }
    assert!(own.get("/me").await.body.contains("href=\"/me/review\""));
    assert_eq!(own.post("/do/review-all", &[]).await.location(), "/me");
    assert!(is_signed_in(&own).await && !is_signed_in(&attacker).await);
    assert!(token::verify(&app.ctx, &stolen).await.is_err());
    let now = account::find(&app.ctx, user).await.unwrap().unwrap();
    assert_eq!((now.has_password, now.review_generation), (false, None));
    let back = attacker.post("/do/login", &[("username", "mallory1"), ("password", "correct horse")]).await;
    assert_eq!(back.location(), "/login");
    assert_ne!(phone.say("你好").await.as_deref(), Some("把验证码发给我"));
    // The rule is disabled, not deleted.
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules WHERE owner_id > 0").await, 1);
    // After the review, a sign-in no longer leads to the page.
    app.clock.advance_ms(61_000);
    let again = browser_by_wechat(&app, &phone).await;
    assert!(!again.get("/me").await.body.contains("检查一下"));
    assert!(again.get(PAGE).await.body.contains("其他登录的浏览器"));
}

async fn each_item_ends_separately(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oPiece");
    let user = register(&app, &phone, "piece").await;
    let other = browser_by_password(&app, "piece").await;
    for (keyword, reply) in [("甲", "一"), ("乙", "二")] {
        phone.ask(&format!("添加 {keyword}={reply}")).await;
    }
    let own = browser_by_wechat(&app, &phone).await;
    let end = async |kind: &str, id: &str| {
        let fields = [("kind", kind), ("id", id), ("next", "/replies")];
        assert_eq!(own.post("/do/review-end", &fields).await.location(), "/me/review?next=%2Freplies");
    };
    end("rule", "1").await;
    assert_eq!((phone.say("甲").await, phone.say("乙").await.as_deref()), (None, Some("二")));
    let id = public_id(&app, "password").await;
    end("browser", &id).await;
    assert!(!is_signed_in(&other).await);
    // Ending an item twice, or an unknown item, has no effect.
    end("browser", &id).await;
    for (kind, id) in [("rule", "77"), ("rule", "x"), ("user", "1"), ("", "")] {
        end(kind, id).await;
    }
    let other = browser_by_password(&app, "piece").await;
    let given = crate::rig::token(&app.ctx, user, None).await.unwrap();
    end("tokens", "").await;
    assert!(token::verify(&app.ctx, &given).await.is_err());
    assert!(is_signed_in(&other).await);
    assert!(!own.get(PAGE).await.body.contains("给其他程序的令牌"));
    end("password", "").await;
    assert!(!is_signed_in(&other).await && is_signed_in(&own).await);
    let page = own.get(PAGE).await.body;
    assert!(!page.contains("用户名 piece 的密码") && page.contains("乙"), "{page}");
    assert_eq!(own.post("/do/review-keep", &[("next", "/replies")]).await.location(), "/replies");
    assert_eq!(phone.ask("乙").await, "二");
}

async fn only_a_wechat_session_may_review(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oSay");
    let user = register(&app, &phone, "sayer").await;
    // The browser that registered chose the password itself: it is not sent to the review.
    let password = browser_by_password(&app, "sayer").await;
    let registered = Browser::on(&app);
    registered.post("/do/register", &[("username", "second"), ("password", "correct horse")]).await;
    let code = registered.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
    let other = app.phone("oSecond");
    other.ask(&code).await;
    other.say("1").await;
    assert_eq!(registered.get("/signin/done").await.location(), "/me");
    for browser in [&password, &registered] {
        assert_eq!(browser.get(PAGE).await.location(), "/me");
        assert!(!browser.get("/me").await.body.contains("检查一下"));
        for action in ["/do/review-all", "/do/review-keep", "/do/review-end"] {
            browser.post(action, &[("kind", "password")]).await;
        }
    }
    let signed_out = Browser::on(&app);
    assert!(signed_out.get(PAGE).await.location().starts_with("/login"));
    signed_out.post("/do/review-all", &[]).await;
    let row = account::find(&app.ctx, user).await.unwrap().unwrap();
    assert!(row.has_password && row.review_generation.is_some());
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE review_generation IS NULL").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE password_hash IS NULL").await, 0);
    // A WeChat sign-in leads to the review, then to the requested page.
    let own = Browser::on(&app);
    own.post("/do/wechat", &[("next", "/replies")]).await;
    let code = own.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
    phone.ask(&code).await;
    phone.say("1").await;
    assert_eq!(own.get("/signin/done").await.location(), "/me/review?next=%2Freplies");
    assert_eq!(own.post("/do/review-keep", &[("next", "//evil.example")]).await.location(), "/me");
    let row = account::find(&app.ctx, user).await.unwrap().unwrap();
    assert!(row.has_password && row.review_generation.is_none());
}
