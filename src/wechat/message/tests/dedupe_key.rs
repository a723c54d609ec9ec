//! The keys by which redeliveries are found.

use super::*;

#[test]
fn two_people_never_share_a_dedupe_key() {
    for fields in [
        "<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>",
        "<MsgType>text</MsgType><Content>x</Content>",
        "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>",
        "<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID>",
    ] {
        let of = |openid: &str| {
            let head = "<ToUserName>gh_1</ToUserName><CreateTime>1</CreateTime>";
            read(&format!("<xml>{head}<FromUserName>{openid}</FromUserName>{fields}</xml>")).dedupe_key
        };
        assert_ne!(of("oA"), of("oB"), "{fields}");
        assert_eq!(of("oA"), of("oA"), "{fields}");
    }
}

#[test]
fn without_an_id_the_content_tells_two_pushes_of_one_second_apart() {
    let keys = [
        "<MsgType>text</MsgType><Content>a</Content>",
        "<MsgType>text</MsgType><Content>b</Content>",
        "<MsgType>text</MsgType><Content>ab</Content>",
        "<MsgType>text</MsgType><Content>a</Content><x>b</x>",
        "<MsgType>location</MsgType><Label>a</Label>",
        "<MsgType>event</MsgType><Event>LOCATION</Event><Latitude>1</Latitude>",
        "<MsgType>event</MsgType><Event>LOCATION</Event><Latitude>2</Latitude>",
        "<MsgType>event</MsgType><Event>pic_weixin</Event><SendPicsInfo><Count>1</Count></SendPicsInfo>",
        "<MsgType>event</MsgType><Event>pic_weixin</Event><SendPicsInfo><Count>2</Count></SendPicsInfo>",
        // Two ids: one of them is not the platform's.
        "<MsgType>text</MsgType><Content>a</Content><MsgId>1</MsgId><MsgId>2</MsgId>",
        "<MsgType>text</MsgType><Content>c</Content><MsgId>1</MsgId><MsgID>2</MsgID>",
    ];
    let distinct: std::collections::BTreeSet<_> = keys.iter().map(|fields| push(fields).dedupe_key).collect();
    assert_eq!(distinct.len(), keys.len());
    let compatible = |seal: &str| push(&format!("{}<Encrypt>{seal}</Encrypt>", keys[0])).dedupe_key;
    assert_eq!(compatible("1"), compatible("2"));
}

#[test]
fn two_accounts_never_share_a_dedupe_key() {
    let xml = "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>";
    let root = parse(xml.as_bytes(), PLAIN_MAX_BYTES).unwrap();
    let (one, two) = (Message::read(&root, "wx1").unwrap(), Message::read(&root, "wx2").unwrap());
    assert_ne!(one.dedupe_key, two.dedupe_key);
}

#[test]
fn two_events_of_one_second_are_told_apart() {
    let events = [
        "<Event>subscribe</Event>",
        "<Event>LOCATION</Event>",
        "<Event>SCAN</Event><EventKey>1</EventKey>",
        "<Event>SCAN</Event><EventKey>2</EventKey>",
    ];
    let keys: std::collections::BTreeSet<_> =
        events.iter().map(|event| push(&format!("<MsgType>event</MsgType>{event}")).dedupe_key).collect();
    assert_eq!(keys.len(), events.len());
}

#[test]
fn a_long_dedupe_key_stays_short_and_distinct() {
    let key = |end: &str| {
        let url = "订".repeat(340) + end;
        push(&format!("<MsgType>event</MsgType><Event>VIEW</Event><EventKey>{url}</EventKey>")).dedupe_key
    };
    assert!(key("1").len() <= DEDUPE_KEY_MAX_BYTES && key("1").len() > DEDUPE_KEY_MAX_BYTES - 4);
    assert_eq!(key("1"), key("1"));
    assert_ne!(key("1"), key("2"));
}
