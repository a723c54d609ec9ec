//! Answers that are none: no panic, and the token appears nowhere.

use super::*;
use crate::ilink::qr::QrCode;
use std::io::Write;
use std::time::Instant;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Makes each call once, with what a page of the junk might echo; returns all results as text.
async fn all_calls(server: &Server) -> String {
    let (client, bot, ticket) = (&server.client, server.bot(), SecretString::from("SECRET-TICKET"));
    let media = MediaRef::read(&json!({ "encrypt_query_param": "SECRET-PARAM" }), None).unwrap();
    let known = [SecretString::from(TOKEN)];
    let mut all = vec![
        format!("{:?}", server.updates().await),
        format!("{:?}", server.send("hi").await),
        format!("{:?}", client.qr_code(&known).await),
        format!("{:?}", server.status().await),
        format!("{:?}", client.typing_ticket(&bot, "u", Some(&ticket)).await),
        format!("{:?}", client.send_typing(&bot, "u", &ticket, Typing::Off).await),
        format!("{:?}", client.notify_start(&bot).await),
        format!("{:?}", client.notify_stop(&bot).await),
        format!("{:?}", client.upload(&bot, "u", MediaKind::File, vec![1]).await),
        format!("{:?}", client.download(&media, 100).await.map(|bytes| bytes.len())),
    ];
    if let Err(error) = server.updates().await {
        all.push(error.to_string());
    }
    all.push(format!("{bot:?} {client:?} {media:?}"));
    all.join("\n")
}

#[tokio::test]
async fn junk_is_an_error_and_the_token_appears_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // With a single subscriber, the first thread decides for all whether tracing ever logs a line.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let deep = format!("{{\"ret\":0,\"msgs\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let large = format!("{{\"ret\":0,\"msgs\":[],\"x\":\"{}\"}}", "a".repeat(5 << 20));
    for (what, body, expected) in [
        ("html", "<html><body>502 SECRET-BOT-TOKEN</body></html>".to_owned(), Error::Unreadable),
        ("empty", String::new(), Error::Unreadable),
        ("a list", "[]".to_owned(), Error::Unreadable),
        ("a number", "1".to_owned(), Error::Unreadable),
        ("deep", deep, Error::Unreadable),
        ("large", large, Error::Unreadable),
        ("msgs is text", r#"{"msgs":"x"}"#.to_owned(), Error::Unreadable),
        (
            "a long cursor",
            format!("{{\"get_updates_buf\":\"{}\"}}", "a".repeat(CURSOR_MAX_BYTES + 1)),
            Error::Unreadable,
        ),
        ("a cursor with spaces", r#"{"get_updates_buf":"a b"}"#.to_owned(), Error::Unreadable),
    ] {
        let server = Server::of(body).await;
        assert_eq!(server.updates().await.unwrap_err(), expected, "{what}");
        let all = all_calls(&server).await;
        assert!(!all.contains("SECRET"), "{what}: {all}");
    }
    let server = Server::start(|_| Response::builder().status(500).body(Body::from(TOKEN)).unwrap()).await;
    assert_eq!(server.updates().await.unwrap_err(), Error::Transport(TransportFailure::Status(500)));
    assert!(!all_calls(&server).await.contains("SECRET"));
    let echo = |request: &Received| {
        let body = String::from_utf8_lossy(request.body());
        let all = format!("{:?} {} {body}", request.headers().get("authorization"), request.uri());
        Response::new(Body::from(json!({ "ret": 9, "errmsg": all }).to_string()))
    };
    let all = all_calls(&Server::start(echo).await).await;
    assert!(all.contains("Other { ret: 9") && all.contains("***") && !all.contains("SECRET"), "{all}");
    let redirect = |_: &Received| Response::builder().status(302).header("location", "/x").body(Body::empty()).unwrap();
    let server = Server::start(redirect).await;
    assert_eq!(server.updates().await.unwrap_err(), Error::Transport(TransportFailure::Status(302)));
    assert_eq!(server.received().len(), 1, "a redirect is not followed");
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("called iLink"), "the log was read");
    assert!(!log.contains("SECRET"), "{log}");
}

#[tokio::test]
async fn one_unclean_message_does_not_cost_the_others() {
    let body = b"{\"ret\":0,\"msgs\":[7,{\"item_list\":1},{\"message_id\":1.5,\"from_user_id\":\"u@im.wechat\",\"context_token\":\"a b\",
        \"item_list\":[{\"type\":1,\"text_item\":{\"text\":\"a\x02\x00b\\u0000\xff\\ud83d\"}},{\"type\":2},{\"type\":\"4\"},5,
        {\"type\":3,\"voice_item\":{\"text\":\"hello\",\"playtime\":\"1200\"},\"ref_msg\":{\"svr_id\":42,\"title\":\"t\",\"message_item\":
        {\"type\":1,\"text_item\":{\"text\":\"old\"},\"ref_msg\":{}}}}]}],\"get_updates_buf\":\"C\"}";
    let updates = Server::of(Bytes::from_static(body)).await.updates().await.unwrap();
    assert_eq!((updates.messages.len(), updates.unreadable, updates.cursor.as_deref()), (1, 2, Some("C")));
    let message = &updates.messages[0];
    assert!(message.id.is_none() && message.context_token.is_none());
    let shown = format!("{:?}", message.items);
    assert!(
        shown.contains("Text(\"ab\u{fffd}\")") && shown.contains("Other(2)") && shown.contains("Other(0)"),
        "{shown}"
    );
    assert!(shown.contains("transcript: Some(\"hello\"), duration_ms: Some(1200)"), "{shown}");
    assert!(shown.contains("MessageId(\"42\")") && shown.contains("Text(\"old\")"), "{shown}");
}

#[tokio::test]
async fn a_platform_that_hangs_is_waited_for_and_no_longer() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let held = Arc::new(Mutex::new(Vec::new()));
    let holding = Arc::clone(&held);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            holding.lock().unwrap().push(connection);
        }
    });
    let client = Client::new(Hosts::new(Some(base), None).unwrap(), Arc::new(SystemRng)).unwrap();
    let server = Server { client, received: Arc::default() };
    let (started, short) = (Instant::now(), Duration::from_millis(100));
    let updates = server.client.updates_within(&server.bot(), "C", short).await.unwrap();
    assert!(updates.is_timeout && updates.cursor.is_none());
    let qr = QrCode { handle: "h".into(), content: "x".to_owned() };
    let base = server.client.hosts().login_base();
    assert!(matches!(server.client.qr_status_within(&base, &qr, None, short).await, QrStatus::Wait));
    let waited = started.elapsed();
    assert!(waited >= short * 2 && waited < Duration::from_secs(10), "{waited:?}");
    assert_eq!(held.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_platform_that_is_not_there_was_not_reached() {
    let base = Url::parse("http://127.0.0.1:1").unwrap();
    let client = Client::new(Hosts::new(Some(base), None).unwrap(), Arc::new(SystemRng)).unwrap();
    let server = Server { client, received: Arc::default() };
    assert_eq!(server.send("hi").await.unwrap_err(), Error::Transport(TransportFailure::Unreachable));
    assert!(matches!(server.status().await, QrStatus::Wait));
}
