//! What is sent, and how ordinary answers are read.

use super::*;
use crate::base::clock::FakeClock;
use crate::ilink::login::{Login, LoginFailure, LoginView};
use crate::ilink::message::{Content, Sender};
use crate::ilink::qr::LoginCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Samples of calls, as the reference client writes and reads them.
fn vector(id: &str) -> Value {
    let text = include_str!("../../../../tests/vectors/ilink.json");
    let all: Value = serde_json::from_str(text).unwrap();
    all["samples"].as_array().unwrap().iter().find(|sample| sample["id"] == id).unwrap().clone()
}

/// The answer of a sample: JSON, or raw text.
fn answer(id: &str) -> String {
    let answer = &vector(id)["response"];
    answer.as_str().map_or_else(|| answer.to_string(), str::to_owned)
}

fn body(request: &Received) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

#[tokio::test]
async fn a_call_has_the_headers_and_the_body_of_the_protocol() {
    let server = Server::of(answer("send-text")).await;
    let mut uins = Vec::new();
    for _ in 0..2 {
        assert!(matches!(server.send("hi").await.unwrap(), SendOutcome::Accepted(id) if id.as_str() == "123456789"));
        let request = server.received().remove(0);
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/ilink/bot/sendmessage"));
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("authorizationtype"), "ilink_bot_token");
        assert_eq!(header("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(
            (header("ilink-app-id"), header("ilink-app-clientversion")),
            ("bot".to_owned(), "132105".to_owned())
        );
        let uin = String::from_utf8(STANDARD.decode(header("x-wechat-uin")).unwrap()).unwrap();
        uins.push(uin.parse::<u32>().unwrap());
        let mut expected = vector("send-text")["request"].clone();
        expected["msg"]["client_id"] = "c-1".into();
        expected["msg"]["to_user_id"] = "u@im.wechat".into();
        expected["msg"]["context_token"] = "SECRET-CONTEXT".into();
        expected["base_info"]["bot_agent"] = format!("Weida/{}", env!("CARGO_PKG_VERSION")).into();
        assert_eq!(body(&request), expected);
    }
    assert_ne!(uins[0], uins[1], "new for each request");
}

#[tokio::test]
async fn a_message_is_read_with_an_exact_id() {
    let server = Server::of(answer("updates-text")).await;
    let updates = server.client.updates(&server.bot(), "CURSOR2", None).await.unwrap();
    assert_eq!(body(&server.received()[0])["get_updates_buf"], "CURSOR2");
    assert_eq!((updates.cursor.as_deref(), updates.unreadable, updates.hold), (Some("CURSOR3"), 0, None));
    let message = &updates.messages[0];
    assert_eq!(message.id.as_ref().unwrap().as_str(), "18446744073709551615");
    assert_eq!((message.sender, message.created_at_ms), (Sender::User, Some(1_757_650_000_123)));
    assert_eq!(message.context_token.as_ref().unwrap().expose_secret(), "CTX==");
    assert!(matches!(&message.items[0].content, Content::Text(text) if text == "你好"));
    assert!(!format!("{updates:?}").contains("CTX"));
}

#[tokio::test]
async fn an_empty_cursor_leaves_the_old_one() {
    let of = async |id: &str| Server::of(answer(id)).await.updates().await;
    let updates = of("updates-empty").await.unwrap();
    assert_eq!((updates.cursor.as_deref(), updates.hold), (Some("CURSOR2"), Some(Duration::from_secs(35))));
    assert_eq!(of("updates-empty-cursor").await.unwrap().cursor, None);
    assert_eq!(of("updates-session-expired").await.unwrap_err(), Error::Stale);
}

#[tokio::test]
async fn a_proposed_hold_is_bounded() {
    for (ms, secs) in
        [("1", Some(1)), ("90000", Some(60)), ("0", None), ("-5", None), ("\"2000\"", Some(2)), ("1e300", None)]
    {
        let server = Server::of(format!("{{\"longpolling_timeout_ms\":{ms}}}")).await;
        assert_eq!(server.updates().await.unwrap().hold, secs.map(Duration::from_secs), "{ms}");
    }
}

#[tokio::test]
async fn each_refusal_has_a_meaning() {
    let other = |ret, message: &str| Error::Other { ret, message: message.to_owned() };
    for (answer, expected) in [
        (r#"{"ret":-14}"#, Error::Stale),
        (r#"{"ret":0,"errcode":-14}"#, Error::Stale),
        (r#"{"ret":-1,"errcode":-14}"#, Error::Stale),
        (r#"{"errcode":"-14"}"#, Error::Stale),
        (r#"{"ret":-2,"errmsg":"rate limited"}"#, Error::Limited),
        (r#"{"ret":-12}"#, Error::Frequency),
        (r#"{"ret":-1}"#, Error::BadRecipient),
        (r#"{"ret":-4,"errmsg":"no\u0000 SECRET-BOT-TOKEN, SECRET-CONTEXT"}"#, other(-4, "no ***, ***")),
        (r#"{"ret":1}"#, other(1, "")),
        (r#"{"ret":{}}"#, Error::Unreadable),
        (r#"{"ret":1.5}"#, Error::Unreadable),
    ] {
        let server = Server::of(answer).await;
        assert_eq!(server.send("hi").await.unwrap_err(), expected, "{answer}");
        let error = server.updates().await.unwrap_err();
        assert_eq!(error.name(), expected.name(), "{answer}");
    }
    let server = Server::of(format!(r#"{{"ret":7,"errmsg":"{}"}}"#, "长".repeat(900))).await;
    assert_eq!(server.send("hi").await.unwrap_err(), other(7, &"长".repeat(200)));
}

#[tokio::test]
async fn a_message_without_an_id_was_not_delivered() {
    for answer in
        [answer("send-dropped").as_str(), "{}", r#"{"message_id":0}"#, r#"{"message_id":""}"#, r#"{"message_id":1e25}"#]
    {
        assert_eq!(
            Server::of(answer.to_owned()).await.send("hi").await.unwrap(),
            SendOutcome::NotDelivered,
            "{answer}"
        );
    }
    let Ok(SendOutcome::Accepted(id)) = Server::of(r#"{"message_id":"18446744073709551615"}"#).await.send("hi").await
    else {
        panic!("an id as text is an id");
    };
    assert_eq!(id.as_str(), "18446744073709551615");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_the_call() {
    let server = Server::of("{}").await;
    for text in ["", &"长".repeat(4_001)] {
        assert_eq!(server.send(text).await.unwrap_err(), Error::Unsendable);
    }
    for size in [0, 20 * 1024 * 1024 + 1] {
        let sent = server.client.upload(&server.bot(), "u@im.wechat", MediaKind::File, vec![0; size]).await;
        assert_eq!(sent.unwrap_err(), Error::FileSize);
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn typing_needs_a_ticket() {
    let server = Server::of(answer("getconfig")).await;
    let (bot, context) = (server.bot(), SecretString::from("CTX=="));
    let ticket = server.client.typing_ticket(&bot, "xyz@im.wechat", Some(&context)).await.unwrap().unwrap();
    server.client.send_typing(&bot, "xyz@im.wechat", &ticket, Typing::On).await.unwrap();
    for (request, id) in server.received().iter().zip(["getconfig", "sendtyping"]) {
        let mut expected = vector(id)["request"].clone();
        expected["base_info"]["bot_agent"] = format!("Weida/{}", env!("CARGO_PKG_VERSION")).into();
        assert_eq!(body(request), expected);
    }
    server.client.notify_start(&bot).await.unwrap();
    server.client.notify_stop(&bot).await.unwrap();
    let paths: Vec<String> = server.received().iter().map(|r| r.uri().path().to_owned()).collect();
    assert_eq!(paths, ["/ilink/bot/msg/notifystart", "/ilink/bot/msg/notifystop"]);
}

#[tokio::test]
async fn a_qr_code_is_asked_for_with_known_tokens_and_without_authorization() {
    let server = Server::of(answer("qr-get")).await;
    let known: Vec<SecretString> = (0..12).map(|n| format!("{TOKEN}-{n}").into()).collect();
    let qr = server.client.qr_code(&known).await.unwrap();
    assert_eq!(qr.content, "https://liteapp.weixin.qq.com/q/xxx");
    let request = server.received().remove(0);
    assert_eq!(request.uri().to_string(), "/ilink/bot/get_bot_qrcode?bot_type=3");
    assert_eq!(body(&request)["local_token_list"].as_array().unwrap().len(), 10);
    assert!(!request.headers().contains_key("authorization"));
    server.client.qr_status(&server.client.hosts().login_base(), &qr, LoginCode::parse("007").as_ref()).await;
    let request = server.received().remove(0);
    assert_eq!(request.uri().to_string(), "/ilink/bot/get_qrcode_status?qrcode=QRID&verify_code=007");
    assert_eq!(request.headers()["ilink-app-id"], "bot");
    assert!(!request.headers().contains_key("x-wechat-uin"), "a GET has the app's headers only");
}

#[tokio::test]
async fn each_state_of_a_qr_code_is_read() {
    for (id, expected) in [
        ("wait", "Wait"),
        ("scaned", "Scanned"),
        ("need_verifycode", "NeedsCode"),
        ("verify_code_blocked", "CodeBlocked"),
        ("expired", "Expired"),
        ("scaned_but_redirect", "Redirected(Some(\"idc2.ilinkai.weixin.qq.com\"))"),
        ("binded_redirect", "AlreadyConnected"),
    ] {
        let status = Server::of(answer(&format!("qr-status-{id}"))).await.status().await;
        assert_eq!(format!("{status:?}"), expected);
    }
    let status = Server::of(r#"{"status":"new\u0000"}"#).await.status().await;
    assert!(matches!(status, QrStatus::Unknown(text) if text == "new"));
    // The stand-in's answers may name the stand-in only.
    let confirmed = |base: &str| {
        let mut answer: Value = serde_json::from_str(&answer("qr-status-confirmed")).unwrap();
        answer["baseurl"] = base.into();
        answer
    };
    let foreign = Server::of(confirmed("https://ilinkai.weixin.qq.com").to_string()).await.status().await;
    assert!(matches!(foreign, QrStatus::Refused(Error::ForeignHost)));
    let QrStatus::Confirmed(found) = Server::of(confirmed("").to_string()).await.status().await else {
        panic!("confirmed");
    };
    assert_eq!((found.bot_id.as_str(), found.user_id.as_str()), ("abc@im.bot", "xyz@im.wechat"));
    assert_eq!(found.bot_token.expose_secret(), "TOKEN");
    for missing in ["bot_token", "ilink_bot_id", "ilink_user_id"] {
        let mut answer = confirmed("");
        answer[missing] = Value::Null;
        let status = Server::of(answer.to_string()).await.status().await;
        assert!(matches!(status, QrStatus::Refused(Error::Unreadable)), "{missing}");
    }
}

#[tokio::test]
async fn a_login_renews_its_code_three_times() {
    let server = Server::start(|request| {
        let is_status = request.uri().path().ends_with("get_qrcode_status");
        Response::new(Body::from(answer(if is_status { "qr-status-expired" } else { "qr-get" })))
    })
    .await;
    let clock = FakeClock::at(0);
    let mut login = Login::start(&server.client, &clock, Vec::new()).await.unwrap();
    for _ in 0..3 {
        assert!(login.poll(&server.client, &clock).await.is_none());
        assert!(matches!(login.view(), LoginView::Scan { .. }));
    }
    let end = login.poll(&server.client, &clock).await;
    assert!(matches!(end, Some(LoginOutcome::Failed(LoginFailure::Expired))));
    clock.advance_ms(480_000);
    let mut late = Login::start(&server.client, &FakeClock::at(0), Vec::new()).await.unwrap();
    assert!(matches!(late.poll(&server.client, &clock).await, Some(LoginOutcome::Failed(LoginFailure::TimedOut))));
}

#[tokio::test]
async fn a_file_is_uploaded_encrypted_and_comes_back() {
    let stored: Arc<Mutex<Bytes>> = Arc::default();
    let kept = Arc::clone(&stored);
    let server = Server::start(move |request| match request.uri().path() {
        "/c2c/upload" => {
            *kept.lock().unwrap() = request.body().clone();
            Response::builder().header("x-encrypted-param", "DOWN/+=").body(Body::empty()).unwrap()
        }
        "/c2c/download" => Response::new(Body::from(kept.lock().unwrap().clone())),
        _ => Response::new(Body::from(r#"{"ret":0,"upload_param":"UP/+="}"#)),
    })
    .await;
    let picture = vec![7; 1_000];
    let file = server.client.upload(&server.bot(), "u@im.wechat", MediaKind::Image, picture.clone()).await.unwrap();
    let requests = server.received();
    let asked = body(&requests[0]);
    assert_eq!(
        (&asked["rawsize"], &asked["filesize"], &asked["media_type"]),
        (&json!(1_000), &json!(1_008), &json!(1))
    );
    assert_eq!(asked["rawfilemd5"], "eb4fc1b20b020225bebfd48686d92517");
    assert!(requests[1].uri().query().unwrap().starts_with("encrypted_query_param=UP%2F%2B%3D&filekey="));
    assert_eq!(requests[1].headers()["content-type"], "application/octet-stream");
    assert_eq!(stored.lock().unwrap().len(), 1_008);
    let message = OutgoingContent::Image(&file);
    let sent = OutgoingMessage { to_user_id: "u", client_id: "c", context_token: None, content: message };
    server.client.send(&server.bot(), &sent).await.unwrap();
    let item = body(&server.received()[0])["msg"]["item_list"][0].clone();
    assert_eq!((&item["type"], &item["image_item"]["mid_size"]), (&json!(2), &json!(1_008)));
    let media = MediaRef::read(&item["image_item"]["media"], None).unwrap();
    assert_eq!(server.client.download(&media, 1_000).await.unwrap(), picture);
    assert_eq!(server.client.download(&media, 999).await.unwrap_err(), Error::FileSize);
}

#[tokio::test]
async fn an_upload_is_repeated_after_a_servers_error_only() {
    for (status, attempts) in [(500, 3), (404, 1)] {
        let server = Server::start(move |request| match request.uri().path() {
            "/c2c/upload" => Response::builder().status(status).body(Body::empty()).unwrap(),
            _ => Response::new(Body::from(r#"{"ret":0,"upload_param":"p"}"#)),
        })
        .await;
        let sent = server.client.upload(&server.bot(), "u", MediaKind::Video, vec![1]).await;
        assert_eq!(sent.unwrap_err(), Error::Transport(TransportFailure::Status(status)));
        assert_eq!(server.received().len(), attempts + 1);
    }
    let server = Server::of(r#"{"upload_full_url":"https://evil.example/x"}"#).await;
    let sent = server.client.upload(&server.bot(), "u", MediaKind::File, vec![1]).await;
    assert_eq!((sent.unwrap_err(), server.received().len()), (Error::ForeignHost, 1));
}
