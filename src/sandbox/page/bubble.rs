//! The lines of a chat as bubbles.

use super::piece::{pieces, tap};
use crate::text::Lang;
use crate::{
    sandbox::{
        platform::{Article, By, Line, Note, Said},
        text::Sandbox,
    },
    web::{
        part::{Bubble, Piece, Said as Shown},
        text::fill,
    },
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// Stands for the pictures that people send, and for those of media ids that the stand-in did not make.
pub const PICTURE: &str = "/sandbox-photo.svg";
/// The length of every voice message.
const VOICE_SECS: u32 = 3;
/// After this much silence the time is shown, as in WeChat.
const SILENCE_MS: i64 = 5 * 60_000;

/// All lines, with times between them.
pub fn bubbles(lang: Lang, lines: &[Line]) -> Vec<Bubble> {
    let t = Sandbox::of(lang);
    let mut bubbles = Vec::new();
    let mut last_ms = i64::MIN;
    for line in lines {
        if line.at_ms.saturating_sub(last_ms) > SILENCE_MS {
            bubbles.push(Bubble::Line(moment(line.at_ms)));
        }
        last_ms = line.at_ms;
        match (&line.said, line.by) {
            (Said::Note(note), _) => bubbles.push(Bubble::Line(noted(t, note))),
            (said, By::Person) => bubbles.extend(shown(t, said, false).into_iter().map(Bubble::Mine)),
            (said, By::Account | By::Platform) => bubbles.extend(shown(t, said, true).into_iter().map(Bubble::Theirs)),
        }
    }
    bubbles
}

/// Links are links where the account wrote them; what people type stays as they typed it.
fn shown(t: &Sandbox, said: &Said, is_account: bool) -> Vec<Shown> {
    let one = match said {
        Said::Text(text) if is_account => Shown::Text(pieces(text)),
        Said::Text(text) => Shown::text(text),
        Said::Image { media_id } if is_account => {
            let id: String = url::form_urlencoded::byte_serialize(media_id.as_bytes()).collect();
            Shown::Picture { src: format!("/sandbox/media/{id}"), alt: t.said_picture.to_owned() }
        }
        Said::Image { .. } => Shown::Picture { src: PICTURE.to_owned(), alt: t.said_picture.to_owned() },
        Said::Voice { .. } => Shown::Voice { secs: VOICE_SECS },
        Said::Video { title, summary, .. } => card(title, t.said_video, summary, None),
        Said::Music { title, summary, url } => card(title, t.said_music, summary, Some(url)),
        Said::News(articles) => return articles.iter().map(article).collect(),
        Said::Menu { head, items, tail } => menu(head, items, tail),
        Said::MiniProgram { title, appid, page_path } => {
            card(title, t.said_mini, &format!("{appid} {page_path}"), None)
        }
        Said::Place { label } => card(label, t.said_place, t.said_place, None),
        Said::Link { title, summary, url } => card(title, url, summary, Some(url)),
        Said::Sticker => Shown::text(t.said_sticker),
        Said::Note(note) => Shown::text(noted(t, note)),
    };
    vec![one]
}

/// Without its picture: the page loads nothing from elsewhere.
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

fn noted(t: &Sandbox, note: &Note) -> String {
    match note {
        Note::Followed => t.note_followed,
        Note::FollowedByScan => t.note_followed_by_scan,
        Note::Unfollowed => t.note_unfollowed,
        Note::Scanned => t.note_scanned,
        Note::Clicked(key) => return fill(t.note_clicked, &[("key", key)]),
        Note::OutOfOrder => t.note_out_of_order,
        Note::HandedOver => t.note_handed_over,
    }
    .to_owned()
}

/// `11-21 13:05`, Beijing time.
fn moment(ms: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    at.and_then(|t| t.to_offset(beijing).format(format_description!("[month]-[day] [hour]:[minute]")).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at_ms: i64, by: By, said: Said) -> Line {
        Line { id: 1, at_ms, by, said }
    }

    #[test]
    fn the_time_is_shown_after_a_silence() {
        let hi = || Said::Text("hi".to_owned());
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
        let text = || Said::Text("<a href=\"https://a.test\">x</a>".to_owned());
        let both = bubbles(Lang::Zh, &[line(0, By::Person, text()), line(0, By::Account, text())]);
        assert_eq!(both[1], Bubble::Mine(Shown::text("<a href=\"https://a.test\">x</a>")));
        assert!(matches!(&both[2], Bubble::Theirs(Shown::Text(p)) if matches!(p[0], Piece::Link { .. })));
    }

    #[test]
    fn every_article_is_a_card_of_its_own() {
        let article =
            Article { title: "t".to_owned(), summary: "s".to_owned(), picture: "p".to_owned(), url: "u".to_owned() };
        let news = line(0, By::Account, Said::News(vec![article.clone(), article]));
        assert_eq!(bubbles(Lang::Zh, &[news]).len(), 3);
    }
}
