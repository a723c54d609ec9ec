use super::*;
use crate::{
    base::rng::SeededRng,
    sandbox::platform::{code::NewCode, credentials::Credentials},
    wechat::{
        message::{Event, Kind, Message},
        xml,
    },
};
use serde_json::json;

const NOW: i64 = 1_757_650_000_000;

struct Stage {
    world: World,
    rng: SeededRng,
    openid: String,
}

impl Stage {
    fn new() -> Self {
        let rng = SeededRng::new(1);
        let mut world = World::new(Credentials::random(&rng), &rng);
        let openid = world.add_person("小微", &rng, NOW).unwrap();
        Self { world, rng, openid }
    }

    fn following() -> Self {
        let mut stage = Self::new();
        stage.act(Act::Follow).unwrap();
        stage
    }

    fn act(&mut self, act: Act) -> Result<Message, Refusal> {
        self.act_at(act, NOW)
    }

    fn act_at(&mut self, act: Act, now_ms: i64) -> Result<Message, Refusal> {
        let push = self.world.act(&self.openid, &act, Moment { now_ms, rng: &self.rng })?;
        let document = xml::parse(push.xml().as_bytes(), xml::PLAIN_MAX_BYTES).unwrap();
        Ok(Message::read(&document, &self.world.credentials.appid).unwrap())
    }

    fn code(&mut self, scene: &str) -> String {
        let new_code: NewCode = serde_json::from_value(
            json!({ "action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": { "scene": { "scene_str": scene } } }),
        )
        .unwrap();
        self.world.codes.create(&new_code, &self.rng, NOW).unwrap().url
    }
}

#[test]
fn the_product_reads_every_kind_that_a_person_can_send() {
    let mut stage = Stage::following();
    let kinds = [
        (Act::text("你好"), "text"),
        (Act::Image, "image"),
        (Act::Voice, "voice"),
        (Act::Video, "video"),
        (Act::Location, "location"),
        (Act::Link, "link"),
        (Act::Sticker, "text"),
        (Act::Click { key: "V1".to_owned() }, "event"),
    ];
    for (act, kind) in kinds {
        let message = stage.act(act.clone()).unwrap();
        assert_eq!(message.msg_type(), kind);
        assert!(!matches!(message.kind, Kind::Unknown { .. }), "{act:?}");
        assert_eq!(
            (message.from.as_str(), message.to.as_str()),
            (stage.openid.as_str(), stage.world.credentials.original_id.as_str())
        );
        assert_eq!(message.msg_id.is_some(), kind != "event");
        assert_eq!(message.is_unsupported_placeholder(), act == Act::Sticker);
    }
}

#[test]
fn a_tap_says_which_item_it_was() {
    let mut stage = Stage::following();
    let tap = Act::Text { content: "1".to_owned(), menu_id: Some("yes".to_owned()) };
    assert_eq!(stage.act(tap).unwrap().kind, Kind::Text { content: "1".to_owned(), menu_id: Some("yes".to_owned()) });
}

#[test]
fn a_scan_by_a_stranger_asks_to_follow_first_and_then_brings_the_scene() {
    let mut stage = Stage::new();
    let code = stage.code("login_1");
    assert_eq!(stage.act(Act::Scan { code: code.clone() }).unwrap_err(), Refusal::MustFollow);
    let followed = stage.act(Act::FollowAndScan { code: code.clone() }).unwrap();
    assert!(matches!(&followed.kind, Kind::Event(Event::Subscribe { scene: Some(scene), .. }) if scene == "login_1"));
    let scanned = stage.act(Act::FollowAndScan { code }).unwrap();
    assert!(matches!(&scanned.kind, Kind::Event(Event::Scan { scene, .. }) if scene == "login_1"));
    let person = stage.world.person(&stage.openid.clone()).unwrap();
    assert_eq!(person.follow.as_ref().unwrap().scene.as_deref(), Some("login_1"));
}

#[test]
fn an_old_or_foreign_code_leads_nowhere() {
    let mut stage = Stage::following();
    let code = stage.code("a");
    assert_eq!(stage.act_at(Act::Scan { code: code.clone() }, NOW + 60_000).unwrap_err(), Refusal::CodeExpired);
    assert!(stage.act_at(Act::Scan { code }, NOW + 59_999).is_ok());
    assert_eq!(stage.act(Act::Scan { code: "https://example.com".to_owned() }).unwrap_err(), Refusal::ForeignCode);
}

#[test]
fn the_accounts_own_code_leads_to_following_without_a_scene() {
    let mut stage = Stage::new();
    let code = stage.world.credentials.account_qr.clone();
    assert_eq!(stage.act(Act::Scan { code: code.clone() }).unwrap_err(), Refusal::MustFollow);
    let followed = stage.act(Act::FollowAndScan { code: code.clone() }).unwrap();
    assert!(matches!(followed.kind, Kind::Event(Event::Subscribe { scene: None, .. })));
    assert_eq!(stage.act(Act::Scan { code }).unwrap_err(), Refusal::FollowsAlready);
}

#[test]
fn a_person_who_does_not_follow_can_say_nothing_and_a_text_has_a_limit() {
    let mut stage = Stage::new();
    for act in [Act::text("hi"), Act::Image, Act::Unfollow, Act::Click { key: "k".to_owned() }] {
        assert_eq!(stage.act(act).unwrap_err(), Refusal::MustFollow);
    }
    stage.act(Act::Follow).unwrap();
    assert_eq!(stage.act(Act::Follow).unwrap_err(), Refusal::FollowsAlready);
    assert_eq!(stage.act(Act::text(" \r\n ")).unwrap_err(), Refusal::Empty);
    assert_eq!(stage.act(Act::text("字".repeat(4_001))).unwrap_err(), Refusal::TooLong);
    assert_eq!(stage.act(Act::Click { key: "k".repeat(129) }).unwrap_err(), Refusal::TooLong);
    stage.openid = "oNobody".to_owned();
    assert_eq!(stage.act(Act::Follow).unwrap_err(), Refusal::UnknownPerson);
}

#[test]
fn the_same_event_twice_in_a_second_is_two_events() {
    let mut stage = Stage::new();
    let mut keys = std::collections::HashSet::new();
    for _ in 0..3 {
        keys.insert(stage.act(Act::Follow).unwrap().dedupe_key);
        keys.insert(stage.act(Act::Unfollow).unwrap().dedupe_key);
    }
    assert_eq!(keys.len(), 6);
}

#[test]
fn what_a_person_types_cannot_leave_its_field() {
    let mut stage = Stage::following();
    let hostile = "]]></Content><FromUserName>oEvil</FromUserName><Content><![CDATA[";
    let message = stage.act(Act::text(hostile)).unwrap();
    assert_eq!(message.kind, Kind::Text { content: hostile.to_owned(), menu_id: None });
    assert_eq!(message.from, stage.openid);
}
