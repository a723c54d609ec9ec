//! Contents of a rule: each is one message of the chat.

mod name;
mod part;

pub use name::ContentNames;
pub use part::Part;

use super::media::Kind;
use crate::{core::FieldError, store::rule::ContentRow};
use serde::{Deserialize, Serialize};

/// The most contents of a rule. The platform allows five customer-service messages in 48 hours (docs/WECHAT.md, 4.4).
pub const MOST_CONTENTS: usize = 5;
/// The most bytes of a text that is split into several messages: three messages.
pub const LONG_TEXT_MAX_BYTES: usize = 6_000;
/// The most characters of a title.
pub const TITLE_MAX_CHARS: usize = 100;
/// The most characters of a description.
pub const DESCRIPTION_MAX_CHARS: usize = 300;
/// The most bytes of a URL.
pub const URL_MAX_BYTES: usize = 1_000;

/// Names of message types other than text in rules: the platform's names, and `sticker` for what it forwards as a placeholder
/// only.
pub const KINDS: [&str; 8] =
    ["image", "voice", "video", "shortvideo", "location", "link", "miniprogrampage", "sticker"];

/// One message of an answer. Optional fields are empty if missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// `\n` breaks lines; `<a href>` is a link; variables are replaced.
    Text { text: String },
    /// A picture: a media id of the platform, or `weida:<id>` for a file stored by Weida.
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
    /// A piece of music; the thumbnail's media is required, and one of the URLs.
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

/// The parts of a content in the order of the editor, and its texts: `&str` of a `&Content`, `&mut String` of a `&mut Content`.
macro_rules! parts {
    ($content:expr) => {
        match $content {
            Content::Text { text } => vec![(Part::Text, text)],
            Content::Image { media } | Content::Voice { media } => vec![(Part::Media, media)],
            Content::Video { media, title, description } => {
                vec![(Part::Media, media), (Part::Title, title), (Part::Description, description)]
            }
            Content::Music { title, description, url, hq_url, thumb } => vec![
                (Part::Title, title),
                (Part::Description, description),
                (Part::Url, url),
                (Part::HqUrl, hq_url),
                (Part::Thumb, thumb),
            ],
            Content::News { title, description, picture_url, url } => vec![
                (Part::Title, title),
                (Part::Description, description),
                (Part::Url, url),
                (Part::PictureUrl, picture_url),
            ],
        }
    };
}

impl Content {
    /// An empty content of each kind, in the order of the editor's buttons.
    #[must_use]
    pub fn blanks() -> [Self; 6] {
        let none = String::new;
        [
            Self::Text { text: none() },
            Self::Image { media: none() },
            Self::News { title: none(), description: none(), picture_url: none(), url: none() },
            Self::Voice { media: none() },
            Self::Video { media: none(), title: none(), description: none() },
            Self::Music { title: none(), description: none(), url: none(), hq_url: none(), thumb: none() },
        ]
    }

    /// An empty content of a kind; an unknown kind is text.
    #[must_use]
    pub fn blank(kind: &str) -> Self {
        Self::blanks().into_iter().find(|content| content.kind() == kind).unwrap_or_else(|| Self::text(""))
    }

    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The kind's name in the database and in APIs.
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

    /// The parts in the order of the editor.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, &String)> {
        parts!(self)
    }

    /// [`Self::parts`], to be changed.
    pub fn parts_mut(&mut self) -> Vec<(Part, &mut String)> {
        parts!(self)
    }

    /// The text of a part; empty if the kind has none.
    #[must_use]
    pub fn part(&self, wanted: Part) -> &str {
        self.parts().into_iter().find(|(part, _)| *part == wanted).map_or("", |(_, text)| text)
    }

    /// True if a content of this kind cannot be saved without this part.
    #[must_use]
    pub fn is_required(&self, part: Part) -> bool {
        match part {
            Part::Text | Part::Media | Part::Thumb => true,
            Part::Title => matches!(self, Self::News { .. }),
            // Of the two URLs of a piece of music, one is enough.
            Part::Url => !matches!(self, Self::Music { hq_url, .. } if !hq_url.is_empty()),
            Part::Description | Part::HqUrl | Part::PictureUrl => false,
        }
    }

    /// The kind of its file; `None` if it has no [media](Self::media).
    #[must_use]
    pub fn file_kind(&self) -> Option<Kind> {
        match self {
            Self::Image { .. } | Self::Music { .. } => Some(Kind::Image),
            Self::Voice { .. } => Some(Kind::Voice),
            Self::Video { .. } => Some(Kind::Video),
            Self::Text { .. } | Self::News { .. } => None,
        }
    }

    /// True if its file is a thumbnail, which the platform limits more.
    #[must_use]
    pub fn has_thumb(&self) -> bool {
        self.parts().iter().any(|(part, _)| *part == Part::Thumb)
    }

    /// The text that represents it in a list: the text, or the title; empty if it has none.
    #[must_use]
    pub fn caption(&self) -> &str {
        if let Self::Text { text } = self { text } else { self.part(Part::Title) }
    }

    /// The URL that a tap opens; empty if it has none.
    #[must_use]
    pub fn url(&self) -> &str {
        let url = self.part(Part::Url);
        if url.is_empty() { self.part(Part::HqUrl) } else { url }
    }

    /// The media it uses, if any.
    #[must_use]
    pub fn media(&self) -> Option<&str> {
        let is_media = |part: &Part| matches!(part, Part::Media | Part::Thumb);
        self.parts().into_iter().find(|(part, _)| is_media(part)).map(|(_, text)| text.as_str())
    }

    /// [`Self::media`], to be changed.
    pub fn media_mut(&mut self) -> Option<&mut String> {
        let is_media = |part: &Part| matches!(part, Part::Media | Part::Thumb);
        self.parts_mut().into_iter().find(|(part, _)| is_media(part)).map(|(_, text)| text)
    }

    /// A copy without surrounding whitespace, and with the chat's line breaks.
    pub(super) fn tidied(&self) -> Self {
        let mut content = self.clone();
        for (_, text) in content.parts_mut() {
            *text = text.trim().replace("\r\n", "\n");
        }
        content
    }

    /// The field errors of the content with index `index` of a rule, from 0.
    pub(super) fn flaws(&self, index: usize, text_max_bytes: usize) -> Vec<FieldError> {
        let flaw = |(part, text): (Part, &String)| {
            let problem = part.problem(text, self.is_required(part), text_max_bytes)?;
            Some(FieldError { field: part.field(index), problem })
        };
        self.parts().into_iter().filter_map(flaw).collect()
    }
}

impl From<ContentRow> for Content {
    /// A content that cannot be parsed, perhaps of a later version, becomes an empty text.
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
    use crate::core::Problem;

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
