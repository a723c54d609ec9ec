//! Splits answers into the messages that the platform accepts.

use super::{
    chat_text::{self, Chat},
    custom_message::Permission,
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        rule::{
            Content,
            content::Part,
            media::{self, Kind, NeedsFile, Reference, Sendable},
        },
    },
    store::{self, Link},
    text::{Lang, fill},
    wechat::reply::{Article, Reply, TEXT_MAX_BYTES, split_text},
};

/// Approximate bytes of a part that continues on request: the hint after it contains the operator's word.
pub const PART_MAX_BYTES: usize = TEXT_MAX_BYTES - 64;

/// The messages for these contents: long texts in parts of at most 2048 bytes, everything else unchanged.
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

/// How the messages after the first one are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// By customer-service messages.
    Sent,
    /// By the “more” command.
    Asked,
    /// Both: stored for the “more” command, and tried as customer-service messages.
    Both,
}

impl Rest {
    /// The method available to this account now.
    pub fn of(ctx: &OfficialCtx) -> Self {
        match ctx.account.custom_messages.permission(ctx.now()) {
            _ if !ctx.continues_answers() => Self::Sent,
            Permission::Proven => Self::Sent,
            Permission::Unknown => Self::Both,
            Permission::Refused => Self::Asked,
        }
    }
}

/// Hints that more messages follow.
#[derive(Debug)]
pub struct Hints {
    /// Appended to a text.
    pub behind: String,
    /// Sent before messages without text; `{n}` is their number.
    pub first: String,
}

impl Hints {
    /// The hints in the account's language.
    pub fn of(ctx: &Ctx) -> Self {
        Self { behind: chat_text::more_hint(ctx, Lang::Zh), first: chat_text::more_first(ctx, Lang::Zh) }
    }
}

/// The messages in the order of delivery; the first has a hint if the others wait for the “more” command.
pub fn arranged(contents: &[Content], rest: Rest, hints: &Hints) -> Vec<Content> {
    let whole = pieces(contents);
    if whole.len() < 2 || rest == Rest::Sent {
        return whole;
    }
    let mut parts = cut(contents, TEXT_MAX_BYTES - hints.behind.len());
    // The hint needs a text.
    match parts.iter().position(|p| matches!(p, Content::Text { .. })) {
        Some(at) => {
            parts[..=at].rotate_right(1);
            if let Some(first) = parts.first_mut() {
                append_hint(first, &hints.behind);
            }
        }
        None => parts.insert(0, Content::text(fill(&hints.first, &[("n", &parts.len().to_string())]))),
    }
    parts
}

/// True for a text that has room for the hint.
pub fn has_room_for(content: &Content, hint: &str) -> bool {
    matches!(content, Content::Text { text } if text.len() + hint.len() <= TEXT_MAX_BYTES)
}

/// Appends the hint to a text.
pub fn append_hint(content: &mut Content, hint: &str) {
    if let Content::Text { text } = content {
        text.push_str(hint);
    }
}

/// A content as the chat shows it: a file that the platform does not have becomes a link or text. Uploads no file to the
/// platform.
pub async fn as_shown(ctx: &OfficialCtx, db: &mut impl Link, content: &Content) -> Result<Option<Content>, CoreError> {
    Ok(match media::find(ctx, db, content).await?.0 {
        Sendable::Platform(_) => Some(content.clone()),
        Sendable::Link { kind, url } => Some(Content::text(link_text(content, kind, &url))),
        Sendable::Gone => fallback_text(content).map(Content::text),
    })
}

/// The contents that can be shown: missing media is replaced by its text, if it has any.
pub async fn shown(ctx: &OfficialCtx, db: &mut impl Link, contents: &[Content]) -> Result<Vec<Content>, CoreError> {
    let mut shown = Vec::with_capacity(contents.len());
    for content in contents {
        shown.extend(shown_as(content, &media::find(ctx, db, content).await?.0));
    }
    Ok(shown)
}

/// [`shown`] where no content uses a stored file: needs no database.
pub fn shown_without_files(contents: &[Content]) -> Result<Vec<Content>, NeedsFile> {
    let mut shown = Vec::with_capacity(contents.len());
    for content in contents {
        shown.extend(shown_as(content, &media::without_file(content)?));
    }
    Ok(shown)
}

/// [`shown`] where there is no Official Account: a medium of the platform cannot be sent, a stored file can.
pub async fn shown_without_account(db: &mut impl Link, contents: &[Content]) -> Result<Vec<Content>, CoreError> {
    let mut shown = Vec::with_capacity(contents.len());
    for content in contents {
        let is_there = match content.media().map(Reference::of) {
            None => true,
            Some(Some(Reference::Kept(key))) => store::media::find_media_by_key(db, &key).await?.is_some(),
            Some(Some(Reference::Platform(_)) | None) => false,
        };
        shown.extend(if is_there { Some(content.clone()) } else { fallback_text(content).map(Content::text) });
    }
    Ok(shown)
}

fn shown_as(content: &Content, sendable: &Sendable) -> Option<Content> {
    if *sendable == Sendable::Gone { fallback_text(content).map(Content::text) } else { Some(content.clone()) }
}

/// The reply for the platform; missing media is replaced by its text, `None` without one.
pub async fn reply(ctx: &OfficialCtx, db: &mut impl Link, content: &Content) -> Result<Option<Reply>, CoreError> {
    Ok(reply_with(content, media::resolve(ctx, db, content).await?))
}

/// [`reply`] for a content that uses no stored file: needs no database.
pub fn reply_without_file(content: &Content) -> Result<Option<Reply>, NeedsFile> {
    Ok(reply_with(content, media::without_file(content)?))
}

fn reply_with(content: &Content, sendable: Sendable) -> Option<Reply> {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let media_id = match sendable {
        Sendable::Platform(id) => id,
        Sendable::Link { kind, url } => return Some(Reply::Text(link_text(content, kind, &url))),
        Sendable::Gone => return fallback_text(content).map(Reply::Text),
    };
    Some(match content {
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
    })
}

/// A link to a file that the platform does not have; if only the thumbnail is missing, to the content itself.
fn link_text(content: &Content, kind: Kind, url: &str) -> String {
    let t = Chat::of(Lang::Zh);
    let label = match kind {
        Kind::Image => t.see_image,
        Kind::Voice => t.hear_voice,
        Kind::Video => t.see_video,
    };
    match fallback_text(content) {
        Some(words) if content.has_thumb() => words,
        Some(words) => format!("{words}\n<a href=\"{url}\">{label}</a>"),
        None => format!("<a href=\"{url}\">{label}</a>"),
    }
}

/// The text of a content whose media cannot be shown.
fn fallback_text(content: &Content) -> Option<String> {
    content.media()?;
    let parts = [content.part(Part::Title), content.part(Part::Description), content.url()];
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
        // Without any text, a hint is sent first.
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
