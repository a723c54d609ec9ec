mod dedupe_key;

use super::*;
use crate::wechat::xml::{PLAIN_MAX_BYTES, parse};
use serde_json::{Map, Value};

const APPID: &str = "wx0123456789abcdef";

fn read(xml: &str) -> Message {
    Message::read(&parse(xml.as_bytes(), PLAIN_MAX_BYTES).unwrap(), APPID).unwrap()
}

/// A push of a user to an account, with `fields` after the common ones.
fn push(fields: &str) -> Message {
    read(&format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1757650000</CreateTime>{fields}</xml>"
    ))
}

fn event(name: &str, fields: &str) -> Event {
    match push(&format!("<MsgType>event</MsgType><Event>{name}</Event>{fields}")).kind {
        Kind::Event(event) => event,
        other => panic!("{other:?} is no event"),
    }
}

/// The document in the form of the test vectors: text, or an object of the children, repeated ones as an array.
fn tree(element: &Element) -> Value {
    if element.children().is_empty() {
        return Value::from(element.text());
    }
    let mut map = Map::new();
    for child in element.children() {
        let new = tree(child);
        match map.get_mut(child.name()) {
            None => drop(map.insert(child.name().to_owned(), new)),
            Some(Value::Array(list)) => list.push(new),
            Some(first) => *first = Value::Array(vec![first.take(), new]),
        }
    }
    Value::Object(map)
}

fn samples() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/messages.json")).unwrap();
    let samples = file["samples"].as_array().unwrap().clone();
    assert!(samples.len() > 60);
    samples
}

#[test]
fn every_known_push_has_the_expected_fields() {
    for sample in samples() {
        let (xml, expected) = (sample["xml"].as_str().unwrap(), &sample["expected"]);
        let root = parse(xml.as_bytes(), PLAIN_MAX_BYTES).unwrap();
        assert_eq!(tree(&root), expected["fields"], "{}", sample["id"]);
        let message = Message::read(&root, APPID).unwrap();
        assert_eq!(message.to, expected["to"].as_str().unwrap(), "{}", sample["id"]);
        assert_eq!(message.from, expected["from"].as_str().unwrap(), "{}", sample["id"]);
        assert_eq!(message.create_time_secs, expected["create_time"].as_i64().unwrap(), "{}", sample["id"]);
        assert_eq!(message.msg_type(), expected["msg_type"].as_str().unwrap(), "{}", sample["id"]);
        assert_eq!(message.msg_id.as_deref(), expected["msg_id"].as_str(), "{}", sample["id"]);
        if message.msg_type() == "event" {
            assert_eq!(message.event_name(), expected["event"].as_str(), "{}", sample["id"]);
        }
    }
}

/// The vectors' keys of messages lack the sender: a message is its sender's.
#[test]
fn every_known_push_has_the_expected_dedupe_key() {
    for sample in samples() {
        let expected: Vec<_> = sample["expected"]["dedupe"].as_array().unwrap().iter().map(plain).collect();
        let from = sample["expected"]["from"].as_str().unwrap();
        let key = read(sample["xml"].as_str().unwrap()).dedupe_key;
        match expected.as_slice() {
            [msg, id] => assert_eq!(key, format!("{msg}|{APPID}|{from}|{id}"), "{}", sample["id"]),
            [event, from, time, name, event_key, id] if !id.is_empty() => {
                assert_eq!(key, format!("{event}|{APPID}|{from}|{time}|{id}|{name}|{event_key}"), "{}", sample["id"]);
            }
            [event, from, time, name, event_key, _] => {
                let rest = key.strip_prefix(&format!("{event}|{APPID}|{from}|{time}|#")).unwrap();
                let (digest, rest) = rest.split_at(64);
                assert!(digest.bytes().all(|b| b.is_ascii_hexdigit()), "{key}");
                let rest = rest.split('#').next().unwrap();
                assert!(format!("|{name}|{event_key}").starts_with(rest), "{}: {key}", sample["id"]);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn every_known_scene_is_found_and_nothing_else_is_taken_for_one() {
    for sample in samples() {
        let expected = &sample["expected"];
        let scene = match read(sample["xml"].as_str().unwrap()).kind {
            Kind::Event(Event::Subscribe { scene, .. }) => scene,
            Kind::Event(Event::Scan { scene, .. }) => Some(scene),
            _ => None,
        };
        assert_eq!(scene.as_deref(), expected["scene"].as_str(), "{}", sample["id"]);
    }
}

#[test]
fn nothing_that_matters_to_this_program_is_unknown() {
    for sample in samples().iter().filter(|sample| sample["relevance"] == "core") {
        let kind = read(sample["xml"].as_str().unwrap()).kind;
        assert!(!matches!(kind, Kind::Unknown { .. } | Kind::Event(Event::Unknown { .. })), "{}", sample["id"]);
    }
}

#[test]
fn a_sticker_is_told_from_text() {
    for sample in samples() {
        let message = read(sample["xml"].as_str().unwrap());
        assert_eq!(message.is_unsupported_placeholder(), sample["id"] == "text-unsupported-sticker");
    }
}

#[test]
fn every_kind_keeps_its_fields() {
    let text = push("<MsgType>text</MsgType><Content> hi </Content><bizmsgmenuid>101</bizmsgmenuid>").kind;
    assert_eq!(text, Kind::Text { content: " hi ".into(), menu_id: Some("101".into()) });
    let image = push("<MsgType>image</MsgType><PicUrl>http://p</PicUrl><MediaId>m</MediaId>").kind;
    assert_eq!(image, Kind::Image { pic_url: "http://p".into(), media_id: "m".into() });
    let voice =
        "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><MediaId16K>k</MediaId16K><Recognition/>";
    assert_eq!(
        push(voice).kind,
        Kind::Voice { media_id: "m".into(), format: "amr".into(), media_id_16k: Some("k".into()), recognition: None }
    );
    let ids = "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>";
    let (media_id, thumb_media_id) = (String::from("m"), String::from("t"));
    assert_eq!(
        push(&format!("<MsgType>shortvideo</MsgType>{ids}")).kind,
        Kind::ShortVideo { media_id: media_id.clone(), thumb_media_id: thumb_media_id.clone() }
    );
    assert_eq!(push(&format!("<MsgType>video</MsgType>{ids}")).kind, Kind::Video { media_id, thumb_media_id });
    let link = push("<MsgType>link</MsgType><Title>t</Title><Description>d</Description><Url>u</Url>").kind;
    assert_eq!(link, Kind::Link { title: "t".into(), description: "d".into(), url: "u".into() });
    let page = "<MsgType>miniprogrampage</MsgType><Title>t</Title><AppId>wx</AppId><PagePath>p</PagePath><ThumbUrl>u</ThumbUrl><ThumbMediaId>m</ThumbMediaId>";
    assert_eq!(
        push(page).kind,
        Kind::MiniProgramPage {
            title: "t".into(),
            appid: "wx".into(),
            page_path: "p".into(),
            thumb_url: "u".into(),
            thumb_media_id: "m".into()
        }
    );
    assert_eq!(push("<MsgType>hologram</MsgType>").kind, Kind::Unknown { msg_type: "hologram".into() });
}

#[test]
fn a_location_keeps_its_numbers_as_sent() {
    let message = push(
        "<MsgType>location</MsgType><Location_X>23.10</Location_X><Location_Y>-113.0</Location_Y><Scale>20</Scale><Label>位</Label>",
    );
    let place = Place {
        latitude: "23.10".into(),
        longitude: "-113.0".into(),
        scale: "20".into(),
        label: "位".into(),
        name: String::new(),
    };
    assert_eq!(message.kind, Kind::Location(place));
}

#[test]
fn the_article_a_message_was_written_under_is_kept() {
    let message = push("<MsgType>text</MsgType><Content>x</Content><MsgDataId>22_2</MsgDataId><Idx>2</Idx>");
    assert_eq!(message.article, Some(SourceArticle { msg_data_id: "22_2".into(), index: "2".into() }));
}

#[test]
fn menu_events_keep_their_fields() {
    let key = "<EventKey>k</EventKey>";
    assert_eq!(event("CLICK", key), Event::Click { key: "k".into() });
    assert_eq!(event("click", key), Event::Click { key: "k".into() }, "names are compared without case");
    for menu in ["<MenuId>4</MenuId>", "<MenuID>4</MenuID>"] {
        let view = event("VIEW", &format!("{key}{menu}"));
        assert_eq!(view, Event::View { url: "k".into(), menu_id: Some("4".into()) });
    }
    let page = event("view_miniprogram", key);
    assert_eq!(page, Event::ViewMiniProgram { page_path: "k".into(), menu_id: None });
    let scan = "<ScanCodeInfo><ScanType>barcode</ScanType><ScanResult>EAN_13,690</ScanResult></ScanCodeInfo>";
    for (name, waits) in [("scancode_push", false), ("scancode_waitmsg", true)] {
        let (key_text, scan_type, result) = ("k".into(), "barcode".into(), "EAN_13,690".into());
        let expected = Event::ScanCode { waits, key: key_text, scan_type, result };
        assert_eq!(event(name, &format!("{key}{scan}")), expected);
    }
    let pictures = "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>";
    for (name, source) in [
        ("pic_sysphoto", PictureSource::Camera),
        ("pic_photo_or_album", PictureSource::CameraOrAlbum),
        ("pic_weixin", PictureSource::Album),
    ] {
        let expected = Event::Pictures { source, key: "k".into(), md5_sums: vec!["a".into(), "b".into()] };
        assert_eq!(event(name, &format!("{key}{pictures}")), expected);
    }
    let place = "<SendLocationInfo><Location_X>23</Location_X><Poiname>poi</Poiname></SendLocationInfo>";
    let Event::LocationSelect { place, .. } = event("location_select", place) else { panic!("no place") };
    assert_eq!((place.latitude.as_str(), place.name.as_str()), ("23", "poi"));
}

#[test]
fn a_position_report_keeps_its_numbers_as_sent() {
    let fields = "<Latitude>-23.1</Latitude><Longitude>113.3</Longitude><Precision>119.385040</Precision>";
    let (latitude, longitude, precision) = ("-23.1".into(), "113.3".into(), "119.385040".into());
    assert_eq!(event("LOCATION", fields), Event::Position { latitude, longitude, precision });
}

#[test]
fn only_one_prefix_is_taken_off_a_scene() {
    let Event::Subscribe { scene, .. } = event("subscribe", "<EventKey>qrscene_qrscene_x</EventKey>") else { panic!() };
    assert_eq!(scene.as_deref(), Some("qrscene_x"));
    let paid = event("subscribe", "<EventKey>last_trade_no_1</EventKey>");
    assert_eq!(paid, Event::Subscribe { scene: None, ticket: None, key: Some("last_trade_no_1".into()) });
}

#[test]
fn results_of_jobs_are_read() {
    for (status, outcome) in [
        ("success", TemplateOutcome::Success),
        ("failed:user block", TemplateOutcome::UserBlocked),
        ("failed: system failed", TemplateOutcome::SystemFailed),
        ("later", TemplateOutcome::Other("later".into())),
    ] {
        assert_eq!(
            event("TEMPLATESENDJOBFINISH", &format!("<Status>{status}</Status>")),
            Event::TemplateSent { outcome }
        );
    }
    let mass = "<Status>send success</Status><TotalCount>9</TotalCount><FilterCount>8</FilterCount><SentCount>7</SentCount><ErrorCount>1</ErrorCount>\
        <CopyrightCheckResult><CheckState>2</CheckState></CopyrightCheckResult>\
        <ArticleUrlResult><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>u</ArticleUrl></item></ResultList></ArticleUrlResult>";
    let articles = vec![PublishedArticle { index: "1".into(), url: "u".into() }];
    let expected = MassSendResult {
        status: "send success".into(),
        total: 9,
        filtered: 8,
        sent: 7,
        failed: 1,
        copyright_state: Some("2".into()),
        articles: articles.clone(),
    };
    assert_eq!(event("MASSSENDJOBFINISH", mass), Event::MassSent(expected));
    let published = "<PublishEventInfo><publish_id>p</publish_id><publish_status>0</publish_status><article_id>a</article_id>\
        <article_detail><count>1</count><item><idx>1</idx><article_url>u</article_url></item></article_detail><fail_idx>2</fail_idx></PublishEventInfo>";
    let expected = PublishResult {
        publish_id: "p".into(),
        status: "0".into(),
        article_id: Some("a".into()),
        articles,
        failed_indexes: vec!["2".into()],
    };
    assert_eq!(event("PUBLISHJOBFINISH", published), Event::Published(expected));
}

#[test]
fn every_list_of_a_subscription_event_is_read() {
    let lists = "<SubscribeMsgPopupEvent><List><TemplateId>a</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>\
        <List><TemplateId>b</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgPopupEvent>";
    let Event::Subscription { stage, choices } = event("subscribe_msg_popup_event", lists) else { panic!() };
    assert_eq!(stage, SubscriptionStage::Asked);
    let choices: Vec<_> = choices.iter().map(|c| (c.template_id.as_str(), c.choice.as_deref())).collect();
    assert_eq!(choices, [("a", Some("accept")), ("b", Some("reject"))]);
}

#[test]
fn a_withdrawal_names_the_person_and_not_the_sender() {
    let fields = "<OpenID>oB</OpenID><AppID>wx1</AppID><RevokeInfo>201, 205</RevokeInfo>";
    let Event::UserData(event) = event("user_authorization_revoke", fields) else { panic!() };
    assert_eq!((event.change, event.openid.as_deref()), (UserDataChange::Revoked, Some("oB")));
    assert_eq!(event.revoked, ["201", "205"]);
}

#[test]
fn sessions_notices_and_tests_are_read() {
    let Event::ServiceSession { step, from, to, .. } =
        event("kf_switch_session", "<FromKfAccount>a@x</FromKfAccount><ToKfAccount>b@x</ToKfAccount>")
    else {
        panic!()
    };
    assert_eq!((step, from.as_deref(), to.as_deref()), (SessionStep::Switched, Some("a@x"), Some("b@x")));
    let failed = event("naming_verify_fail", "<FailTime>1442401122</FailTime><FailReason>by time</FailReason>");
    let reason = Some("by time".into());
    assert_eq!(failed, Event::Verification { expires_at_secs: None, failed_at_secs: Some(1_442_401_122), reason });
    assert_eq!(event("debug_demo", "<debug_str>hey</debug_str>"), Event::Debug { text: "hey".into() });
    assert_eq!(event("Card_Pass", ""), Event::Unknown { name: "Card_Pass".into() });
}

#[test]
fn a_push_without_its_common_fields_is_no_push() {
    let fields = ["ToUserName", "FromUserName", "CreateTime", "MsgType"];
    for missing in fields {
        let rest = fields.iter().filter(|name| **name != missing).map(|name| format!("<{name}>1</{name}>"));
        let rest = rest.collect::<Vec<_>>().concat();
        let root = parse(format!("<xml>{rest}</xml>").as_bytes(), PLAIN_MAX_BYTES).unwrap();
        assert_eq!(Message::read(&root, APPID), Err(MessageError::Field(missing)));
    }
}

#[test]
fn the_head_comes_from_before_what_people_write_and_once() {
    let head = [("ToUserName", "gh_1"), ("FromUserName", "oA"), ("CreateTime", "1"), ("MsgType", "text")];
    let field = |(name, text): (&str, &str)| format!("<{name}>{text}</{name}>");
    let read = |fields: String| Message::read(&parse(format!("<xml>{fields}</xml>").as_bytes(), 9_999).unwrap(), APPID);
    let whole: String = head.map(field).concat();
    assert!(read(format!("{whole}<Content>x</Content>")).is_ok());
    for (at, (name, text)) in head.into_iter().enumerate() {
        let rest: String = head.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, f)| field(*f)).collect();
        for written in ["Content", "Title", "Description", "Url", "Label", "EventKey", "Recognition", "ScanCodeInfo"] {
            let late = format!("{rest}<{written}>x</{written}>{}", field((name, text)));
            assert_eq!(read(late), Err(MessageError::Late(name)), "{name} {written}");
        }
        for twice in [
            format!("{whole}<Content>x</Content>{}", field((name, "oB"))),
            format!("{whole}{}<Content>x</Content>", field((name, text))),
            format!("{}{whole}", field((name, ""))),
        ] {
            assert_eq!(read(twice), Err(MessageError::Repeated(name)), "{name}");
        }
        // Inside another field it is not one of the head.
        assert!(read(format!("<a>{}</a>{whole}", field((name, "oB")))).is_ok());
    }
    let events = "<Event>LOCATION</Event><EventKey>k</EventKey><Event>unsubscribe</Event>";
    let event = whole.replace("text", "event");
    assert_eq!(read(format!("{event}{events}")), Err(MessageError::Repeated("Event")));
}
