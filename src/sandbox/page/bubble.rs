//! Renders the lines of a chat as bubbles.

use super::piece::{pieces, tap};
use crate::text::Lang;
use crate::{
    sandbox::{
        platform::{Article, By, ChatContent, Line, Note, Unanswered},
        text::Sandbox,
    },
    web::{
        component::{Bubble, PhoneMessage as Shown, Piece},
        text::fill,
    },
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// The placeholder for pictures that users send, and for media ids that the fake platform did not issue.
pub const PICTURE: &str = "/sandbox-photo.svg";
/// The shown length of every voice message.
const VOICE_SECS: u32 = 3;
/// The time is shown again after this much silence, as in WeChat.
const SILENCE_MS: i64 = 5 * 60_000;

/// All lines, with timestamps between them.
pub fn bubbles(lang: Lang, lines: &[Line]) -> Vec<Bubble> {
    let t = Sandbox::of(lang);
    let mut bubbles = Vec::new();
    let mut last_ms = i64::MIN;
    for line in lines {
        if line.at_ms.saturating_sub(last_ms) > SILENCE_MS {
            bubbles.push(Bubble::Line(moment(line.at_ms)));
        }
        last_ms = line.at_ms;
        match (&line.content, line.by) {
            (ChatContent::Note(note), _) => bubbles.push(Bubble::Line(note_text(t, note))),
            (content, By::Person) => bubbles.extend(shown(t, content, false).into_iter().map(Bubble::Mine)),
            (content, By::Account | By::Platform) => {
                bubbles.extend(shown(t, content, true).into_iter().map(Bubble::Theirs));
            }
        }
    }
    bubbles
}

/// Links are active in the account's texts; texts of users are shown as typed.
fn shown(t: &Sandbox, content: &ChatContent, is_account: bool) -> Vec<Shown> {
    let one = match content {
        ChatContent::Text(text) if is_account => Shown::Text(pieces(text)),
        ChatContent::Text(text) => Shown::text(text),
        ChatContent::Image { media_id } if is_account => {
            let id: String = url::form_urlencoded::byte_serialize(media_id.as_bytes()).collect();
            Shown::Picture { src: format!("/sandbox/media/{id}"), alt: t.label_picture.to_owned() }
        }
        ChatContent::Image { .. } => Shown::Picture { src: PICTURE.to_owned(), alt: t.label_picture.to_owned() },
        ChatContent::Voice { .. } => Shown::Voice { secs: VOICE_SECS },
        ChatContent::Video { title, summary, .. } => card(title, t.label_video, summary, None),
        ChatContent::Music { title, summary, url } => card(title, t.label_music, summary, Some(url)),
        ChatContent::News(articles) => return articles.iter().map(article).collect(),
        ChatContent::Menu { head, items, tail } => menu(head, items, tail),
        ChatContent::MiniProgram { title, appid, page_path } => {
            card(title, t.label_mini, &format!("{appid} {page_path}"), None)
        }
        ChatContent::Place { label } => card(label, t.label_place, t.label_place, None),
        ChatContent::Link { title, summary, url } => card(title, url, summary, Some(url)),
        ChatContent::Sticker => Shown::text(t.label_sticker),
        ChatContent::Note(note) => Shown::text(note_text(t, note)),
    };
    vec![one]
}

/// Without its picture: the page loads nothing from other sites.
fn card(title: &str, else_: &str, summary: &str, href: Option<&str>) -> Shown {
    let title = if title.is_empty() { else_ } else { title };
    let href = href.filter(|h| !h.is_empty()).map(str::to_owned);
    Shown::Card { title: title.to_owned(), summary: summary.to_owned(), href, picture: None }
}

fn article(article: &Article) -> Shown {
    card(&article.title, &article.url, &article.summary, Some(&article.url))
}

fn menu(head: &str, items: &[(String, String)], tail: &str) -> Shown {
    let mut all = vec![Piece::Words(format!("{head}\n"))];
    for (id, content) in items {
        all.extend([tap(id, content, content), Piece::Words("\n".to_owned())]);
    }
    all.push(Piece::Words(tail.to_owned()));
    Shown::Text(all)
}

fn note_text(t: &Sandbox, note: &Note) -> String {
    match note {
        Note::Followed => t.note_followed,
        Note::FollowedByScan => t.note_followed_by_scan,
        Note::Unfollowed => t.note_unfollowed,
        Note::Scanned => t.note_scanned,
        Note::Clicked(key) => return fill(t.note_clicked, &[("key", key)]),
        Note::OutOfOrder => t.note_out_of_order,
        Note::HandedOver => t.note_handed_over,
        Note::NoReply(Unanswered::Follow) => t.none_follow,
        Note::NoReply(Unanswered::Text) => t.none_text,
        Note::NoReply(Unanswered::Kind) => t.none_kind,
        Note::NoReply(Unanswered::Menu) => t.none_menu,
    }
    .to_owned()
}

/// `11-21 13:05`, Beijing time.
pub(super) fn moment(ms: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    at.and_then(|t| t.to_offset(beijing).format(format_description!("[month]-[day] [hour]:[minute]")).ok())
        .unwrap_or_default()
}

/// `13:05`, Beijing time.
pub(super) fn clock(ms: i64) -> String {
    moment(ms).split_once(' ').map(|(_, clock)| clock.to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at_ms: i64, by: By, content: ChatContent) -> Line {
        Line { id: 1, at_ms, by, content }
    }

    #[test]
    fn the_time_is_shown_after_a_silence() {
        let hi = || ChatContent::Text("hi".to_owned());
        let lines = [
            line(0, By::Person, hi()),
            line(SILENCE_MS, By::Account, hi()),
            line(SILENCE_MS * 2 + 1, By::Person, hi()),
        ];
        let bubbles = bubbles(Lang::Zh, &lines);
        let times: Vec<usize> =
            bubbles.iter().enumerate().filter(|(_, b)| matches!(b, Bubble::Line(_))).map(|(n, _)| n).collect();
        assert_eq!((bubbles.len(), times), (5, vec![0, 3]));
        assert_eq!(bubbles[0], Bubble::Line("01-01 08:00".to_owned()));
    }

    #[test]
    fn only_what_the_account_writes_has_links() {
        let text = || ChatContent::Text("<a href=\"https://a.test\">x</a>".to_owned());
        let both = bubbles(Lang::Zh, &[line(0, By::Person, text()), line(0, By::Account, text())]);
        assert_eq!(both[1], Bubble::Mine(Shown::text("<a href=\"https://a.test\">x</a>")));
        assert!(matches!(&both[2], Bubble::Theirs(Shown::Text(p)) if matches!(p[0], Piece::Link { .. })));
    }

    #[test]
    fn every_article_is_a_card_of_its_own() {
        let article =
            Article { title: "t".to_owned(), summary: "s".to_owned(), picture: "p".to_owned(), url: "u".to_owned() };
        let news = line(0, By::Account, ChatContent::News(vec![article.clone(), article]));
        assert_eq!(bubbles(Lang::Zh, &[news]).len(), 3);
    }
}
