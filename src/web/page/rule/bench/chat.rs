//! A message and its reply as bubbles of a chat.

use crate::{
    core::{
        Ctx,
        message::{
            Rest,
            commands::Command,
            preview::{Input, Preview},
        },
        rule::{
            Content,
            content::{ContentNames, Part},
            media,
        },
    },
    web::{
        component::{Bubble, PhoneMessage, Piece, pieces},
        page::rule::RuleScope,
        text::{fill, replies::bench::Bench},
    },
};
use url::Url;

/// The id of the form that taps on a reply's text submit.
pub const FORM: &str = "bench-form";
/// The placeholder for every picture of the platform: only the platform has the file of a media id.
const PICTURE: &str = "/picture.svg";

/// The part of a text that sends a message when tapped: its id, the message, and its text.
pub type Tap = fn(&str, &str, &str) -> Piece;

/// Both sides of the chat.
pub fn bubbles(ctx: &Ctx, scope: RuleScope, (input, preview): (&Input, &Preview), tap: Tap) -> Vec<Bubble> {
    let mut bubbles = vec![incoming(scope, input)];
    let place = |media: &str| media::address(ctx, media).and_then(|url| Some(Url::parse(&url).ok()?.path().to_owned()));
    let live = ctx.live();
    let more = live.commands.word(Command::More, scope.lang).unwrap_or_default();
    bubbles.extend(answered(scope, preview, (more, tap), place));
    bubbles
}

/// The user's bubble.
fn incoming(scope: RuleScope, input: &Input) -> Bubble {
    let t = Bench::of(scope.lang);
    let line = |template: &str, key: &str| Bubble::Line(fill(template, &[("key", key)]));
    match input {
        Input::Text(text) => Bubble::Mine(PhoneMessage::text(text)),
        Input::Follow(_) => Bubble::Line(t.followed.to_owned()),
        Input::Menu(key, _) => line(t.tapped, key),
        Input::Scan(scene) => line(t.scanned, scene),
        Input::Kind(kind) => Bubble::Line(fill(t.sent, &[("kind", scope.texts().kind(kind))])),
    }
}

/// The account's bubbles, message by message: `more` is the word that requests the messages after the first, `place` returns the
/// URL of a file that Weida stores.
fn answered(
    scope: RuleScope,
    preview: &Preview,
    (more, tap): (&str, Tap),
    place: impl Fn(&str) -> Option<String>,
) -> Vec<Bubble> {
    let t = Bench::of(scope.lang);
    let Preview { replies, is_drawn, rest, .. } = preview;
    let rest = match rest {
        Rest::Sent => t.rest_sent,
        Rest::Asked => t.rest_asked,
        Rest::Both => t.rest_both,
    };
    let mut bubbles = Vec::new();
    if replies.is_empty() {
        bubbles.push(Bubble::Line(t.silent.to_owned()));
    }
    if *is_drawn {
        bubbles.push(Bubble::Line(t.drawn.to_owned()));
    }
    for (at, content) in replies.iter().enumerate() {
        if at == 1 && !is_drawn {
            bubbles.push(Bubble::Line(fill(rest, &[("word", more)])));
        }
        bubbles.push(Bubble::Theirs(shown(scope, content, tap, &place)));
    }
    bubbles
}

fn shown(scope: RuleScope, content: &Content, tap: Tap, place: &impl Fn(&str) -> Option<String>) -> PhoneMessage {
    let name = ContentNames::of(scope.lang).name(content);
    match content {
        Content::Text { text } => PhoneMessage::Text(pieces(text, tap)),
        Content::Image { media } => {
            let src = place(media).unwrap_or_else(|| PICTURE.to_owned());
            PhoneMessage::Picture { src, alt: name.to_owned() }
        }
        Content::Voice { .. } => PhoneMessage::text(format!("[{name}]")),
        other => card(name, other.part(Part::Title), other.part(Part::Description), other.url()),
    }
}

/// Without its picture: the page loads nothing from other sites.
fn card(name: &str, title: &str, summary: &str, href: &str) -> PhoneMessage {
    let title = if title.is_empty() { name } else { title };
    let href = (!href.is_empty()).then(|| href.to_owned());
    PhoneMessage::Card { title: title.to_owned(), summary: summary.to_owned(), href, picture: None }
}

/// Text that sends a message when tapped, where it cannot be tapped.
pub fn plain_tap(_id: &str, _content: &str, text: &str) -> Piece {
    Piece::Words(text.to_owned())
}

/// Text that sends a message when tapped; a tap tests that message.
pub fn tap(_id: &str, content: &str, text: &str) -> Piece {
    Piece::Tap { form: FORM, name: "say", value: content.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::message::{AnsweredBy, trace::Trace},
        text::Lang,
        web::page::rule::RuleOwner,
    };

    const SCOPE: RuleScope =
        RuleScope { owner: RuleOwner::User, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };

    fn preview(replies: &[Content], rest: Rest, is_drawn: bool) -> Preview {
        let trace = Trace { folded: String::new(), answered_by: AnsweredBy::AccountRule, tried: Vec::new() };
        let (answered_by, rule_id) = (AnsweredBy::AccountRule, None);
        let (disabled, near) = (Vec::new(), Vec::new());
        Preview { replies: replies.to_vec(), rest, is_drawn, answered_by, rule_id, trace, disabled, near }
    }

    fn answered(replies: &[Content], is_drawn: bool) -> Vec<Bubble> {
        super::answered(SCOPE, &preview(replies, Rest::Asked, is_drawn), ("更多", tap), |_| None)
    }

    #[test]
    fn an_answer_is_shown_message_by_message() {
        let news = Content::News {
            title: "活动".to_owned(),
            description: String::new(),
            picture_url: "https://a.test/x.png".to_owned(),
            url: "https://a.test/".to_owned(),
        };
        let bubbles = answered(&[Content::text("长"), news], false);
        assert_eq!((bubbles.len(), &bubbles[1]), (3, &Bubble::Line("下面的等对方回复“更多”".to_owned())));
        assert!(matches!(&bubbles[2], Bubble::Theirs(PhoneMessage::Card { picture: None, .. })));
        assert_eq!(answered(&[], false), [Bubble::Line("没有回复".to_owned())]);
        assert_eq!(answered(&[Content::text("a"), Content::text("b")], true).len(), 3);
    }

    #[test]
    fn a_picture_that_weida_keeps_is_shown_and_another_is_stood_for() {
        let image = |media: &str| Content::Image { media: media.to_owned() };
        let place = |media: &str| media.strip_prefix("weida:").map(|key| format!("/media/{key}"));
        let bubbles =
            super::answered(SCOPE, &preview(&[image("weida:x"), image("y")], Rest::Sent, true), ("", tap), place);
        let src = |bubble: &Bubble| match bubble {
            Bubble::Theirs(PhoneMessage::Picture { src, .. }) => Some(src.clone()),
            _ => None,
        };
        assert_eq!(bubbles.iter().filter_map(src).collect::<Vec<_>>(), ["/media/x", PICTURE]);
    }

    #[test]
    fn words_that_are_tapped_are_tried() {
        let text = "<a href='weixin://bizmsgmenu?msgmenucontent=%E4%BB%B7%E6%A0%BC&msgmenuid=1'>多少钱</a>";
        let bubbles = answered(&[Content::text(text)], false);
        let Bubble::Theirs(PhoneMessage::Text(pieces)) = &bubbles[0] else { panic!("{bubbles:?}") };
        assert!(matches!(&pieces[0], Piece::Tap { form: FORM, name: "say", value, .. } if value == "价格"));
    }
}
