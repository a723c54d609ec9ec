use super::*;
use crate::{
    base::rng::SystemRng,
    wechat::{
        callback::{PushSettings, Seal, seal_reply},
        reply::{Article as ReplyArticle, Reply, render},
    },
};

const NOW: i64 = 1_757_650_000;

struct Stage {
    of: Credentials,
    push: Push,
}

impl Stage {
    fn new(is_event: bool) -> Self {
        Self { of: Credentials::random(&SystemRng), push: Push::new("oA", "<xml></xml>".to_owned(), is_event) }
    }

    fn plain(&self, reply: &Reply) -> String {
        let trigger = if self.push.is_event() { Trigger::Event } else { Trigger::Message };
        render(reply, "oA", &self.of.original_id, NOW, trigger)
    }

    fn sealed(&self, xml: &str) -> String {
        let key = self.of.key().unwrap();
        let settings = PushSettings::new(&self.of.token, &self.of.appid, Mode::Safe, vec![key.clone()]).unwrap();
        seal_reply(&settings, &Seal::Encrypted(key), xml, NOW, &SystemRng)
    }

    fn read(&self, mode: Mode, body: &str) -> Result<Option<ChatContent>, Oddity> {
        read(&self.of, mode, &self.push, 200, body.as_bytes())
    }
}

fn text(text: &str) -> Reply {
    Reply::Text(text.to_owned())
}

#[test]
fn success_and_nothing_say_nothing_in_every_mode() {
    let stage = Stage::new(false);
    for mode in [Mode::Plain, Mode::Compatible, Mode::Safe] {
        assert_eq!(stage.read(mode, "success"), Ok(None));
        assert_eq!(stage.read(mode, ""), Ok(None));
    }
}

#[test]
fn a_sealed_answer_is_opened_and_an_open_one_refused_in_safe_mode() {
    let stage = Stage::new(false);
    let plain = stage.plain(&text("你好"));
    let sealed = stage.sealed(&plain);
    let content = Ok(Some(ChatContent::Text("你好".to_owned())));
    assert_eq!(stage.read(Mode::Safe, &sealed), content);
    assert_eq!(stage.read(Mode::Compatible, &sealed), content);
    assert_eq!(stage.read(Mode::Compatible, &plain), content);
    assert_eq!(stage.read(Mode::Plain, &plain), content);
    assert_eq!(stage.read(Mode::Safe, &plain), Err(Oddity::NotSealed));
}

#[test]
fn a_forged_answer_is_refused() {
    let stage = Stage::new(false);
    let sealed = stage.sealed(&stage.plain(&text("hi")));
    let (stamp, other) = (format!("<TimeStamp>{NOW}<"), format!("<TimeStamp>{}<", NOW + 1));
    assert_eq!(stage.read(Mode::Safe, &sealed.replace(&stamp, &other)), Err(Oddity::Signature));
    let foreign =
        Stage { of: Credentials { appid: "wxother".to_owned(), ..stage.of.clone() }, push: stage.push.clone() };
    assert_eq!(foreign.read(Mode::Safe, &sealed), Err(Oddity::Crypto));
}

#[test]
fn whatever_the_platform_could_not_show_is_odd() {
    let stage = Stage::new(false);
    let right = stage.plain(&text("hi"));
    let cases = [
        (r#"{"errcode":0}"#.to_owned(), Oddity::NotXml),
        ("<html></html>".to_owned(), Oddity::NotXml),
        (right.replace("</xml>", ""), Oddity::NotXml),
        (right.replace("oA", "oB"), Oddity::Field("ToUserName")),
        (right.replace("gh_", "hg_"), Oddity::Field("FromUserName")),
        (right.replace(&NOW.to_string(), "now"), Oddity::Field("CreateTime")),
        (right.replace("hi", ""), Oddity::Field("Content")),
        (right.replace("hi", &"字".repeat(683)), Oddity::TooLong),
        (right.replace("[text]", "[hologram]"), Oddity::Kind),
        (stage.plain(&Reply::Image { media_id: String::new() }), Oddity::Field("MediaId")),
        (stage.plain(&Reply::News(vec![])), Oddity::Field("ArticleCount")),
    ];
    for (body, oddity) in cases {
        assert_eq!(stage.read(Mode::Plain, &body), Err(oddity), "{body}");
    }
    assert_eq!(read(&stage.of, Mode::Plain, &stage.push, 500, b"success"), Err(Oddity::Status(500)));
    assert_eq!(read(&stage.of, Mode::Plain, &stage.push, 403, b""), Err(Oddity::Status(403)));
}

#[test]
fn every_kind_of_answer_becomes_a_line() {
    let stage = Stage::new(true);
    let id = || "m".to_owned();
    let some = |t: &str| Some(t.to_owned());
    let music = Reply::Music {
        title: some("t"),
        description: some("d"),
        music_url: some("u"),
        hq_music_url: some("hq"),
        thumb_media_id: id(),
    };
    let replies = [
        (text("a"), ChatContent::Text("a".to_owned())),
        (Reply::Image { media_id: id() }, ChatContent::Image { media_id: id() }),
        (Reply::Voice { media_id: id() }, ChatContent::Voice { media_id: id() }),
        (
            Reply::Video { media_id: id(), title: some("t"), description: None },
            ChatContent::Video { media_id: id(), title: "t".to_owned(), summary: String::new() },
        ),
        (music, ChatContent::Music { title: "t".to_owned(), summary: "d".to_owned(), url: "hq".to_owned() }),
        (Reply::Transfer { kf_account: None }, ChatContent::Note(Note::HandedOver)),
    ];
    for (reply, content) in replies {
        assert_eq!(stage.read(Mode::Plain, &stage.plain(&reply)), Ok(Some(content)));
    }
}

#[test]
fn surplus_articles_are_cut() {
    let article = ReplyArticle {
        title: "t".to_owned(),
        description: "d".to_owned(),
        pic_url: "p".to_owned(),
        url: "u".to_owned(),
    };
    let stage = Stage::new(true);
    let body = stage.plain(&Reply::News(vec![article; 8]));
    let count = |content| match content {
        Ok(Some(ChatContent::News(articles))) => articles.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(count(stage.read(Mode::Plain, &body)), 8);
    let message = Stage { push: Push::new("oA", String::new(), false), of: stage.of };
    assert_eq!(count(message.read(Mode::Plain, &body)), 1);
}
