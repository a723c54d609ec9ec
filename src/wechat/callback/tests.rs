use super::*;
use crate::base::rng::{SeededRng, SystemRng};
use crate::wechat::crypto::CryptoError;
use crate::wechat::message::{Event, Kind};
use crate::wechat::xml::{ENVELOPE_MAX_BYTES, XmlError};
use serde_json::Value;

mod unclean;

const NOW: i64 = 1_757_650_000;
const TOKEN: &str = "Tok3n";
const APPID: &str = "wx0123456789abcdef";
const KEY: &str = "cPpFMlYSZgCB6BZzT55xuJCnrL9FUVufBUgOgtXLGZi";
const OLDER_KEY: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
const TEXT: &str = "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1757650000</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>";

fn key(text: &str) -> AesKey {
    AesKey::parse(text).unwrap()
}

fn settings(mode: Mode) -> PushSettings {
    let keys = if mode == Mode::Plain { vec![] } else { vec![key(KEY)] };
    PushSettings::new(TOKEN, APPID, mode, keys).unwrap()
}

/// A signed query of the plain kind.
fn query_at(secs: i64) -> String {
    let signature = sign(&[TOKEN, &secs.to_string(), "n1"]);
    format!("signature={signature}&timestamp={secs}&nonce=n1&openid=oA")
}

/// An encrypted push of `xml` to `appid`: its query and body.
fn sealed(xml: impl AsRef<[u8]>, appid: &str) -> (String, String) {
    envelope(&crypto::encrypt(&key(KEY), appid, xml, [5; 16]))
}

/// A push with this text instead of an encrypted one.
fn envelope(encrypt: &str) -> (String, String) {
    let signature = sign(&[TOKEN, &NOW.to_string(), "n1", encrypt]);
    let query = format!("{}&encrypt_type=aes&msg_signature={signature}", query_at(NOW));
    (query, format!("<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"))
}

fn refused(mode: Mode, query: &str, body: &str) -> Refusal {
    open_push(&settings(mode), query, body.as_bytes(), NOW).unwrap_err()
}

fn content(push: &Push) -> &str {
    match &push.message.kind {
        Kind::Text { content, .. } => content,
        other => panic!("{other:?} is no text"),
    }
}

mod known {
    use super::*;

    fn settings_of(config: &Value) -> PushSettings {
        let text = |name: &str| config[name].as_str();
        let mode = match text("mode").unwrap() {
            "plain" => Mode::Plain,
            "compat" => Mode::Compatible,
            _ => Mode::Safe,
        };
        let names = ["encoding_aes_key", "previous_encoding_aes_key"];
        let keys = names.into_iter().filter(|_| mode != Mode::Plain).filter_map(text).map(key).collect();
        PushSettings::new(text("token").unwrap(), text("appid").unwrap(), mode, keys).unwrap()
    }

    /// The time in a request, for a clock that stands still there.
    fn clock(query: &str) -> i64 {
        Query::parse(query).unwrap().stamp().unwrap().secs()
    }

    #[test]
    fn every_known_exchange_ends_as_expected() {
        let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/push.json")).unwrap();
        let requests = file["requests"].as_array().unwrap();
        assert!(requests.len() > 10);
        for exchange in requests {
            let (id, expect) = (exchange["id"].as_str().unwrap(), &exchange["expect"]);
            let (settings, query) = (settings_of(&exchange["config"]), exchange["request"]["query"].as_str().unwrap());
            let body = exchange["request"]["body"].as_str().unwrap_or_default().as_bytes();
            let opened = open_push(&settings, query, body, clock(query));
            match id {
                "get-verify-html-echostr" => {
                    assert_eq!(verify_url(&settings, query, clock(query)), Err(Refusal::Shape));
                }
                // Optional for an implementation. Here the address must be signed as well:
                "safe-msg-signature-valid-url-signature-wrong" => assert_eq!(opened.unwrap_err(), Refusal::Signature),
                // The sender comes from the body, not from the query:
                "plain-openid-mismatch" => assert_eq!(opened.unwrap().message.from, "oABCdefGHIjklMNOpqrSTUvwxYZ0"),
                // Official accounts push XML:
                "official-docs-safe-json" => assert_eq!(opened.unwrap_err(), Refusal::Xml(XmlError::Malformed)),
                _ if expect["accept"] == true => accepted(id, &opened.unwrap(), expect, &settings),
                _ => assert_eq!(opened.unwrap_err(), refusal(id), "{id}"),
            }
        }
    }

    fn accepted(id: &str, push: &Push, expect: &Value, settings: &PushSettings) {
        assert_eq!(content(push), expect["content"].as_str().unwrap(), "{id}");
        assert_eq!(push.message.from, expect["from"].as_str().unwrap(), "{id}");
        if let Some(msg_id) = expect["msg_id"].as_str() {
            assert_eq!(push.message.msg_id.as_deref(), Some(msg_id), "{id}");
        }
        let used = usize::from(expect["reply_key"] == "previous");
        assert_eq!(push.seal, Seal::Encrypted(settings.aes_keys()[used].clone()), "{id}");
    }

    fn refusal(id: &str) -> Refusal {
        match id {
            "plain-bad-signature" => Refusal::Signature,
            "plain-json-body" => Refusal::Xml(XmlError::Malformed),
            "safe-unknown-key" => Refusal::Crypto(CryptoError::Buffer),
            "safe-url-signature-only-valid" => Refusal::MessageSignature,
            "safe-downgrade-raw" => Refusal::Downgrade,
            "safe-aes-but-plain-body" => Refusal::NoEncrypt,
            other => panic!("{other} is new"),
        }
    }
}

#[test]
fn the_official_verification_is_answered_with_its_echo() {
    let settings = PushSettings::new("AAAAA", APPID, Mode::Plain, vec![]).unwrap();
    let query = "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492";
    assert_eq!(verify_url(&settings, query, 1_714_036_504).unwrap(), "4375120948345356249");
}

#[test]
fn the_verification_is_the_same_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Safe] {
        let query = format!("{}&echostr=a-B_9", query_at(NOW));
        assert_eq!(verify_url(&settings(mode), &query, NOW).unwrap(), "a-B_9");
    }
}

#[test]
fn only_a_harmless_echo_is_returned() {
    for echo in ["", "%3Cscript%3E", "a%20b", "a%0D%0Ab", "%E4%BD%A0", &"x".repeat(129)] {
        let query = format!("{}&echostr={echo}", query_at(NOW));
        assert_eq!(verify_url(&settings(Mode::Plain), &query, NOW), Err(Refusal::Shape), "{echo}");
    }
    assert_eq!(verify_url(&settings(Mode::Plain), &query_at(NOW), NOW), Err(Refusal::Shape));
}

#[test]
fn a_plain_push_is_opened_in_the_plain_mode() {
    let push = open_push(&settings(Mode::Plain), &query_at(NOW), TEXT.as_bytes(), NOW).unwrap();
    assert_eq!((content(&push), &push.seal), ("hi", &Seal::Plain));
    let raw = format!("{}&encrypt_type=raw", query_at(NOW));
    assert!(open_push(&settings(Mode::Plain), &raw, TEXT.as_bytes(), NOW).is_ok());
}

#[test]
fn a_plain_body_is_refused_where_an_encrypting_mode_is_configured() {
    for mode in [Mode::Compatible, Mode::Safe] {
        assert_eq!(refused(mode, &query_at(NOW), TEXT), Refusal::Downgrade);
        assert_eq!(refused(mode, &format!("{}&encrypt_type=raw", query_at(NOW)), TEXT), Refusal::Downgrade);
        assert_eq!(refused(mode, &format!("{}&encrypt_type=AES", query_at(NOW)), TEXT), Refusal::Shape);
        let (query, _) = sealed(TEXT, APPID);
        assert_eq!(refused(mode, &query, TEXT), Refusal::NoEncrypt);
    }
}

#[test]
fn an_encrypted_push_without_a_key_is_refused() {
    let (query, body) = sealed(TEXT, APPID);
    assert_eq!(refused(Mode::Plain, &query, &body), Refusal::Keyless);
}

#[test]
fn only_what_was_encrypted_counts_in_the_compatible_mode() {
    let (query, body) = sealed(TEXT, APPID);
    let forged = body.replace("<Encrypt>", "<FromUserName>oEvil</FromUserName><Content>forged</Content><Encrypt>");
    let push = open_push(&settings(Mode::Compatible), &query, forged.as_bytes(), NOW).unwrap();
    assert_eq!((content(&push), push.message.from.as_str()), ("hi", "oA"));
}

#[test]
fn the_signature_of_the_address_never_stands_in_for_that_of_the_message() {
    let address = sign(&[TOKEN, &NOW.to_string(), "n1"]);
    let query = format!("{}&encrypt_type=aes&msg_signature={address}", query_at(NOW));
    for empty in
        ["<xml/>", "<xml><Encrypt/></xml>", "<xml><Encrypt> </Encrypt></xml>", "<xml><a><Encrypt>x</Encrypt></a></xml>"]
    {
        assert_eq!(refused(Mode::Safe, &query, empty), Refusal::NoEncrypt, "{empty}");
    }
    let (_, body) = sealed(TEXT, APPID);
    assert_eq!(refused(Mode::Safe, &query, &body), Refusal::MessageSignature);
    assert_eq!(refused(Mode::Safe, &format!("{}&encrypt_type=aes", query_at(NOW)), &body), Refusal::Shape);
}

#[test]
fn a_push_for_another_account_is_refused() {
    let (query, body) = sealed(TEXT, "wxffffffffffffffff");
    assert_eq!(refused(Mode::Safe, &query, &body), Refusal::Crypto(CryptoError::AppId));
}

#[test]
fn only_a_right_signature_in_plain_mode_is_one_to_remember() {
    let of = |mode, query: &str, body: &str| plain_signature(&settings(mode), query, body.as_bytes(), NOW);
    let (one, other) = (of(Mode::Plain, &query_at(NOW), "a").unwrap(), of(Mode::Plain, &query_at(NOW), "b").unwrap());
    assert_eq!((&one.triple, one.signed_at_ms), (&other.triple, NOW * 1000));
    assert_ne!(one.body_digest, other.body_digest);
    assert!(of(Mode::Plain, &query_at(NOW - 301), "a").is_none());
    assert!(of(Mode::Plain, &query_at(NOW).replace("signature=", "signature=0"), "a").is_none());
    assert!(of(Mode::Safe, &query_at(NOW), "a").is_none());
}

#[test]
fn a_request_is_fresh_for_five_minutes_either_way() {
    for (off, fresh) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let opened = open_push(&settings(Mode::Plain), &query_at(NOW + off), TEXT.as_bytes(), NOW);
        assert_eq!(opened.is_ok(), fresh, "{off}");
    }
    let far = open_push(&settings(Mode::Plain), &query_at(9_999_999_999), TEXT.as_bytes(), i64::MIN);
    assert_eq!(far.unwrap_err(), Refusal::Stale);
}

#[test]
fn a_parameter_that_occurs_twice_is_refused() {
    for twice in ["nonce=n1", "signature=0", "openid=oB", "%6eonce=n1", "x=1&x=1"] {
        assert_eq!(refused(Mode::Plain, &format!("{}&{twice}", query_at(NOW)), TEXT), Refusal::Duplicate, "{twice}");
    }
}

#[test]
fn parts_that_run_into_each_other_are_refused_though_their_signature_matches() {
    // The same sorted text as (1757650000, n1), split at another position.
    let signature = sign(&[TOKEN, "1757650000", "n1"]);
    for (stamp, nonce) in [("175765000", "0n1"), ("1757650000n", "1"), ("", "1757650000n1")] {
        let query = format!("signature={signature}&timestamp={stamp}&nonce={nonce}");
        assert_eq!(refused(Mode::Plain, &query, TEXT), Refusal::Shape, "{stamp} {nonce}");
    }
}

#[test]
fn a_missing_or_odd_parameter_is_refused() {
    for query in ["", "signature=&timestamp=&nonce=", "timestamp=1757650000&nonce=n1", "&&==", "%FF=%FF"] {
        assert_eq!(refused(Mode::Plain, query, TEXT), Refusal::Shape, "{query}");
    }
    let loud = query_at(NOW).replacen(&sign(&[TOKEN, &NOW.to_string(), "n1"]), &"F".repeat(40), 1);
    assert_eq!(refused(Mode::Plain, &loud, TEXT), Refusal::Signature);
}

#[test]
fn what_is_not_a_push_is_refused_after_decryption_too() {
    for (plain, refusal) in [
        ("", Refusal::Xml(XmlError::Malformed)),
        ("<!DOCTYPE xml><xml/>", Refusal::Xml(XmlError::Forbidden)),
        ("<xml/>", Refusal::Message(crate::wechat::message::MessageError::Field("ToUserName"))),
    ] {
        let (query, body) = sealed(plain, APPID);
        assert_eq!(refused(Mode::Safe, &query, &body), refusal);
    }
    let (query, body) = sealed(TEXT.replace("hi", &"x".repeat(PLAIN_MAX_BYTES)), APPID);
    assert_eq!(refused(Mode::Safe, &query, &body), Refusal::Xml(XmlError::TooLarge));
    let (query, body) = envelope("!not base64!");
    assert_eq!(refused(Mode::Safe, &query, &body), Refusal::Crypto(CryptoError::Base64));
}

#[test]
fn an_event_is_opened_like_a_message() {
    let xml = TEXT.replace("<MsgType>text</MsgType>", "<MsgType>event</MsgType><Event>unsubscribe</Event>");
    let (query, body) = sealed(&xml, APPID);
    let push = open_push(&settings(Mode::Safe), &query, body.as_bytes(), NOW).unwrap();
    assert_eq!(push.message.kind, Kind::Event(Event::Unsubscribe));
}

#[test]
fn a_sealed_reply_is_signed_and_opens_with_the_key_of_its_push() {
    let settings = PushSettings::new(TOKEN, APPID, Mode::Safe, vec![key(OLDER_KEY), key(KEY)]).unwrap();
    let (query, body) = sealed(TEXT, APPID);
    let push = open_push(&settings, &query, body.as_bytes(), NOW).unwrap();
    let reply = seal_reply(&settings, &push.seal, "<xml>你好</xml>", NOW, &SeededRng::new(1));
    let root = xml::parse(reply.as_bytes(), ENVELOPE_MAX_BYTES).unwrap();
    let field = |name: &str| root.field(name).unwrap();
    let parts = [TOKEN, field("TimeStamp"), field("Nonce"), field("Encrypt")];
    assert!(verify(&parts, field("MsgSignature")));
    assert_eq!(field("TimeStamp"), NOW.to_string());
    assert_eq!(crypto::decrypt(&[key(KEY)], field("Encrypt"), APPID).unwrap().0, "<xml>你好</xml>");
}

#[test]
fn equal_replies_are_sealed_differently() {
    let seal = Seal::Encrypted(key(KEY));
    let again = || seal_reply(&settings(Mode::Safe), &seal, "<xml/>", NOW, &SystemRng);
    assert_ne!(again(), again());
}

#[test]
fn success_and_nothing_are_never_sealed() {
    for answer in ["success", ""] {
        for seal in [Seal::Plain, Seal::Encrypted(key(KEY))] {
            assert_eq!(seal_reply(&settings(Mode::Safe), &seal, answer, NOW, &SystemRng), answer);
        }
    }
    assert_eq!(seal_reply(&settings(Mode::Plain), &Seal::Plain, "<xml/>", NOW, &SystemRng), "<xml/>");
}

#[test]
fn settings_that_would_let_anybody_in_cannot_be_made() {
    for token in ["", "ab", "a b c", "tök3n", &"x".repeat(33)] {
        assert_eq!(PushSettings::new(token, APPID, Mode::Plain, vec![]).unwrap_err(), SettingsError::Token, "{token}");
    }
    assert_eq!(PushSettings::new(TOKEN, "", Mode::Plain, vec![]).unwrap_err(), SettingsError::AppId);
    assert_eq!(PushSettings::new(TOKEN, APPID, Mode::Safe, vec![]).unwrap_err(), SettingsError::MissingKey);
    assert_eq!(PushSettings::new(TOKEN, APPID, Mode::Plain, vec![key(KEY)]).unwrap_err(), SettingsError::UnusedKey);
}

#[test]
fn settings_and_seals_print_no_secret() {
    let printed = format!("{:?} {:?}", settings(Mode::Safe), Seal::Encrypted(key(KEY)));
    assert!(!printed.contains(TOKEN) && !printed.contains(KEY), "{printed}");
}

proptest::proptest! {
    #[test]
    fn no_request_makes_the_door_panic(query in ".{0,120}", body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        for mode in [Mode::Plain, Mode::Safe] {
            proptest::prop_assert!(open_push(&settings(mode), &query, &body, NOW).is_err());
        }
    }

    #[test]
    fn no_signed_text_makes_the_opener_panic(encrypt in "[A-Za-z0-9+/]{0,120}={0,2}") {
        let (query, body) = envelope(&encrypt);
        proptest::prop_assert!(open_push(&settings(Mode::Safe), &query, body.as_bytes(), NOW).is_err());
    }
}
