//! Uploads and downloads.

use super::*;

const UPLOAD: &str = "/cgi-bin/media/upload";
const GET: &str = "/cgi-bin/media/get";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00pixels";

fn picture() -> Medium<'static> {
    Medium { kind: MediumKind::Image, name: "weida.png", media_type: "image/png", bytes: PNG }
}

/// Gives the token `T`, and answers every other call with these bytes of this content type.
fn file(kind: &'static str, bytes: &'static [u8]) -> impl Fn(&Seen) -> Answer + Send + Sync + 'static {
    move |seen| match seen.path.as_str() {
        STABLE_TOKEN => token("T"),
        _ => Answer { content_type: kind, ..Answer::text(200, bytes) },
    }
}

#[tokio::test]
async fn a_file_goes_as_the_forms_part_with_its_name() {
    let rig = Rig::answering(json!({ "type": "image", "media_id": "M1", "created_at": 1 })).await;
    assert_eq!(rig.client.upload_media(picture()).await.unwrap(), "M1");
    let seen = &rig.platform.seen(UPLOAD)[0];
    assert_eq!((seen.method.as_str(), seen.token(), seen.query["type"].as_str()), ("POST", "T", "image"));
    assert!(seen.content_type.starts_with("multipart/form-data; boundary="));
    let body = String::from_utf8_lossy(&seen.body);
    assert!(
        body.contains("name=\"media\"; filename=\"weida.png\"") && body.contains("Content-Type: image/png"),
        "{body}"
    );
    assert!(seen.body.windows(PNG.len()).any(|part| part == PNG));
}

#[tokio::test]
async fn a_refusal_of_a_file_keeps_its_number() {
    for (code, class) in [(48001, ErrorClass::Permission), (40005, ErrorClass::Caller), (45001, ErrorClass::Caller)] {
        let rig = Rig::answering(json!({ "errcode": code, "errmsg": "no" })).await;
        let refused = rig.client.upload_media(picture()).await.unwrap_err();
        assert!(
            matches!(refused, ApiError::Platform { code: c, class: k, .. } if c == code && k == class),
            "{refused}"
        );
    }
    let rig = Rig::answering(json!({ "type": "image" })).await;
    assert_eq!(rig.client.upload_media(picture()).await.unwrap_err(), ApiError::Malformed);
}

#[tokio::test]
async fn a_file_is_told_from_a_refusal_by_what_it_says_it_is() {
    let rig = Rig::new(file("image/png", PNG)).await;
    assert_eq!(rig.client.fetch_media("M&1").await.unwrap(), PNG);
    assert_eq!(rig.platform.seen(GET)[0].query["media_id"], "M&1");
    let gone = Rig::new(file("text/plain", br#"{"errcode":40007,"errmsg":"invalid media_id"}"#)).await;
    assert!(matches!(gone.client.fetch_media("M").await, Err(ApiError::Platform { code: 40007, .. })));
    let broken = Rig::new(file("text/html", b"<html>")).await;
    assert_eq!(broken.client.fetch_media("M").await, Err(ApiError::Malformed));
}

#[tokio::test]
async fn a_refused_token_is_replaced_for_a_file_as_well() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let rig = Rig::new(move |seen| match seen.path.as_str() {
        STABLE_TOKEN => token("T"),
        _ if calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => refusal(40001),
        _ => Answer { content_type: "image/png", ..Answer::text(200, PNG) },
    })
    .await;
    assert_eq!(rig.client.fetch_media("M").await.unwrap(), PNG);
    assert_eq!(rig.platform.count(GET), 2);
    assert!(rig.platform.count(STABLE_TOKEN) > 1);
}

#[tokio::test]
async fn a_video_is_fetched_from_where_the_platform_says_and_never_from_nearby() {
    let film = b"\0\0\0\x18ftypmp42";
    let elsewhere = StandIn::start(move |_| Answer { content_type: "video/mp4", ..Answer::text(200, film) }).await;
    let near = elsewhere.base.join("/a.mp4").unwrap().to_string();
    // The platform itself is local here: files at its own address may be fetched, without a token.
    let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let own = base.clone();
    let rig = Rig::new(move |seen| match seen.path.as_str() {
        STABLE_TOKEN => token("T"),
        GET => Answer::json(&json!({ "video_url": format!("{}v.mp4", own.get().unwrap()) })),
        _ => Answer { content_type: "video/mp4", ..Answer::text(200, film) },
    })
    .await;
    base.set(rig.platform.base.to_string()).unwrap();
    assert_eq!(rig.client.fetch_media("V").await.unwrap(), film);
    assert_eq!(rig.platform.seen("/v.mp4")[0].token(), "");
    let rig = Rig::answering(json!({ "video_url": near })).await;
    assert_eq!(rig.client.fetch_media("V").await, Err(ApiError::Malformed));
    assert_eq!(elsewhere.count("/a.mp4"), 0);
}

#[tokio::test]
async fn a_file_larger_than_any_is_not_read_to_its_end() {
    let rig = Rig::new(|seen| match seen.path.as_str() {
        STABLE_TOKEN => token("T"),
        _ => Answer { content_type: "image/png", ..Answer::text(200, vec![0; UPLOAD_MAX_BYTES + 1]) },
    })
    .await;
    assert_eq!(rig.client.fetch_media("M").await, Err(ApiError::Malformed));
}
