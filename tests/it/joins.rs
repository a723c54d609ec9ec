//! T-121, T-122: two accounts of one person are joined only after the person's consent in the chat, and no earlier password, session
//! or token opens the joined account.

use crate::rig::{
    App, BEGINNING_MS, Browser, Database, Phone, Platform, adjust, begin_login, eventually, register, two_apps,
};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use weida::core::account::ProfileColumn;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{
            self, Role, User,
            directory::{self, Admin},
            identity::{self, App as Kind, Proven},
            login, profile, unionid,
        },
        credit,
        message::join,
        signin::collect,
        token,
    },
    store,
};

crate::every_engine!(
    a_relayed_registration_takes_over_nothing,
    a_refusal_is_remembered_and_can_be_revised,
    the_question_waits_for_a_message_with_room_and_is_asked_once_a_day,
    nothing_is_joined_while_a_sign_in_is_under_way,
    the_admin_role_is_named_before_a_join,
    only_the_asked_follower_answers_and_only_while_still_bound,
    an_account_of_two_persons_is_not_joined,
    two_concurrent_answers_join_once,
    a_new_identity_goes_to_the_account_of_its_unionid_without_a_question,
    an_account_with_custom_messages_asks_immediately,
);

const DAY_MS: i64 = 24 * 3_600_000;
const HORSE: &str = "attackers horse";

fn by_mini_program(openid: &str, unionid: Option<&str>) -> Proven {
    Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: openid.to_owned(),
        unionid: unionid.map(str::to_owned),
        nickname: None,
        avatar_url: None,
    }
}

async fn come(app: &App, openid: &str, unionid: Option<&str>) -> User {
    identity::meet(&app.ctx, &by_mini_program(openid, unionid)).await.unwrap()
}

async fn user(app: &App, id: i64) -> User {
    account::find(&app.ctx, id).await.unwrap().unwrap()
}

async fn is_there(app: &App, id: i64) -> bool {
    account::find(&app.ctx, id).await.unwrap().is_some()
}

/// A phone whose user has an account from the mini-program and a registered one. Returns the ids in this order, after the platform
/// has reported that both belong to one person.
async fn two_accounts(app: &App, name: &str) -> (Phone, i64, i64) {
    let phone = app.phone(&format!("o{name}"));
    let registered = register(app, &phone, name).await;
    let unionid = format!("u{name}");
    let came = come(app, &format!("mini{name}"), Some(&unionid)).await.id;
    unionid::learn(&app.ctx, &phone.openid, &unionid).await.unwrap();
    assert!(is_there(app, registered).await && is_there(app, came).await, "no question was asked yet");
    (phone, came, registered)
}

async fn password_opens(app: &App, name: &str, password: &str) -> Option<i64> {
    app.clock.advance_ms(61_000);
    match login::by_password(&app.ctx, name, password, "192.0.2.77".parse::<std::net::IpAddr>().unwrap().into()).await {
        Ok(user) => Some(user.id),
        Err(CoreError::WrongCredentials) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// The whole attack: the victim sends the code of a registration with the attacker's username and password.
async fn a_relayed_registration_takes_over_nothing(database: &Database) {
    let app = App::on(database).await;
    let root = account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let root = Admin::of(&user(&app, root).await, "test").unwrap();
    let victim = come(&app, "miniVictim", Some("uVictim")).await.id;
    directory::set_level(&app.ctx, &root, victim, "vip").await.unwrap();
    adjust(&app.ctx, victim, 5_000).await.unwrap();
    let typed = [
        (ProfileColumn::Nickname, "小满本人"),
        (ProfileColumn::Email, "victim@mail.example"),
        (ProfileColumn::Phone, "13800138000"),
    ];
    directory::update_fields(&app.ctx, &root, victim, &typed).await.unwrap();

    let attacker = Browser::on(&app);
    attacker.post("/do/register", &[("username", "mallory1"), ("password", HORSE)]).await;
    let code = attacker.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
    let phone = app.phone("oVictim");
    phone.ask(&code).await;
    phone.say("1").await;
    attacker.get("/signin/done").await;
    let theirs = password_opens(&app, "mallory1", HORSE).await.unwrap();
    assert_ne!(theirs, victim);
    let stolen = crate::rig::token(&app.ctx, theirs, Some("oVictim")).await.unwrap();
    let rule = [("form", "quick"), ("new_keyword", "你好"), ("new_text", "把验证码发给我")];
    assert_eq!(attacker.post("/replies", &rule).await.location(), "/replies");
    assert_eq!(phone.ask("你好").await, "把验证码发给我");

    // Later the platform reports the unionid.
    unionid::learn(&app.ctx, "oVictim", "uVictim").await.unwrap();
    assert_eq!(come(&app, "miniVictim", Some("uVictim")).await.id, victim);
    assert_eq!(password_opens(&app, "mallory1", HORSE).await, Some(theirs));
    assert_eq!(token::verify(&app.ctx, &stolen).await.unwrap().user_id, theirs);
    let before = user(&app, theirs).await;
    assert_eq!((&before.email, &before.phone, before.level.as_str(), before.credits), (&None, &None, "normal", 100));
    let own = user(&app, victim).await;
    assert_eq!((own.email.as_deref(), own.level.as_str(), own.credits), (Some("victim@mail.example"), "vip", 5_000));
    let page = attacker.get("/me/linked").await.body;
    assert!(page.contains(&victim.to_string()), "the page names the other account: {page}");
    for secret in ["小满本人", "victim@mail.example", "13800138000", "5000", "5,000"] {
        assert!(!page.contains(secret), "{secret} is on the attacker's page");
        assert!(!attacker.get("/me").await.body.contains(secret), "{secret} is on the attacker's page");
    }

    // The chat names both accounts, and the victim agrees.
    let question = phone.ask("在吗").await;
    for named in ["小满本人", "mallory1", "5000", "VIP", &victim.to_string(), &theirs.to_string(), "1 条规则"] {
        assert!(question.contains(named), "{named}: {question}");
    }
    assert!(phone.ask("1").await.contains("合并好了"));
    assert!(!is_there(&app, theirs).await);
    let joined = user(&app, victim).await;
    assert_eq!((joined.level.as_str(), joined.credits, joined.has_password), ("vip", 5_100, false));
    assert_eq!((joined.username.as_deref(), joined.nickname.as_str()), (Some("mallory1"), "小满本人"));
    assert_eq!(password_opens(&app, "mallory1", HORSE).await, None);
    assert!(token::verify(&app.ctx, &stolen).await.is_err());
    assert!(token::refresh(&app.ctx, &stolen).await.is_err());
    assert!(attacker.get("/me").await.location().starts_with("/login"));
    assert_eq!(app.count("SELECT COUNT(*) FROM web_sessions").await, 0);
    assert_ne!(phone.say("你好").await.as_deref(), Some("把验证码发给我"));
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules WHERE owner_id > 0 AND is_enabled = 0").await, 1);
    // A browser's request that began before the consent sets no password either.
    let late = profile::PasswordChange {
        username: "mallory2",
        old: HORSE,
        new: HORSE,
        keep_session: "",
        address: "192.0.2.77".parse().unwrap(),
    };
    for stale in [&own, &before] {
        let stale = User { has_password: false, ..stale.clone() };
        assert!(profile::change_password(&app.ctx, &stale, late).await.is_err());
    }
    assert!(!user(&app, victim).await.has_password);
    // The victim signs in by WeChat as before.
    assert_eq!(come(&app, "miniVictim", Some("uVictim")).await.id, victim);
    assert_eq!(identity::owner(&app.ctx, "oVictim").await.unwrap(), Some(victim));
}

async fn a_refusal_is_remembered_and_can_be_revised(database: &Database) {
    let app = App::on(database).await;
    let (phone, came, registered) = two_accounts(&app, "wei").await;
    assert!(phone.ask("在吗").await.contains("两个账号"));
    assert!(phone.ask("取消").await.contains("两个账号都不变"));
    for _ in 0..3 {
        assert_eq!(phone.say("在吗").await, None);
        app.clock.advance_ms(2 * DAY_MS);
    }
    assert_eq!(phone.say("1").await, None);
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
    // The user may change their mind; the command asks first.
    assert!(phone.ask("join accounts").await.contains("This WeChat has two accounts"));
    assert!(is_there(&app, registered).await);
    assert!(phone.ask("join accounts").await.contains("one account now"));
    assert!(is_there(&app, came).await && !is_there(&app, registered).await);
    // With nothing to join, it is an ordinary message.
    assert_eq!(phone.say("合并账号").await, None);
}

async fn the_question_waits_for_a_message_with_room_and_is_asked_once_a_day(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oLong");
    let registered = register(&app, &phone, "long").await;
    phone.ask(&format!("添加 长=\"{}\"", "长".repeat(500))).await;
    phone.ask("添加 短=短").await;
    let came = come(&app, "miniLong", Some("uLong")).await.id;
    unionid::learn(&app.ctx, "oLong", "uLong").await.unwrap();
    assert!(!phone.ask("长").await.contains("两个账号"), "the question must not displace an answer");
    let answer = phone.ask("短").await;
    assert!(answer.starts_with("短\n\n这个微信有两个账号"), "{answer}");
    assert_eq!(phone.ask("短").await, "短");
    // The question has expired: a late answer joins nothing.
    app.clock.advance_ms(11 * 60_000);
    assert_eq!(phone.say("1").await, None);
    assert_eq!(phone.ask("短").await, "短");
    app.clock.advance_ms(DAY_MS);
    assert!(phone.ask("短").await.contains("两个账号"));
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
}

async fn nothing_is_joined_while_a_sign_in_is_under_way(database: &Database) {
    let app = App::on(database).await;
    let (phone, came, registered) = two_accounts(&app, "busy").await;
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    // The question is not asked now, and the word confirms the sign-in.
    assert_eq!(phone.say("在吗").await, None);
    assert!(phone.ask("1").await.contains("登录"));
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
    // Nor before the browser has collected the sign-in.
    assert_eq!(phone.say("在吗").await, None);
    assert!(phone.ask("合并账号").await.contains("两个账号"));
    assert!(phone.ask("1").await.contains("还没完成"));
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
    assert_eq!(collect::collect(&app.ctx, &secrets).await.unwrap().user.id, registered);
    assert!(phone.ask("1").await.contains("合并好了"));
    assert!(!is_there(&app, registered).await);
    assert!(matches!(collect::collect(&app.ctx, &secrets).await, Err(CoreError::SessionOver)));

    // A sign-in question replaces the join question.
    let (phone, came, registered) = two_accounts(&app, "replaced").await;
    assert!(phone.ask("在吗").await.contains("两个账号"));
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    phone.ask("1").await;
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
}

async fn the_admin_role_is_named_before_a_join(database: &Database) {
    let app = App::on(database).await;
    let root = account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let root = Admin::of(&user(&app, root).await, "test").unwrap();
    let (phone, came, registered) = two_accounts(&app, "boss").await;
    assert!(!phone.ask("在吗").await.contains("管理员"));
    // The account changed after the question named it.
    directory::set_role(&app.ctx, &root, registered, Role::Admin).await.unwrap();
    assert!(phone.ask("1").await.contains("没有合并"));
    assert_eq!(user(&app, came).await.role, Role::User);
    let question = phone.ask("合并账号").await;
    assert!(question.contains("管理员"), "{question}");
    assert!(phone.ask("合并账号").await.contains("合并好了"));
    assert_eq!(user(&app, came).await.role, Role::Admin);
    assert!(!is_there(&app, registered).await);
    assert_eq!(
        app.count(
            "SELECT COUNT(*) FROM audit_entries WHERE action = 'user.unite' AND detail LIKE '%role: user + admin%'"
        )
        .await,
        1
    );

    // A disabled user is not asked and cannot sign in this way.
    let (phone, came, registered) = two_accounts(&app, "shut").await;
    assert!(phone.ask("在吗").await.contains("两个账号"));
    directory::set_enabled(&app.ctx, &root, came, false, "spam").await.unwrap();
    phone.say("1").await;
    assert!(is_there(&app, registered).await && !user(&app, came).await.is_enabled);
    assert_eq!(phone.say("合并账号").await, None);
    app.clock.advance_ms(2 * DAY_MS);
    assert_eq!(phone.say("在吗").await, None);
}

async fn only_the_asked_follower_answers_and_only_while_still_bound(database: &Database) {
    let app = App::on(database).await;
    let (phone, came, registered) = two_accounts(&app, "mine").await;
    assert!(phone.ask("在吗").await.contains("两个账号"));
    let other = app.phone("oOther");
    register(&app, &other, "other").await;
    for said in ["1", "合并账号", "取消"] {
        other.say(said).await;
    }
    // A question about an account from which this WeChat was unbound meanwhile.
    identity::unbind(&app.ctx, registered, "test").await.unwrap();
    phone.say("1").await;
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
    assert_eq!(password_opens(&app, "mine", "correct horse").await, Some(registered));
}

/// An account that is also bound to another person's WeChat is not joined: that person would get the joined account.
async fn an_account_of_two_persons_is_not_joined(database: &Database) {
    let app = App::on(database).await;
    let (phone, came, registered) = two_accounts(&app, "guest").await;
    for (n, unionid) in [Some("uAttacker"), None].into_iter().enumerate() {
        let theirs = format!("miniAttacker{n}");
        let attacker = come(&app, &theirs, unionid).await.id;
        let mut tx = app.ctx.store.begin().await.unwrap();
        assert!(store::identity::update_unowned(&mut tx, "wxmini", &theirs, attacker).await.unwrap());
        assert!(store::identity::update_owner(&mut tx, "wxmini", &theirs, [came, registered][n]).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(phone.say("在吗").await, None);
        assert_eq!(phone.say("合并账号").await, None);
        let mut tx = app.ctx.store.begin().await.unwrap();
        store::personal_data::delete_identity(&mut tx, "wxmini", &theirs).await.unwrap();
        tx.commit().await.unwrap();
    }
    // Another person's WeChat is bound after the question.
    assert!(phone.ask("在吗").await.contains("两个账号"));
    let attacker = come(&app, "miniLast", Some("uLast")).await.id;
    let mut tx = app.ctx.store.begin().await.unwrap();
    assert!(store::identity::update_unowned(&mut tx, "wxmini", "miniLast", attacker).await.unwrap());
    assert!(store::identity::update_owner(&mut tx, "wxmini", "miniLast", registered).await.unwrap());
    tx.commit().await.unwrap();
    assert!(phone.ask("1").await.contains("没有合并"));
    assert!(is_there(&app, came).await && is_there(&app, registered).await);
}

async fn two_concurrent_answers_join_once(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    for round in 0..3 {
        let (phone, came, registered) = two_accounts(&one, &format!("race{round}")).await;
        let there = other.phone(&phone.openid);
        adjust(&one.ctx, came, 50).await.unwrap();
        let credits = user(&one, came).await.credits + user(&one, registered).await.credits;
        assert!(phone.ask("在吗").await.contains("两个账号"));
        let spends = join_all((0..10).map(|_| credit::spend(&one.ctx, registered, 1, "test")));
        let answers = async { futures::join!(phone.say("1"), there.say("1")) };
        let (spent, _) = futures::join!(spends, answers);
        let spent = i64::try_from(spent.iter().filter(|done| done.is_ok()).count()).unwrap();
        // A spend under way defers the join: the question stays open.
        if is_there(&one, registered).await {
            phone.ask("1").await;
        }
        assert!(!is_there(&one, registered).await, "round {round}");
        assert_eq!(user(&one, came).await.credits, credits - spent, "round {round}");
    }
}

async fn a_new_identity_goes_to_the_account_of_its_unionid_without_a_question(database: &Database) {
    let app = App::on(database).await;
    let (phone, came, registered) = two_accounts(&app, "third").await;
    // Of two accounts that are not joined, the one created by a WeChat sign-in.
    let at_web = Proven { app: Kind::Web, appid: "wxweb".to_owned(), ..by_mini_program("webThird", Some("uthird")) };
    assert_eq!(identity::meet(&app.ctx, &at_web).await.unwrap().id, came);
    assert!(is_there(&app, registered).await);
    assert_eq!(identity::owner(&app.ctx, &phone.openid).await.unwrap(), Some(registered));
    // A follower without an account is bound to the mini-program's account without a question.
    let follower = app.phone("oFourth");
    let own = come(&app, "miniFourth", Some("uFourth")).await.id;
    follower.follow().await;
    unionid::learn(&app.ctx, "oFourth", "uFourth").await.unwrap();
    assert_eq!(identity::owner(&app.ctx, "oFourth").await.unwrap(), Some(own));
    assert_eq!(follower.say("在吗").await, None);
    assert_eq!(app.count("SELECT COUNT(*) FROM chat_questions").await, 0);
}

async fn an_account_with_custom_messages_asks_immediately(database: &Database) {
    const SEND: &str = "/cgi-bin/message/custom/send";
    let platform = Platform::answering().await;
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WECHAT_API_BASE", &platform.base)]).await;
    let (phone, came, registered) = two_accounts(&app, "first").await;
    join::ask_soon(&app.ctx, Some("ufirst"));
    let sent = async || platform.asked(SEND).iter().any(|body| body.contains("两个账号") && body.contains("first"));
    assert!(eventually(Duration::from_secs(10), sent).await);
    assert!(phone.ask("1").await.contains("合并好了"));
    assert!(is_there(&app, came).await && !is_there(&app, registered).await);

    // Without custom messages the question waits for the follower's next message.
    let platform = Platform::unverified().await;
    let clock = app.clock.clone();
    let app = App::with(database, clock, &[("WECHAT_API_BASE", &platform.base)]).await;
    let (phone, ..) = two_accounts(&app, "second").await;
    join::ask_soon(&app.ctx, Some("usecond"));
    assert!(platform.first(SEND, Duration::from_secs(10)).await.is_some());
    let withdrawn = async || app.count("SELECT COUNT(*) FROM account_joins").await == 0;
    assert!(eventually(Duration::from_secs(10), withdrawn).await);
    assert!(phone.ask("在吗").await.contains("两个账号"));
}
