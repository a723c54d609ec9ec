//! Secrets appear neither in errors nor in logs.

use super::*;
use std::io::Write;
use std::sync::Mutex;

const TOKEN: &str = "canary-token-77ab";

/// All text of an error: `Display` and `Debug`.
fn printed(error: &ApiError) -> String {
    format!("{error} {error:?} {error:#?} {}", error.name())
}

fn stored(expires_at_ms: i64) -> StoredToken {
    StoredToken { value: TOKEN.into(), expires_at_ms }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn assert_clean(text: &str) {
    assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn an_error_never_repeats_a_secret_that_the_platform_says() {
    let message = format!("no {SECRET} {TOKEN}\r\n for ip 1.2.3.4");
    let rig = Rig::new({
        let message = message.clone();
        move |seen| match seen.path.as_str() {
            STABLE_TOKEN => token(TOKEN),
            _ => Answer::json(&json!({ "errcode": 48001, "errmsg": message.replace(SECRET, "") })),
        }
    })
    .await;
    let error = rig.client.user_info("O").await.unwrap_err();
    assert_clean(&printed(&error));
    assert!(error.to_string().ends_with("*** for ip 1.2.3.4"), "{error}");
    let rig = Rig::new(move |_| Answer::json(&json!({ "errcode": 40164, "errmsg": message.replace(TOKEN, "") }))).await;
    let error = rig.client.user_info("O").await.unwrap_err();
    assert_clean(&printed(&error));
    assert!(error.to_string().contains("1.2.3.4"), "{error}");
}

#[tokio::test]
async fn an_error_on_the_way_says_no_address() {
    let rig = Rig::answering(json!({})).await;
    rig.store.save(APPID, "other", &stored(NOW_MS + 7_200_000)).await.unwrap();
    // A port that was free a moment ago: no server answers.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{free}").parse().unwrap();
    let client = instance(&base, &rig.store, &rig.clock, Duration::from_secs(5), 2);
    let error = client.send_custom_text("O", "x").await.unwrap_err();
    assert_eq!(error, ApiError::Unreachable);
    assert_clean(&printed(&error));
}

#[tokio::test]
async fn nothing_is_logged_of_a_secret_at_any_level() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer({
        let log = log.clone();
        move || log.clone()
    });
    // With a single subscriber, the first thread decides for all whether tracing ever logs a line.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let rig = Rig::new(|seen| match (seen.path.as_str(), seen.json()["force_refresh"] == true) {
        (STABLE_TOKEN, false) => token(TOKEN),
        (STABLE_TOKEN, true) => Answer::json(&json!({ "errcode": 40125, "errmsg": format!("bad {SECRET}") })),
        _ => Answer::json(&json!({ "errcode": 40001, "errmsg": format!("bad {TOKEN}") })),
    })
    .await;
    rig.client.user_info("O").await.unwrap_err();
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("called the platform") && text.contains("no new access token"), "{text}");
    assert_clean(&text);
}

#[tokio::test]
async fn client_settings_and_tokens_print_no_secret() {
    let rig = Rig::answering(json!({})).await;
    let stored = stored(NOW_MS);
    rig.store.save(APPID, "me", &stored).await.unwrap();
    let settings = settings(&"https://api.weixin.qq.com".parse().unwrap(), Duration::from_secs(5));
    assert_clean(&format!("{:?} {settings:?} {stored:?} {:?}", rig.client, rig.store));
}

#[tokio::test]
async fn the_secret_goes_to_the_platform_in_the_body_and_nowhere_else() {
    let rig = Rig::answering(json!({ "subscribe": 0, "openid": "O" })).await;
    rig.client.user_info("O").await.unwrap();
    let asked = &rig.platform.seen(STABLE_TOKEN)[0];
    let mut expected = sample("stable-token-ok")["request"].clone();
    (expected["appid"], expected["secret"], expected["force_refresh"]) = (json!(APPID), json!(SECRET), json!(false));
    assert_eq!((asked.json(), asked.query.len()), (expected, 0));
}
