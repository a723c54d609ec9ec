//! Calls: what is sent, how responses are parsed, and what is retried.

use super::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

const SEND: &str = "/cgi-bin/message/custom/send";
const USER_INFO: &str = "/cgi-bin/user/info";

/// Answers with each of `answers` in turn, then repeats the last one; token calls are answered separately.
fn in_turn(answers: Vec<fn() -> Answer>) -> impl Fn(&Seen) -> Answer + Send + Sync + 'static {
    let calls = AtomicUsize::new(0);
    move |seen| match seen.path.as_str() {
        STABLE_TOKEN => token("T"),
        _ => answers[calls.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)](),
    }
}

#[tokio::test]
async fn a_code_is_made_as_documented() {
    let sample = sample("qrcode-temp-str");
    let rig = Rig::answering(sample["response"].clone()).await;
    let ticket = rig.client.create_qr("login_9f2c", 300).await.unwrap();
    assert_eq!(ticket, Ticket { ticket: "gQ".into(), url: "http://weixin.qq.com/q/x".into(), expire_secs: 300 });
    let seen = &rig.platform.seen("/cgi-bin/qrcode/create")[0];
    assert_eq!((seen.json(), seen.method.as_str(), seen.token()), (sample["request"].clone(), "POST", "T"));
}

#[tokio::test]
async fn a_codes_picture_has_its_ticket_encoded() {
    let rig = Rig::answering(json!({})).await;
    let url = rig.client.qr_image_url("gQH4+/a==");
    assert_eq!(url.as_str(), "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH4%2B%2Fa%3D%3D");
}

#[tokio::test]
async fn a_follower_is_described() {
    let rig = Rig::answering(sample("user-info")["response"].clone()).await;
    let user = rig.client.user_info("o&6=").await.unwrap();
    let expected = UserInfo {
        is_follower: true,
        openid: "o6_bmjrPTlm6_2sgVt7hMZOPfL2M".into(),
        unionid: Some("o6_bmasdasdsad6_2sgVt7hMZOPfL".into()),
        followed_at_secs: Some(1_382_694_957),
        found_by: Some("ADD_SCENE_QR_CODE".into()),
        qr_scene: Some(String::new()),
        remark: String::new(),
        tag_ids: vec![128, 2],
    };
    assert_eq!(user, expected);
    let query = [("access_token", "T"), ("openid", "o&6="), ("lang", "zh_CN")];
    let query: HashMap<_, _> = query.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(rig.platform.seen(USER_INFO)[0].query, query);
}

#[tokio::test]
async fn who_does_not_follow_is_known_by_openid_only() {
    for id in ["user-info-not-following", "success-without-errcode"] {
        let sample = sample(id);
        let rig = Rig::answering(sample["response"].clone()).await;
        let user = rig.client.user_info("O").await.unwrap();
        assert_eq!((user.is_follower, user.openid.as_str()), (sample["response"]["subscribe"] == 1, "O"));
    }
}

#[tokio::test]
async fn a_text_is_sent_in_raw_utf_8() {
    let sample = sample("custom-text");
    let rig = Rig::answering(sample["response"].clone()).await;
    rig.client.send_custom_text("O", "你好").await.unwrap();
    let seen = &rig.platform.seen(SEND)[0];
    assert_eq!(seen.json(), sample["request"]);
    assert!(String::from_utf8_lossy(&seen.body).contains("你好"));
    assert!(seen.content_type.starts_with("application/json"));
}

#[tokio::test]
async fn every_kind_of_custom_message_is_sent_as_documented() {
    let text = |text: &str| text.to_owned();
    let menu = Custom::Menu {
        head_content: text("您对本次服务是否满意呢? "),
        list: vec![
            MenuItem { id: text("101"), content: text("满意") },
            MenuItem { id: text("102"), content: text("不满意") },
        ],
        tail_content: text("欢迎再次光临"),
    };
    let (media_id, thumb_media_id, title) = (text("m"), text("t"), text("标题"));
    let video = Custom::Video {
        media_id: media_id.clone(),
        thumb_media_id: thumb_media_id.clone(),
        title: title.clone(),
        description: text("d"),
    };
    let music = Custom::Music {
        title: title.clone(),
        description: text("d"),
        music_url: text("u"),
        hq_music_url: text("h"),
        thumb_media_id: thumb_media_id.clone(),
    };
    let article = LinkedArticle { title: title.clone(), description: text("d"), url: text("u"), pic_url: text("p") };
    let page = Custom::MiniProgramPage { title, appid: text("wx"), page_path: text("p"), thumb_media_id };
    let messages = [
        (menu, sample("custom-msgmenu")["request"].clone()),
        (
            video,
            json!({ "msgtype": "video", "video": { "media_id": "m", "thumb_media_id": "t", "title": "标题", "description": "d" } }),
        ),
        (
            music,
            json!({ "msgtype": "music", "music": { "title": "标题", "description": "d", "musicurl": "u", "hqmusicurl": "h", "thumb_media_id": "t" } }),
        ),
        (
            Custom::News { articles: vec![article] },
            json!({ "msgtype": "news", "news": { "articles": [{ "title": "标题", "description": "d", "url": "u", "picurl": "p" }] } }),
        ),
        (
            page,
            json!({ "msgtype": "miniprogrampage", "miniprogrampage": { "title": "标题", "appid": "wx", "pagepath": "p", "thumb_media_id": "t" } }),
        ),
        (Custom::Image { media_id: media_id.clone() }, json!({ "msgtype": "image", "image": { "media_id": "m" } })),
        (Custom::Voice { media_id: media_id.clone() }, json!({ "msgtype": "voice", "voice": { "media_id": "m" } })),
        (Custom::MpNews { media_id }, json!({ "msgtype": "mpnews", "mpnews": { "media_id": "m" } })),
        (
            Custom::MpNewsArticle { article_id: text("a") },
            json!({ "msgtype": "mpnewsarticle", "mpnewsarticle": { "article_id": "a" } }),
        ),
        (Custom::Card { card_id: text("c") }, json!({ "msgtype": "wxcard", "wxcard": { "card_id": "c" } })),
    ];
    let rig = Rig::answering(json!({ "errcode": 0, "errmsg": "ok" })).await;
    for (message, mut expected) in messages {
        rig.client.send_custom("O", &message).await.unwrap();
        expected["touser"] = json!("O");
        assert_eq!(rig.platform.seen(SEND).last().unwrap().json(), expected);
    }
}

#[tokio::test]
async fn the_account_tells_its_own_rules_and_where_pushes_come_from() {
    let rig = Rig::answering(sample("callback-ip")["response"].clone()).await;
    assert_eq!(rig.client.callback_ips().await.unwrap(), ["127.0.0.1", "101.226.103.0/25"]);
    let rig = Rig::answering(json!({ "is_autoreply_open": 1 })).await;
    assert_eq!(rig.client.current_autoreply_info().await.unwrap(), json!({ "is_autoreply_open": 1 }));
}

#[tokio::test]
async fn every_known_refusal_is_an_error_with_its_code() {
    let with_code = samples().into_iter().filter(|sample| sample["response"]["errcode"].as_i64().unwrap_or(0) != 0);
    for sample in with_code {
        let code = sample["response"]["errcode"].as_i64().unwrap();
        // Errors that are retried or replace the token have their own tests.
        if matches!(ErrorClass::of(code), ErrorClass::Retry | ErrorClass::Token) {
            continue;
        }
        let rig = Rig::answering(sample["response"].clone()).await;
        let message = sample["response"]["errmsg"].as_str().unwrap().to_owned();
        let expected = ApiError::Platform { code, class: ErrorClass::of(code), message };
        assert_eq!(rig.client.send_custom_text("O", "x").await, Err(expected), "{}", sample["id"]);
        assert_eq!(rig.platform.count(SEND), 1, "{}", sample["id"]);
    }
}

#[test]
fn every_known_code_has_its_class() {
    let classes: [(ErrorClass, &[i64]); 6] = [
        (ErrorClass::Token, &[40001, 40014, 42001]),
        (ErrorClass::Retry, &[-1, 268_487_001, 268_487_002]),
        (ErrorClass::Quota, &[45009, 45011, 48006]),
        (
            ErrorClass::Permission,
            &[40013, 40125, 40164, 40243, 48001, 48004, 48008, 50004, 50007, 61004, 61007, 89503, 89506, 89507],
        ),
        (ErrorClass::User, &[40226, 42007, 43004, 43019, 43101, 45015, 45047, 48002, 50001, 50002, 50005, 70000]),
        (
            ErrorClass::Caller,
            &[
                40002, 40003, 40004, 40007, 40008, 40009, 40029, 40030, 40033, 40037, 40052, 40053, 40054, 40055,
                40066, 40097, 40163, 41001, 41002, 41004, 41008, 42002, 42003, 43002, 44002, 44004, 45001, 45002,
                45007, 45008, 45059, 45157, 45158, 46003, 47001, 47003, 65301, 65303, 65316, 123_456,
            ],
        ),
    ];
    for (class, codes) in classes {
        assert!(codes.iter().all(|code| ErrorClass::of(*code) == class), "{class:?}");
    }
}

#[tokio::test]
async fn a_busy_platform_is_asked_again() {
    for busy in [|| refusal(-1), || refusal(268_487_001), || Answer::text(502, "<html>502 Bad Gateway</html>")] {
        let rig = Rig::new(in_turn(vec![busy, busy, || Answer::json(&json!({ "errcode": 0 }))])).await;
        rig.client.send_custom_text("O", "x").await.unwrap();
        assert_eq!(rig.platform.count(SEND), 3);
    }
}

#[tokio::test]
async fn a_platform_that_stays_busy_is_asked_three_times() {
    let rig = Rig::new(in_turn(vec![|| refusal(-1)])).await;
    let error = rig.client.user_info("O").await.unwrap_err();
    assert!(matches!(error, ApiError::Platform { code: -1, class: ErrorClass::Retry, .. }));
    assert_eq!(rig.platform.count(USER_INFO), 3);
}

#[tokio::test]
async fn a_question_is_repeated_after_silence_but_a_message_is_not() {
    let rig = Rig::impatient(in_turn(vec![Answer::hang])).await;
    assert_eq!(rig.client.send_custom_text("O", "x").await, Err(ApiError::Timeout));
    assert_eq!(rig.platform.count(SEND), 1);
    assert_eq!(rig.client.user_info("O").await, Err(ApiError::Timeout));
    assert_eq!(rig.platform.count(USER_INFO), 3);
}

#[tokio::test]
async fn a_message_that_a_gateway_waited_for_is_not_repeated() {
    let rig = Rig::new(in_turn(vec![|| Answer::text(504, "")])).await;
    assert_eq!(rig.client.send_custom_text("O", "x").await, Err(ApiError::Timeout));
    assert_eq!(rig.platform.count(SEND), 1);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_an_error_and_final() {
    let junk: Vec<fn() -> Answer> = vec![
        || Answer::text(200, ""),
        || Answer::text(200, "<html></html>"),
        || Answer::text(200, "[]"),
        || Answer::text(200, r#"{"openid":"O""#),
        || Answer::text(200, r#"{"openid":"O"}"#),
        || Answer::text(200, [0xff, 0xfe]),
        || Answer::text(200, " ".repeat(4 * 1024 * 1024) + "{}"),
    ];
    for answer in junk {
        let rig = Rig::new(in_turn(vec![answer])).await;
        assert_eq!(rig.client.user_info("O").await, Err(ApiError::Malformed));
        assert_eq!(rig.platform.count(USER_INFO), 1);
    }
}

#[tokio::test]
async fn a_status_without_a_code_is_an_error_and_a_redirection_is_not_followed() {
    for status in [302, 404, 418] {
        let rig = Rig::new(move |seen| match seen.path.as_str() {
            STABLE_TOKEN => token("T"),
            _ => Answer::text(status, "{}"),
        })
        .await;
        assert_eq!(rig.client.user_info("O").await, Err(ApiError::Status(status)));
        assert_eq!(rig.platform.count(USER_INFO), 1);
    }
}

/// A sign-in with a code waits for this long only, and each client has its own timeout.
#[tokio::test]
async fn a_platform_that_says_nothing_about_a_code_is_given_up() {
    assert_eq!(LOGIN_PATIENCE, Duration::from_secs(10));
    let mini = StandIn::start(|_| Answer::hang()).await;
    let web = StandIn::start(|seen| match seen.path.as_str() {
        "/sns/oauth2/access_token" => Answer::json(&json!({ "access_token": "A", "openid": "oWeb" })),
        _ => Answer::json(&json!({ "nickname": "小微" })),
    })
    .await;
    let chance = Arc::new(SeededRng::new(1));
    let app = AppKey { appid: "wxother".to_owned(), secret: SECRET.into() };
    let patience = Duration::from_millis(100);
    let hasty = LoginClient::new(mini.base.clone(), web.base.clone(), patience, chance.clone()).unwrap();
    assert_eq!(hasty.mini_session(&app, "code").await.unwrap_err(), ApiError::Timeout);
    // Web login has a separate address.
    let calm = LoginClient::new(mini.base.clone(), web.base.clone(), LOGIN_PATIENCE, chance).unwrap();
    let entrant = calm.entrant(&app, "code").await.unwrap();
    assert_eq!((entrant.openid.as_str(), entrant.nickname.as_deref()), ("oWeb", Some("小微")));
    assert_eq!(mini.seen("/sns/jscode2session").len(), 1, "asked once: what is lost may have spent the code");
}
