//! Answers in the pieces that the platform takes, one message each.

use super::{
    rest,
    service::Right,
    words::{self, Chat},
};
use crate::{
    core::{
        CoreError, Ctx,
        reply::{
            Content,
            media::{self, Kind, Sendable},
        },
    },
    store::Link,
    text::{Lang, fill},
    wechat::reply::{Article, Reply, TEXT_MAX_BYTES, split_text},
};

/// Bytes of a part of a text that goes on when the person asks for more, about: the hint that is put behind it has the operator's word
/// in it.
pub const PART_MAX_BYTES: usize = TEXT_MAX_BYTES - 64;

/// The messages that these contents are in the chat: long texts in pieces of at most 2048 bytes, everything else as it is.
#[must_use]
pub fn pieces(contents: &[Content]) -> Vec<Content> {
    cut(contents, TEXT_MAX_BYTES)
}

fn cut(contents: &[Content], max_bytes: usize) -> Vec<Content> {
    let of = |content: &Content| match content {
        Content::Text { text } => split_text(text, max_bytes).into_iter().map(Content::text).collect(),
        other => vec![other.clone()],
    };
    contents.iter().flat_map(of).collect()
}

/// How the messages behind the first one get to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// By customer-service messages.
    Sent,
    /// When they ask for more.
    Asked,
    /// When they ask for more; and it is tried to send them.
    Both,
}

impl Rest {
    /// What this account can do now.
    pub fn of(ctx: &Ctx) -> Self {
        match ctx.service.right(ctx.now()) {
            _ if !rest::continues(ctx) => Self::Sent,
            Right::Proven => Self::Sent,
            Right::Unknown => Self::Both,
            Right::Refused => Self::Asked,
        }
    }
}

/// What says that there is more.
#[derive(Debug)]
pub struct Hints {
    /// Behind a text.
    pub behind: String,
    /// In front of messages without words, with `{n}` for how many they are.
    pub first: String,
}

impl Hints {
    /// In the account's language.
    pub fn of(ctx: &Ctx) -> Self {
        Self { behind: words::more_hint(ctx, Lang::Zh), first: words::more_first(ctx, Lang::Zh) }
    }
}

/// The messages in the order in which they go, the first with a hint where the others wait to be asked for.
pub fn arranged(contents: &[Content], rest: Rest, hints: &Hints) -> Vec<Content> {
    let whole = pieces(contents);
    if whole.len() < 2 || rest == Rest::Sent {
        return whole;
    }
    let mut parts = cut(contents, TEXT_MAX_BYTES - hints.behind.len());
    // A picture cannot say that there is more.
    match parts.iter().position(|p| matches!(p, Content::Text { .. })) {
        Some(at) => {
            parts[..=at].rotate_right(1);
            if let Some(first) = parts.first_mut() {
                hinted(first, &hints.behind);
            }
        }
        None => parts.insert(0, Content::text(fill(&hints.first, &[("n", &parts.len().to_string())]))),
    }
    parts
}

/// True for words that a hint fits behind.
pub fn has_room(content: &Content, hint: &str) -> bool {
    matches!(content, Content::Text { text } if text.len() + hint.len() <= TEXT_MAX_BYTES)
}

/// Says that there is more, where there are words.
pub fn hinted(content: &mut Content, hint: &str) {
    if let Content::Text { text } = content {
        text.push_str(hint);
    }
}

/// What the chat shows for a content: a file that the platform does not have is a link, or words. Sends no file to the platform.
pub async fn seen(ctx: &Ctx, db: &mut impl Link, content: &Content) -> Result<Option<Content>, CoreError> {
    Ok(match media::find(ctx, db, content).await?.0 {
        Sendable::Platform(_) => Some(content.clone()),
        Sendable::Link { kind, url } => Some(Content::text(linked(content, kind, &url))),
        Sendable::Gone => spoken(content).map(Content::text),
    })
}

/// The contents that can be shown: one whose media is not there is its words, if it has any.
pub async fn shown(ctx: &Ctx, db: &mut impl Link, contents: &[Content]) -> Result<Vec<Content>, CoreError> {
    let mut shown = Vec::with_capacity(contents.len());
    for content in contents {
        let is_there = media::find(ctx, db, content).await?.0 != Sendable::Gone;
        shown.extend(if is_there { Some(content.clone()) } else { spoken(content).map(Content::text) });
    }
    Ok(shown)
}

/// What the platform is given; None where its media is not there: then its words are, if it has any.
pub async fn reply(ctx: &Ctx, db: &mut impl Link, content: &Content) -> Result<Option<Reply>, CoreError> {
    let found = media::resolve(ctx, db, content).await?;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let media_id = match found {
        Sendable::Platform(id) => id,
        Sendable::Link { kind, url } => return Ok(Some(Reply::Text(linked(content, kind, &url)))),
        Sendable::Gone => return Ok(spoken(content).map(Reply::Text)),
    };
    Ok(Some(match content {
        Content::Text { text } => Reply::Text(text.clone()),
        Content::Image { .. } => Reply::Image { media_id },
        Content::Voice { .. } => Reply::Voice { media_id },
        Content::Video { title, description, .. } => {
            Reply::Video { media_id, title: given(title), description: given(description) }
        }
        Content::Music { title, description, url, hq_url, .. } => Reply::Music {
            title: given(title),
            description: given(description),
            music_url: given(url),
            hq_music_url: given(hq_url),
            thumb_media_id: media_id,
        },
        Content::News { title, description, picture_url, url } => Reply::News(vec![Article {
            title: title.clone(),
            description: description.clone(),
            pic_url: picture_url.clone(),
            url: url.clone(),
        }]),
    }))
}

/// A link to a file that the platform does not have; of music the music itself is the link.
fn linked(content: &Content, kind: Kind, url: &str) -> String {
    let t = Chat::of(Lang::Zh);
    let label = match kind {
        Kind::Image => t.see_image,
        Kind::Voice => t.hear_voice,
        Kind::Video => t.see_video,
    };
    match (content, spoken(content)) {
        (Content::Music { .. }, Some(words)) => words,
        (_, Some(words)) => format!("{words}\n<a href=\"{url}\">{label}</a>"),
        (_, None) => format!("<a href=\"{url}\">{label}</a>"),
    }
}

/// The words of something that cannot be shown.
fn spoken(content: &Content) -> Option<String> {
    let parts: Vec<&str> = match content {
        Content::Video { title, description, .. } => vec![title, description],
        Content::Music { title, description, url, hq_url, .. } => {
            vec![title, description, if url.is_empty() { hq_url } else { url }]
        }
        Content::Text { .. } | Content::Image { .. } | Content::Voice { .. } | Content::News { .. } => Vec::new(),
    };
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HINT: &str = "\n（回复“更多”看下一段）";

    fn arranged(contents: &[Content], rest: Rest) -> Vec<Content> {
        super::arranged(contents, rest, &Hints { behind: HINT.to_owned(), first: "共 {n} 条".to_owned() })
    }

    fn image() -> Content {
        Content::Image { media: "m".to_owned() }
    }

    #[test]
    fn the_first_words_say_that_there_is_more() {
        let contents = [image(), Content::text("一"), Content::text("二")];
        assert_eq!(arranged(&contents, Rest::Sent), contents);
        let expected = [Content::text(format!("一{HINT}")), image(), Content::text("二")];
        assert_eq!(arranged(&contents, Rest::Asked), expected);
        assert_eq!(arranged(&contents[..1], Rest::Asked), contents[..1]);
        // Where nothing has words, some are put in front.
        let images = [image(), image()];
        assert_eq!(arranged(&images, Rest::Both), [Content::text("共 2 条"), image(), image()]);
        assert_eq!(arranged(&images, Rest::Sent), images);
    }

    #[test]
    fn no_piece_is_longer_than_a_message_also_with_the_hint() {
        let long = Content::text("价".repeat(1_900));
        for rest in [Rest::Sent, Rest::Asked, Rest::Both] {
            let parts = arranged(std::slice::from_ref(&long), rest);
            assert_eq!(parts.len(), 3, "{rest:?}");
            let whole: String = parts.iter().map(|p| p.caption().trim_end_matches(HINT)).collect();
            assert_eq!(whole, long.caption());
            assert!(parts.iter().all(|p| p.caption().len() <= TEXT_MAX_BYTES));
        }
    }
}
