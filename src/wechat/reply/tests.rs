use super::*;
use crate::wechat::xml::{Element, PLAIN_MAX_BYTES, parse};
use serde_json::{Map, Value};

fn tree(element: &Element) -> Value {
    if element.children().is_empty() {
        return Value::from(element.text());
    }
    if element.name() == "Articles" {
        return serde_json::json!({ "item": element.children().iter().map(tree).collect::<Vec<_>>() });
    }
    Value::Object(element.children().iter().map(|child| (child.name().to_owned(), tree(child))).collect::<Map<_, _>>())
}

fn rendered(reply: &Reply, trigger: Trigger) -> Element {
    let xml = render(reply, "oA", "gh_1", 1_757_650_000, trigger);
    parse(xml.as_bytes(), PLAIN_MAX_BYTES).unwrap()
}

/// The reply that a sample's expected tree describes.
fn reply(expected: &Value) -> Reply {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let optional = |value: &Value| value.as_str().map(str::to_owned);
    match expected["MsgType"].as_str().unwrap() {
        "text" => Reply::Text(text(&expected["Content"])),
        "image" => Reply::Image { media_id: text(&expected["Image"]["MediaId"]) },
        "voice" => Reply::Voice { media_id: text(&expected["Voice"]["MediaId"]) },
        "music" => {
            let music = &expected["Music"];
            Reply::Music {
                title: optional(&music["Title"]),
                description: optional(&music["Description"]),
                music_url: optional(&music["MusicUrl"]),
                hq_music_url: optional(&music["HQMusicUrl"]),
                thumb_media_id: text(&music["ThumbMediaId"]),
            }
        }
        "news" => {
            let item = |item: &Value| Article {
                title: text(&item["Title"]),
                description: text(&item["Description"]),
                pic_url: text(&item["PicUrl"]),
                url: text(&item["Url"]),
            };
            Reply::News(expected["Articles"]["item"].as_array().unwrap().iter().map(item).collect())
        }
        "transfer_customer_service" => Reply::Transfer { kf_account: None },
        other => panic!("no reply is called {other}"),
    }
}

#[test]
fn every_known_reply_is_written_as_expected() {
    let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/replies.json")).unwrap();
    let samples = file["samples"].as_array().unwrap();
    assert!(samples.len() > 10);
    for sample in samples {
        let expected = &sample["expected_tree"];
        if expected.is_null() {
            // Replies that no server may send: `seal_reply` passes on documents of `render`, "success" or nothing.
            assert!(sample["acceptable"] != true, "{}", sample["id"]);
            continue;
        }
        let reply = match sample["id"].as_str().unwrap() {
            // The expected text no longer contains the characters of this sample.
            "esc-control-chars-removed" => Reply::Text("a\0\u{b}b".to_owned()),
            _ => reply(expected),
        };
        let (to, from) = (expected["ToUserName"].as_str().unwrap(), expected["FromUserName"].as_str().unwrap());
        let time = expected["CreateTime"].as_str().unwrap().parse().unwrap();
        let xml = render(&reply, to, from, time, Trigger::Event);
        assert_eq!(&tree(&parse(xml.as_bytes(), PLAIN_MAX_BYTES).unwrap()), expected, "{}", sample["id"]);
    }
}

/// A text message, or a follow.
fn message(is_event: bool) -> Message {
    let kind = if is_event {
        "<MsgType>event</MsgType><Event>subscribe</Event>"
    } else {
        "<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>"
    };
    let head = "<ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1</CreateTime>";
    let document = format!("<xml>{head}{kind}</xml>");
    Message::read(&parse(document.as_bytes(), PLAIN_MAX_BYTES).unwrap(), "wx1").unwrap()
}

#[test]
fn every_reply_that_was_stored_is_rendered_to_the_same_bytes() {
    let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/replies.json")).unwrap();
    let expected = file["samples"].as_array().unwrap().iter().map(|sample| &sample["expected_tree"]);
    let mut replies: Vec<Reply> = expected.filter(|tree| !tree.is_null()).map(reply).collect();
    replies.push(Reply::Video { media_id: "m".into(), title: Some("t".into()), description: None });
    replies.push(Reply::Transfer { kf_account: Some("a@x".into()) });
    for reply in replies {
        for is_event in [false, true] {
            let message = message(is_event);
            let given = PassiveReply::answering(&message, reply.clone(), 1_757_650_000);
            assert_eq!(given.render(), render(&reply, "oA", "gh_1", 1_757_650_000, Trigger::of(&message)));
            let stored = serde_json::to_string(&given).unwrap();
            assert!(!stored.starts_with('<'), "{stored}");
            let again: PassiveReply = serde_json::from_str(&stored).unwrap();
            assert_eq!((&again, again.render()), (&given, given.render()));
        }
    }
}

#[test]
fn the_names_in_a_stored_reply_stay_as_they_are() {
    let stored = r#"{"to":"oA","from":"gh_1","created_at_secs":7,"reply":{"video":{"media_id":"m","title":"t","description":null}}}"#;
    let video = Reply::Video { media_id: "m".into(), title: Some("t".into()), description: None };
    let given = PassiveReply::answering(&message(false), video, 7);
    assert_eq!(serde_json::to_string(&given).unwrap(), stored);
    assert_eq!(serde_json::from_str::<PassiveReply>(stored).unwrap(), given);
}

#[test]
fn a_reply_is_cut_to_what_one_message_shows() {
    let long = PassiveReply::answering(&message(false), Reply::Text("长".repeat(1_000)), 7);
    assert_eq!(long.reply, Reply::Text("长".repeat(682)));
    let article = Article { title: "t".into(), description: "d".into(), pic_url: "p".into(), url: "u".into() };
    let news = PassiveReply::answering(&message(false), Reply::News(vec![article.clone(); 3]), 7);
    assert_eq!(news.reply, Reply::News(vec![article]));
}

#[test]
fn a_message_is_answered_by_one_article_and_an_event_by_eight() {
    let article = Article { title: "t".into(), description: "d".into(), pic_url: "p".into(), url: "u".into() };
    let reply = Reply::News(vec![article; 10]);
    for (trigger, count) in [(Trigger::Message, 1), (Trigger::Event, 8)] {
        let root = rendered(&reply, trigger);
        assert_eq!(root.field("ArticleCount"), Some(count.to_string().as_str()));
        assert_eq!(root.child("Articles").unwrap().children().len(), count);
    }
}

#[test]
fn a_video_and_a_named_transfer_are_written_as_expected() {
    let video = Reply::Video { media_id: "m".into(), title: Some("t".into()), description: None };
    let root = rendered(&video, Trigger::Message);
    assert_eq!(tree(root.child("Video").unwrap()), serde_json::json!({ "MediaId": "m", "Title": "t" }));
    let root = rendered(&Reply::Transfer { kf_account: Some("a@x".into()) }, Trigger::Message);
    assert_eq!(root.child("TransInfo").unwrap().field("KfAccount"), Some("a@x"));
}

#[test]
fn an_overlong_text_is_cut_between_two_characters() {
    let root = rendered(&Reply::Text("长".repeat(1_000)), Trigger::Message);
    assert_eq!(root.field("Content"), Some("长".repeat(682).as_str()));
}

#[test]
fn a_text_is_split_at_line_breaks_where_it_can_be() {
    assert_eq!(split_text("", 10), [] as [&str; 0]);
    assert_eq!(split_text("short", 10), ["short"]);
    assert_eq!(split_text("12345678\nabcdef", 10), ["12345678", "abcdef"]);
    assert_eq!(split_text("1234567890\nabc", 10), ["1234567890", "abc"]);
    assert_eq!(split_text("1\n345678901234", 10), ["1\n34567890", "1234"], "not at a break that wastes most of a part");
    assert_eq!(split_text("长长长长", 10), ["长长长", "长"]);
    assert_eq!(split_text("长长", 1), ["长", "长"]);
    assert_eq!(split_text("\n\n\n", 1), ["\n", "\n"]);
}

#[test]
fn a_link_and_a_sign_of_several_characters_stay_whole() {
    let link = "<a href=\"https://shop.example/menu/2026\">菜单</a>";
    let text = format!("{}{link}，欢迎", "字".repeat(650));
    assert_eq!(split_text(&text, 2_000), ["字".repeat(650), format!("{link}，欢迎")]);
    // A text is not split at a line break inside a link; a link that fits into a message stays together.
    let broken = format!("{}<a href='x'>菜\n单</a>", "字".repeat(10));
    assert_eq!(split_text(&broken, 50), ["字".repeat(10), "<a href='x'>菜\n单</a>".to_owned()]);
    let endless = format!("ab<a href='{}'>x</a>", "u".repeat(60));
    assert!(split_text(&endless, 40).iter().all(|piece| piece.len() <= 40));
    for sign in ["👨‍👩‍👧", "❤\u{fe0f}", "👍🏽", "🇨🇳", "1\u{20e3}", "e\u{301}"] {
        let text = format!("{}{sign}{sign}{sign}", "a".repeat(20));
        for max in 20..60 {
            let is_whole = |piece: &String| piece.trim_start_matches('a').replace(sign, "").is_empty();
            assert!(split_text(&text, max).iter().all(is_whole), "{sign} {max}");
        }
    }
    assert!(split_text("👨‍👩‍👧", 8).iter().all(|piece| piece.len() <= 8), "longer than a part");
}

#[test]
fn a_text_without_line_breaks_is_split_behind_a_sentence() {
    let text = format!("{}。{}", "一".repeat(30), "二".repeat(20));
    assert_eq!(split_text(&text, 110), [format!("{}。", "一".repeat(30)), "二".repeat(20)]);
    assert_eq!(split_text("one two three", 10), ["one two ", "three"].map(str::to_owned).to_vec());
    assert_eq!(split_text("一。二三四五六七八", 15), ["一。二三四", "五六七八"], "not where it wastes a part");
}

proptest::proptest! {
    #[test]
    fn splitting_loses_nothing_but_line_breaks(text in "([a长👍 。\n\u{200d}]|<a |</a>){0,60}", max in 4_usize..20) {
        let pieces = split_text(&text, max);
        proptest::prop_assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= max));
        proptest::prop_assert_eq!(pieces.concat().replace('\n', ""), text.replace('\n', ""));
    }
}
