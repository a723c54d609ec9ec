use super::*;
use crate::base::rng::SeededRng;
use serde_json::json;

fn create(codes: &mut Codes, body: serde_json::Value, now_ms: i64) -> Result<Code, Fault> {
    codes.create(&serde_json::from_value(body).unwrap(), &SeededRng::new(1), now_ms)
}

fn of(action: &str, scene: &serde_json::Value) -> serde_json::Value {
    json!({ "action_name": action, "expire_seconds": 600, "action_info": { "scene": scene } })
}

#[test]
fn a_scene_has_the_limits_of_its_kind() {
    let (most, over) = ("汉".repeat(64), "汉".repeat(65));
    let cases = [
        (of("QR_STR_SCENE", &json!({ "scene_str": most })), Ok(())),
        (of("QR_STR_SCENE", &json!({ "scene_str": over })), Err(fault::ACTION_INFO)),
        (of("QR_STR_SCENE", &json!({ "scene_str": "" })), Err(fault::ACTION_INFO)),
        (of("QR_STR_SCENE", &json!({ "scene_id": 1 })), Err(fault::ACTION_INFO)),
        (of("QR_SCENE", &json!({ "scene_id": 4_294_967_295_u32 })), Ok(())),
        (of("QR_SCENE", &json!({ "scene_id": 0 })), Err(fault::ACTION_INFO)),
        (of("QR_LIMIT_SCENE", &json!({ "scene_id": 100_000 })), Ok(())),
        (of("QR_LIMIT_SCENE", &json!({ "scene_id": 100_001 })), Err(fault::ACTION_INFO)),
        (of("QR_LIMIT_STR_SCENE", &json!({ "scene_str": "poster" })), Ok(())),
        (of("QR_CARD", &json!({ "scene_str": "x" })), Err(fault::ACTION_NAME)),
        (json!({}), Err(fault::ACTION_NAME)),
    ];
    for (body, expected) in cases {
        assert_eq!(create(&mut Codes::default(), body.clone(), 0).map(drop), expected, "{body}");
    }
}

#[test]
fn a_code_lives_as_long_as_asked_and_no_longer_than_30_days() {
    let mut codes = Codes::default();
    let body = |secs: Option<i64>| json!({ "action_name": "QR_STR_SCENE", "expire_seconds": secs, "action_info": { "scene": { "scene_str": "a" } } });
    for (asked, secs) in [(Some(600), 600), (Some(9_999_999), 2_592_000), (None, 60)] {
        let code = create(&mut codes, body(asked), 5).unwrap();
        assert_eq!(code.expires_at_ms, Some(5 + secs * 1000));
        assert!(code.is_alive(4 + secs * 1000) && !code.is_alive(5 + secs * 1000));
    }
}

#[test]
fn a_permanent_scene_has_one_code() {
    let mut codes = Codes::default();
    let body = of("QR_LIMIT_STR_SCENE", &json!({ "scene_str": "poster" }));
    let first = create(&mut codes, body.clone(), 0).unwrap();
    assert_eq!(create(&mut codes, body, 9).unwrap(), first);
    assert_eq!(first.expires_at_ms, None);
}

#[test]
fn a_code_is_found_by_what_a_camera_or_a_clipboard_gives() {
    let mut codes = Codes::default();
    let code = create(&mut codes, of("QR_SCENE", &json!({ "scene_id": 7 })), 0).unwrap();
    let mut picture = Url::parse("http://127.0.0.1:1/cgi-bin/showqrcode").unwrap();
    picture.query_pairs_mut().append_pair("ticket", &code.ticket);
    for seen in [format!(" {}\n", code.url), code.ticket.clone(), picture.to_string()] {
        assert_eq!(codes.find(&seen), Some(&code), "{seen}");
    }
    for foreign in ["", "http://weixin.qq.com/q/other", "https://example.com/"] {
        assert_eq!(codes.find(foreign), None, "{foreign}");
    }
}

#[test]
fn only_the_newest_temporary_codes_are_kept() {
    let mut codes = Codes::default();
    create(&mut codes, of("QR_LIMIT_SCENE", &json!({ "scene_id": 1 })), 0).unwrap();
    for now in 0..2_005 {
        create(&mut codes, of("QR_SCENE", &json!({ "scene_id": 7 })), now).unwrap();
    }
    assert_eq!(codes.0.len(), TEMPORARY_MAX + 1);
    assert_eq!((codes.0[0].expires_at_ms, codes.0[1].created_at_ms), (None, 5));
}
