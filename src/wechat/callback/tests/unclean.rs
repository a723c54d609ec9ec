//! Authentic pushes that are not clean: what people type is answered, what cannot be read has no effect, and no text speaks for another
//! person.

use super::*;
use crate::wechat::message::MessageError;
use base64::Engine as _;
use proptest::prelude::*;

const SENDER: &str = "oSender";
const VICTIM: &str = "oVictim";

/// A text message whose CDATA holds these bytes.
fn text_of(content: &[u8]) -> Vec<u8> {
    let head = format!(
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{SENDER}]]></FromUserName><CreateTime>1757650000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["
    );
    [head.as_bytes(), content, b"]]></Content><MsgId>24876512345678901</MsgId></xml>"].concat()
}

/// The same document in each mode: plain, safe, and compatible, where the fields are also beside `Encrypt`.
fn each_mode(document: &[u8]) -> [(Mode, String, Vec<u8>); 3] {
    let (query, body) = sealed(document, APPID);
    let seal = body.split("<Encrypt>").nth(1).unwrap();
    let end = document.windows(6).rposition(|tag| tag == b"</xml>").unwrap_or(document.len());
    let (seal, after) = (seal.strip_suffix("</xml>").unwrap(), &document[end..]);
    let compatible = [&document[..end], b"<Encrypt>", seal.as_bytes(), after].concat();
    [
        (Mode::Plain, query_at(NOW), document.to_vec()),
        (Mode::Safe, query.clone(), body.into_bytes()),
        (Mode::Compatible, query, compatible),
    ]
}

/// The push in each mode, which is one.
fn opened(document: &[u8]) -> Result<Message, Refusal> {
    let opened = each_mode(document)
        .map(|(mode, query, body)| open_push(&settings(mode), &query, &body, NOW).map(|push| push.message));
    let [plain, safe, compatible] = opened;
    assert_eq!(plain, safe, "{}", String::from_utf8_lossy(document));
    match &compatible {
        Err(refusal) => assert!(refusal.is_authentic() && plain.is_err(), "{}", String::from_utf8_lossy(document)),
        read => assert_eq!(read, &plain, "{}", String::from_utf8_lossy(document)),
    }
    plain
}

fn typed(content: &[u8]) -> String {
    let message = opened(&text_of(content)).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(content)));
    assert_eq!((message.from.as_str(), message.msg_id.as_deref()), (SENDER, Some("24876512345678901")));
    match message.kind {
        Kind::Text { content, .. } => content,
        other => panic!("{other:?}"),
    }
}

#[test]
fn forbidden_characters_are_dropped_wherever_they_are() {
    let forbidden = (0..0x20_u32).filter(|n| !matches!(n, 9 | 10 | 13)).chain([0xfffe, 0xffff]);
    for c in forbidden.map(|n| char::from_u32(n).unwrap()) {
        assert_eq!(typed(format!("你{c}好").as_bytes()), "你好", "{c:?}");
        assert_eq!(typed(format!("{c}{c}a{c}").as_bytes()), "a", "{c:?}");
        // It does not join what it separated to the end of the section.
        assert_eq!(typed(format!("a]]{c}>b]{c}]>c").as_bytes()), "a]]>b]]>c", "{c:?}");
        for document in [
            format!("{c}{}", String::from_utf8(text_of(b"x")).unwrap()),
            format!("{}{c}\n", String::from_utf8(text_of(b"x")).unwrap()),
            String::from_utf8(text_of(b"x")).unwrap().replace("<MsgId>", &format!("{c}<MsgId>")),
            String::from_utf8(text_of(b"x")).unwrap().replace("oSender", &format!("oSen{c}der")),
        ] {
            assert_eq!(opened(document.as_bytes()).unwrap().from, SENDER, "{document:?}");
        }
    }
    // Allowed ones stay.
    assert_eq!(typed("a\tb\u{7f}\u{85}\u{fffd}\u{10ffff}".as_bytes()), "a\tb\u{7f}\u{85}\u{fffd}\u{10ffff}");
}

#[test]
fn references_to_forbidden_characters_are_dropped() {
    let bare = |content: &str| {
        let document = String::from_utf8(text_of(b"")).unwrap();
        let document = document.replace("<Content><![CDATA[]]>", &format!("<Content>{content}"));
        opened(document.as_bytes()).map(|message| match message.kind {
            Kind::Text { content, .. } => content,
            other => panic!("{other:?}"),
        })
    };
    for reference in
        ["&#x2;", "&#2;", "&#x1F;", "&#xb;", "&#xFFFE;", "&#65535;", "&#xD83D;", "&#x110000;", "&#9999999999;"]
    {
        assert_eq!(bare(&format!("你{reference}好&#x4f60;&amp;")).unwrap(), "你好你&", "{reference}");
        // In a section it is only text.
        assert_eq!(typed(reference.as_bytes()), reference);
    }
    for unreadable in ["&#0;", "&#x0;", "&#x00000;", "&nbsp;", "&x;", "&#x;", "&#;", "&#xg;"] {
        assert_eq!(bare(unreadable).unwrap_err(), Refusal::Xml(XmlError::Malformed), "{unreadable}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    for (bytes, text) in [
        (&b"\xc4\xe3\xba\xc3"[..], "\u{fffd}\u{fffd}\u{fffd}"),
        (b"a\xe4\xbd", "a\u{fffd}"),
        (b"\xff", "\u{fffd}"),
        (b"\xed\xa0\xbd!", "\u{fffd}\u{fffd}\u{fffd}!"),
        (b"ok\xf0\x9f\x98", "ok\u{fffd}"),
    ] {
        assert_eq!(typed(bytes), text);
    }
}

#[test]
fn another_encoding_is_not_guessed() {
    let declared = [b"<?xml version=\"1.0\" encoding=\"GBK\"?>".to_vec(), text_of(b"\xc4\xe3\xba\xc3")].concat();
    let wide: Vec<u8> = "<xml/>".bytes().flat_map(|b| [b, 0]).collect();
    for document in
        [declared, wide.clone(), [b"\xff\xfe".to_vec(), wide].concat(), text_of(b"\xc0\xbc"), text_of(b"\xe0\x80\xbe")]
    {
        assert_eq!(opened(&document).unwrap_err(), Refusal::Xml(XmlError::Encoding));
    }
    for declaration in [
        "<?xml version='1.0' encoding='utf-8'?>",
        "<?xml version=\"1.0\" encoding=\"UTF8\"?>",
        "<?xml version=\"1.0\"?>",
    ] {
        let document = [declaration.as_bytes(), &text_of(b"\xff")].concat();
        assert_eq!(opened(&document).unwrap().from, SENDER);
    }
}

#[test]
fn a_mark_or_whitespace_may_precede_the_declaration() {
    let declared = [b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(), text_of(b"x")].concat();
    for before in ["\u{feff}", "\n", " \u{feff}\r\n", "\0"] {
        for document in [&declared, &text_of(b"x")] {
            let document = [before.as_bytes(), document, before.as_bytes()].concat();
            assert_eq!(opened(&document).unwrap().from, SENDER, "{before:?}");
        }
    }
}

#[test]
fn pasted_xml_is_a_text() {
    for pasted in [
        "<xml><Content><![CDATA[nihao]]></Content></xml>",
        "<Content><![CDATA[nihao]]></Content>",
        "<![CDATA[nihao]]>",
        "<![CDATA[a]]><![CDATA[b]]>",
        "<a><![CDATA[<b><![CDATA[c]]></b>]]></a>",
        "<xml>\n<ToUserName><![CDATA[toUser]]></ToUserName>\n<FromUserName><![CDATA[oVictim]]></FromUserName>\n<CreateTime>12345678</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[nihao]]></Content>\n</xml>",
        "a]]>b",
        "]]>",
        "if (a[b[0]]>1) x",
        "]]></Content>",
        "a]]></Content>b",
        "]]></Content></xml>",
        "]]></Content></xml>]]></Content></xml>",
        "<![CDATA[ ]]>]]></a>",
        "<xml><Content>nihao</Content></xml>",
        "<!-- x --> <!DOCTYPE html> <?xml version='1.0'?> &nbsp; &#2;",
        "]]",
    ] {
        assert_eq!(typed(pasted.as_bytes()), pasted);
    }
}

#[test]
fn forbidden_markup_outside_the_text_is_not_repaired() {
    for (typed, error) in [
        ("]]></Content><!DOCTYPE x><Content><![CDATA[", XmlError::Forbidden),
        ("]]></Content><?go?><Content><![CDATA[", XmlError::Forbidden),
        ("<![CDATA[x]]><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;", XmlError::Forbidden),
        ("]]></Content><\0!DOCTYPE x><Content><![CDATA[", XmlError::Forbidden),
    ] {
        assert_eq!(opened(&text_of(typed.as_bytes())).unwrap_err(), Refusal::Xml(error), "{typed}");
    }
}

/// Every hostile document that must be refused: signed it is authentic and has no effect, unsigned it is refused.
#[test]
fn every_hostile_document_is_unreadable_and_no_forgery() {
    let file: Value = serde_json::from_str(include_str!("../../../../tests/vectors/hostile.json")).unwrap();
    let mut seen = 0;
    for sample in file["samples"].as_array().unwrap() {
        if !sample["expect"].as_str().unwrap().starts_with("reject") {
            continue;
        }
        seen += 1;
        let document = match (&sample["body"], &sample["body_parts"]) {
            (Value::String(body), _) => body.clone().into_bytes(),
            (_, Value::Array(parts)) => {
                let part = |part: &Value| {
                    part[0].as_str().unwrap().repeat(usize::try_from(part[1].as_u64().unwrap()).unwrap())
                };
                parts.iter().map(part).collect::<String>().into_bytes()
            }
            _ => base64::prelude::BASE64_STANDARD.decode(sample["body_base64"].as_str().unwrap()).unwrap(),
        };
        for (mode, query, body) in each_mode(&document) {
            let refusal = open_push(&settings(mode), &query, &body, NOW).unwrap_err();
            // A document that ends the envelope early hides the encrypted text.
            let is_fine = refusal.is_authentic() || mode == Mode::Compatible;
            assert!(is_fine, "{}: {refusal}", sample["id"]);
            let unsigned = query.replace("signature=", "signature=0");
            assert!(!open_push(&settings(mode), &unsigned, &body, NOW).unwrap_err().is_authentic());
        }
    }
    assert!(seen > 12);
}

#[test]
fn a_push_without_a_sender_is_authentic() {
    for (name, refusal) in [
        ("FromUserName", MessageError::Field("FromUserName")),
        ("ToUserName", MessageError::Field("ToUserName")),
        ("CreateTime", MessageError::Field("CreateTime")),
        ("MsgType", MessageError::Field("MsgType")),
    ] {
        let document = String::from_utf8(text_of(b"x")).unwrap();
        let start = document.find(&format!("<{name}>")).unwrap();
        let end = document.find(&format!("</{name}>")).unwrap() + name.len() + 3;
        let without = format!("{}{}", &document[..start], &document[end..]);
        assert_eq!(opened(without.as_bytes()).unwrap_err(), Refusal::Message(refusal));
        // A person's text does not take its place.
        let field = format!("<{name}><![CDATA[{VICTIM}]]></{name}>");
        for written in
            [field.clone(), format!("]]></Content>{field}<Content><![CDATA["), format!("]]></Content>{field}")]
        {
            let forged = without.replace("[x]", &format!("[{written}]"));
            let refusal = opened(forged.as_bytes()).unwrap_err();
            assert!(matches!(refusal, Refusal::Message(_) | Refusal::Xml(_)), "{written}: {refusal}");
        }
    }
}

/// What a person may write to speak for another, with what the platform puts around it.
fn fragment() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        Just(format!("<FromUserName><![CDATA[{VICTIM}]]></FromUserName>")),
        Just(format!("<FromUserName>{VICTIM}</FromUserName>")),
        Just(format!("<FromUserName a='>'>{VICTIM}</FromUserName>")),
        Just("<ToUserName>gh_2</ToUserName>".to_owned()),
        Just("<MsgType>event</MsgType><Event>unsubscribe</Event>".to_owned()),
        Just("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event>".to_owned()),
        Just("<CreateTime>1</CreateTime>".to_owned()),
        Just("<Event>user_authorization_cancellation</Event><OpenID>oVictim</OpenID>".to_owned()),
        Just("<MsgId>1</MsgId>".to_owned()),
        Just("<EventKey>qrscene_1</EventKey>".to_owned()),
    ];
    let markup = prop::sample::select(vec![
        "]]>",
        "<![CDATA[",
        "]]",
        ">",
        "]",
        "</Content>",
        "<Content>",
        "<Content><![CDATA[",
        "]]></Content>",
        "</xml>",
        "<xml>",
        "<!--",
        "-->",
        "]]><!--",
        "--><![CDATA[",
        "</Title>",
        "<Title><![CDATA[",
        "</Description>",
        "<Description><![CDATA[",
        "</Label>",
        "</ScanResult>",
        "</ScanCodeInfo>",
        "</EventKey>",
        "&#x2;",
        "&lt;",
        "\u{2}",
        "\0",
        "\u{fffe}",
        "\u{feff}",
        "<Evil/>",
        "<x>",
        "</x>",
        "你好",
        "1",
        " ",
        "\n",
    ]);
    prop_oneof![2 => head, 3 => markup.prop_map(str::to_owned)]
}

fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// Whatever people write in whichever fields: sender, recipient, time and kind are the platform's.
    #[test]
    fn no_text_speaks_for_another_person(one in fragments(), two in fragments(), shape in 0..8_usize) {
        let cdata = |name: &str, text: &str| format!("<{name}><![CDATA[{text}]]></{name}>");
        let (kind, fields) = match shape {
            0 => ("text", cdata("Content", &one)),
            1 => ("link", [cdata("Title", &one), cdata("Description", &two), cdata("Url", &one)].concat()),
            2 => ("location", format!("<Location_X>1</Location_X>{}{}", cdata("Label", &one), cdata("Poiname", &two))),
            3 => ("voice", cdata("MediaId", "m") + &cdata("Recognition", &one)),
            4 => ("event", cdata("Event", "VIEW") + &cdata("EventKey", &one)),
            5 => ("event", format!(
                "{}{}<ScanCodeInfo>{}{}</ScanCodeInfo>", cdata("Event", "scancode_push"), cdata("EventKey", &two),
                cdata("ScanType", "qrcode"), cdata("ScanResult", &one),
            )),
            6 => ("event", format!(
                "{}{}<SendLocationInfo>{}{}</SendLocationInfo>", cdata("Event", "location_select"), cdata("EventKey", "k"),
                cdata("Label", &one), cdata("Poiname", &two),
            )),
            _ => ("miniprogrampage", cdata("Title", &one) + &cdata("PagePath", &two)),
        };
        let document = format!(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{SENDER}]]></FromUserName><CreateTime>1757650000</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}<MsgId>7</MsgId></xml>"
        );
        for (mode, query, body) in each_mode(document.as_bytes()) {
            match open_push(&settings(mode), &query, &body, NOW) {
                Ok(Push { message, .. }) => {
                    prop_assert_eq!((message.from.as_str(), message.to.as_str()), (SENDER, "gh_1"));
                    prop_assert_eq!((message.msg_type(), message.create_time_secs), (kind, 1_757_650_000));
                    let has_effect =
                        matches!(message.kind, Kind::Event(Event::Unsubscribe | Event::UserData(_) | Event::Subscribe { .. }));
                    prop_assert!(!has_effect);
                    prop_assert!(message.dedupe_key.contains(SENDER));
                }
                Err(refusal) => prop_assert!(refusal.is_authentic(), "{}", refusal),
            }
        }
    }

    /// A text without markup comes through, whatever control characters and broken bytes are in it.
    #[test]
    fn what_people_type_is_read(content in prop::collection::vec(any::<u8>().prop_filter("no markup", |b| !b"<>&]".contains(b)), 0..60)) {
        prop_assume!(!String::from_utf8_lossy(&content).contains("]]>"));
        let disguised = content.windows(2).any(|two| matches!(two, [0xc0, 0xbc | 0xbe | 0xa6] | [0xe0 | 0xf0, 0x80]));
        prop_assume!(!disguised);
        let expected: String = String::from_utf8_lossy(&content)
            .chars()
            .filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..))
            .collect();
        prop_assert_eq!(typed(&content), expected.replace("\r\n", "\n").replace('\r', "\n"));
    }
}
