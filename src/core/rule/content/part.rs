//! The parts of contents: the fields that a person fills in, and what each accepts.

use super::{DESCRIPTION_MAX_CHARS, MOST_CONTENTS, TITLE_MAX_CHARS, URL_MAX_BYTES};
use crate::core::{Problem, rule::media::Reference};
use url::Url;

/// A field of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Text,
    /// A media id of the platform, or `weida:<id>` for a file stored by Weida.
    Media,
    Title,
    Description,
    Url,
    HqUrl,
    /// A [`Part::Media`] that is shown as the thumbnail.
    Thumb,
    PictureUrl,
}

impl Part {
    /// The name in field errors and in forms, of the content with this index of a rule, from 0: the second to fifth have a number
    /// appended.
    #[must_use]
    pub fn field(self, index: usize) -> &'static str {
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

    /// What is wrong with a text of this part; `text_max_bytes` limits [`Part::Text`].
    pub(super) fn problem(self, text: &str, is_required: bool, text_max_bytes: usize) -> Option<Problem> {
        if text.is_empty() {
            return is_required.then_some(Problem::Empty);
        }
        match self {
            Self::Text => words(text, text_max_bytes),
            Self::Title => line(text, TITLE_MAX_CHARS),
            Self::Description => line(text, DESCRIPTION_MAX_CHARS),
            Self::Url | Self::HqUrl | Self::PictureUrl => address(text),
            Self::Media | Self::Thumb => Reference::of(text).is_none().then_some(Problem::Malformed),
        }
    }
}

fn words(text: &str, max_bytes: usize) -> Option<Problem> {
    if text.len() > max_bytes {
        Some(Problem::TooManyBytes(max_bytes))
    } else {
        text.chars().any(|c| c.is_control() && c != '\n' && c != '\t').then_some(Problem::Malformed)
    }
}

fn line(text: &str, max_chars: usize) -> Option<Problem> {
    if text.chars().take(max_chars + 1).count() > max_chars {
        Some(Problem::TooLong(max_chars))
    } else {
        text.chars().any(char::is_control).then_some(Problem::Malformed)
    }
}

fn address(text: &str) -> Option<Problem> {
    if text.len() > URL_MAX_BYTES {
        return Some(Problem::TooManyBytes(URL_MAX_BYTES));
    }
    // Only web URLs: `javascript:` and the like would be links as well.
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let is_clean = !text.contains(|c: char| c.is_control() || c.is_whitespace());
    (!is_web || !is_clean).then_some(Problem::Malformed)
}
