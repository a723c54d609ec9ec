//! What a rule answers with: one message of the chat each.

use super::media::Reference;
use crate::{
    core::{Flaw, Problem},
    store::rule::ContentRow,
};
use serde::{Deserialize, Serialize};
use url::Url;

/// Contents that a rule may have. Customer-service messages are five in 48 hours (docs/WECHAT.md, 4.4).
pub const MOST_CONTENTS: usize = 5;
/// Bytes of a text that is continued where one message does not hold it: three messages.
pub const LONG_TEXT_MAX_BYTES: usize = 6_000;
/// Characters of a title.
pub const TITLE_MAX_CHARS: usize = 100;
/// Characters of a description.
pub const DESCRIPTION_MAX_CHARS: usize = 300;
/// Bytes of an address.
pub const URL_MAX_BYTES: usize = 1_000;

/// Kinds of messages that are not text, as they are named in rules: the platform's names, and `sticker` for what it forwards as a
/// placeholder only.
pub const KINDS: [&str; 8] =
    ["image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage", "sticker"];

/// One message of an answer. Fields that may be left out are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// `\n` breaks lines; `<a href>` is a link; variables are filled.
    Text { text: String },
    /// A picture: a media id of the platform, or `weida:<id>` for a file that Weida keeps.
    Image { media: String },
    /// A voice message.
    Voice { media: String },
    /// A video.
    Video {
        media: String,
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
    },
    /// A piece of music; the thumbnail's media is needed, and one of the addresses.
    Music {
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
        #[serde(default)]
        url: String,
        #[serde(default)]
        hq_url: String,
        thumb: String,
    },
    /// A linked article.
    News {
        title: String,
        #[serde(default)]
        description: String,
        #[serde(default)]
        picture_url: String,
        url: String,
    },
}

/// The fields of contents, as flaws name them; the second to the fifth content's have a number behind.
#[derive(Debug, Clone, Copy)]
enum Part {
    Text,
    Media,
    Title,
    Description,
    Url,
    HqUrl,
    Thumb,
    PictureUrl,
}

impl Part {
    fn field(self, index: usize) -> &'static str {
        let names: [&'static str; MOST_CONTENTS] = match self {
            Self::Text => ["text", "text_2", "text_3", "text_4", "text_5"],
            Self::Media => ["media", "media_2", "media_3", "media_4", "media_5"],
            Self::Title => ["title", "title_2", "title_3", "title_4", "title_5"],
            Self::Description => ["description", "description_2", "description_3", "description_4", "description_5"],
            Self::Url => ["url", "url_2", "url_3", "url_4", "url_5"],
            Self::HqUrl => ["hq_url", "hq_url_2", "hq_url_3", "hq_url_4", "hq_url_5"],
            Self::Thumb => ["thumb", "thumb_2", "thumb_3", "thumb_4", "thumb_5"],
            Self::PictureUrl => ["picture_url", "picture_url_2", "picture_url_3", "picture_url_4", "picture_url_5"],
        };
        names.get(index).copied().unwrap_or("contents")
    }
}

impl Content {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The kind's name, as in rows and wire formats.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
        }
    }

    /// The words that stand for it in a list: the text, or the title; empty where it has none.
    #[must_use]
    pub fn caption(&self) -> &str {
        match self {
            Self::Text { text } => text,
            Self::Video { title, .. } | Self::Music { title, .. } | Self::News { title, .. } => title,
            Self::Image { .. } | Self::Voice { .. } => "",
        }
    }

    /// The media it needs, if any.
    #[must_use]
    pub fn media(&self) -> Option<&str> {
        match self {
            Self::Image { media } | Self::Voice { media } | Self::Video { media, .. } => Some(media),
            Self::Music { thumb, .. } => Some(thumb),
            Self::Text { .. } | Self::News { .. } => None,
        }
    }

    /// The same without surrounding space, and with the line breaks of the chat.
    pub(super) fn tidied(&self) -> Self {
        let mut content = self.clone();
        content.each(|text| *text = text.trim().replace("\r\n", "\n"));
        content
    }

    /// What is wrong with it as the content number `index` of a rule, from 0.
    pub(super) fn flaws(&self, index: usize, text_max_bytes: usize) -> Vec<Flaw> {
        let checked: Vec<(Part, Result<(), Problem>)> = match self {
            Self::Text { text } => vec![(Part::Text, words(text, text_max_bytes))],
            Self::Image { media } | Self::Voice { media } => vec![(Part::Media, reference(media))],
            Self::Video { media, title, description } => vec![
                (Part::Media, reference(media)),
                (Part::Title, line(title, TITLE_MAX_CHARS)),
                (Part::Description, line(description, DESCRIPTION_MAX_CHARS)),
            ],
            Self::Music { title, description, url, hq_url, thumb } => vec![
                (Part::Title, line(title, TITLE_MAX_CHARS)),
                (Part::Description, line(description, DESCRIPTION_MAX_CHARS)),
                (Part::Url, if hq_url.is_empty() { address(url) } else { optional(url, address) }),
                (Part::HqUrl, optional(hq_url, address)),
                (Part::Thumb, reference(thumb)),
            ],
            Self::News { title, description, picture_url, url } => vec![
                (Part::Title, required(title, |title| line(title, TITLE_MAX_CHARS))),
                (Part::Description, line(description, DESCRIPTION_MAX_CHARS)),
                (Part::PictureUrl, optional(picture_url, address)),
                (Part::Url, address(url)),
            ],
        };
        let flaw = |(part, problem): (Part, Result<(), Problem>)| {
            Some(Flaw { field: part.field(index), problem: problem.err()? })
        };
        checked.into_iter().filter_map(flaw).collect()
    }

    /// Changes each of its texts.
    pub(super) fn each(&mut self, mut change: impl FnMut(&mut String)) {
        match self {
            Self::Text { text } => change(text),
            Self::Image { media } | Self::Voice { media } => change(media),
            Self::Video { media, title, description } => [media, title, description].into_iter().for_each(change),
            Self::Music { title, description, url, hq_url, thumb } => {
                [title, description, url, hq_url, thumb].into_iter().for_each(change);
            }
            Self::News { title, description, picture_url, url } => {
                [title, description, picture_url, url].into_iter().for_each(change);
            }
        }
    }
}

fn required(text: &str, check: impl Fn(&str) -> Result<(), Problem>) -> Result<(), Problem> {
    if text.is_empty() { Err(Problem::Empty) } else { check(text) }
}

fn optional(text: &str, check: impl Fn(&str) -> Result<(), Problem>) -> Result<(), Problem> {
    if text.is_empty() { Ok(()) } else { check(text) }
}

fn words(text: &str, max_bytes: usize) -> Result<(), Problem> {
    if text.is_empty() {
        Err(Problem::Empty)
    } else if text.len() > max_bytes {
        Err(Problem::TooManyBytes(max_bytes))
    } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        Err(Problem::Malformed)
    } else {
        Ok(())
    }
}

fn line(text: &str, max_chars: usize) -> Result<(), Problem> {
    if text.chars().take(max_chars + 1).count() > max_chars {
        Err(Problem::TooLong(max_chars))
    } else if text.chars().any(char::is_control) {
        Err(Problem::Malformed)
    } else {
        Ok(())
    }
}

fn address(text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.len() > URL_MAX_BYTES {
        return Err(Problem::TooManyBytes(URL_MAX_BYTES));
    }
    // Nothing but the web: `javascript:` and its kin are links as well.
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if is_web && !text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        Ok(())
    } else {
        Err(Problem::Malformed)
    }
}

fn reference(text: &str) -> Result<(), Problem> {
    required(text, |text| Reference::of(text).map(|_| ()).ok_or(Problem::Malformed))
}

impl From<ContentRow> for Content {
    /// What cannot be read, of a later version perhaps, is a text without words.
    fn from(row: ContentRow) -> Self {
        if row.kind == "text" {
            return Self::Text { text: row.body };
        }
        serde_json::from_str(&row.body).unwrap_or_else(|_| Self::text(String::new()))
    }
}

impl From<&Content> for ContentRow {
    fn from(content: &Content) -> Self {
        let body = match content {
            Content::Text { text } => text.clone(),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        Self { kind: content.kind().to_owned(), body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(content: &Content) -> Vec<(&'static str, Problem)> {
        content.flaws(0, 2048).into_iter().map(|f| (f.field, f.problem)).collect()
    }

    fn news(title: &str, url: &str) -> Content {
        let (description, picture_url) = (String::new(), String::new());
        Content::News { title: title.to_owned(), description, picture_url, url: url.to_owned() }
    }

    #[test]
    fn every_kind_names_its_flaws() {
        assert_eq!(flaws(&Content::text("x".repeat(2049))), [("text", Problem::TooManyBytes(2048))]);
        assert_eq!(flaws(&Content::text("a\u{0}")), [("text", Problem::Malformed)]);
        assert_eq!(flaws(&Content::Image { media: "a b".to_owned() }), [("media", Problem::Malformed)]);
        assert_eq!(flaws(&news("", "javascript:alert(1)")), [("title", Problem::Empty), ("url", Problem::Malformed)]);
        assert_eq!(flaws(&news("x", "ftp://a.example/")), [("url", Problem::Malformed)]);
        assert!(flaws(&news("活动", "https://weida.example/?q={{keyword}}")).is_empty());
        assert_eq!(news("", "").flaws(2, 2048)[0].field, "title_3");
    }

    #[test]
    fn music_needs_one_address_and_a_thumbnail() {
        let music = |url: &str, hq_url: &str, thumb: &str| Content::Music {
            title: String::new(),
            description: String::new(),
            url: url.to_owned(),
            hq_url: hq_url.to_owned(),
            thumb: thumb.to_owned(),
        };
        assert_eq!(flaws(&music("", "", "")), [("url", Problem::Empty), ("thumb", Problem::Empty)]);
        assert!(flaws(&music("", "https://weida.example/a.mp3", "weida:0123456789abcdefABCDEF")).is_empty());
    }

    #[test]
    fn a_content_comes_back_from_its_row() {
        for content in [
            Content::text("{\"kind\":1}"),
            news("标题", "https://weida.example/"),
            Content::Voice { media: "m".to_owned() },
        ] {
            assert_eq!(Content::from(ContentRow::from(&content)), content);
        }
    }
}
