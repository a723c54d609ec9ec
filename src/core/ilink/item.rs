//! What waits in the outbox: a text of one message, or a stored file.

use crate::{
    core::rule::{Content, content::Part, media::Reference},
    ilink::message::TEXT_MAX_CHARS,
    text::cut,
};
use serde::{Deserialize, Serialize};

/// One message to be sent. The database stores it as JSON: the names of kinds and fields must not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum OutboxItem {
    /// At most [`TEXT_MAX_CHARS`] characters.
    Text { text: String },
    /// A file stored by Weida, by its key.
    File { key: String },
}

impl OutboxItem {
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored item; `None` for one of a later version.
    pub fn of_stored(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// The messages for an answer, in order.
pub(super) fn items(contents: &[Content]) -> Vec<OutboxItem> {
    contents.iter().flat_map(of_content).collect()
}

fn of_content(content: &Content) -> Vec<OutboxItem> {
    let kept = content.media().and_then(Reference::of).and_then(|reference| match reference {
        Reference::Kept(key) => Some(key),
        Reference::Platform(_) => None,
    });
    // Of a piece of music only the thumbnail is a file: its words and its URL are sent.
    let file = kept.filter(|_| !content.has_thumb()).map(|key| OutboxItem::File { key });
    file.into_iter().chain(texts(&words(content))).collect()
}

/// The words of a content: a text without markup, or title, description and URL.
fn words(content: &Content) -> String {
    if let Content::Text { text } = content {
        return without_links(text);
    }
    let parts = [content.part(Part::Title), content.part(Part::Description), content.url()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text in messages of at most [`TEXT_MAX_CHARS`] characters.
fn texts(text: &str) -> Vec<OutboxItem> {
    let (mut rest, mut items) = (text.trim(), Vec::new());
    while !rest.is_empty() {
        let head = cut::chars(rest, TEXT_MAX_CHARS);
        // A paragraph that begins in the second half stays whole.
        let line = head.rfind('\n').filter(|at| head.len() < rest.len() && *at > head.len() / 2);
        let head = line.map_or(head, |at| &head[..at]);
        items.push(OutboxItem::Text { text: head.trim_end().to_owned() });
        rest = rest[head.len()..].trim_start();
    }
    items
}

/// `<a href="URL">label</a>` becomes `label URL`: a bot's text shows no links.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(link) = rest.find("<a ").and_then(|at| Link::at(rest, at)) {
        out.push_str(&rest[..link.start]);
        out.push_str(link.label);
        // Links that send a text are for the Official Account alone.
        if !link.url.is_empty() && !link.url.starts_with("weixin:") && link.label != link.url {
            out.push(' ');
            out.push_str(link.url);
        }
        rest = &rest[link.end..];
    }
    out.push_str(rest);
    out
}

struct Link<'a> {
    start: usize,
    end: usize,
    url: &'a str,
    label: &'a str,
}

impl<'a> Link<'a> {
    fn at(text: &'a str, start: usize) -> Option<Self> {
        let opened = start + text[start..].find('>')? + 1;
        let closed = opened + text[opened..].find("</a>")?;
        let tag = &text[start..opened];
        let quoted = ['"', '\''].into_iter().find_map(|quote| {
            let from = tag.find(&format!("href={quote}"))? + "href=".len() + 1;
            Some(&tag[from..from + tag[from..].find(quote)?])
        });
        Some(Self { start, end: closed + "</a>".len(), url: quoted.unwrap_or_default(), label: &text[opened..closed] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> OutboxItem {
        OutboxItem::Text { text: text.to_owned() }
    }

    #[test]
    fn a_long_text_is_cut_into_messages_and_nothing_is_lost() {
        let long = "价".repeat(TEXT_MAX_CHARS + 1);
        let parts = items(&[Content::text(&long)]);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], text("价"));
        let lines = format!("{}\n{}", "a".repeat(3_000), "b".repeat(3_000));
        assert_eq!(items(&[Content::text(lines)]), [text(&"a".repeat(3_000)), text(&"b".repeat(3_000))]);
        assert_eq!(items(&[Content::text("  ")]), []);
    }

    #[test]
    fn a_file_is_sent_with_its_words_and_a_medium_of_the_account_by_its_words_alone() {
        let key = "0123456789abcdefABCDEF";
        let file = OutboxItem::File { key: key.to_owned() };
        let video = |media: String| Content::Video { media, title: "标题".to_owned(), description: String::new() };
        assert_eq!(items(&[Content::Image { media: format!("weida:{key}") }]), std::slice::from_ref(&file));
        assert_eq!(items(&[video(format!("weida:{key}"))]), [file, text("标题")]);
        assert_eq!(items(&[video("MEDIA_ID".to_owned())]), [text("标题")]);
        assert_eq!(items(&[Content::Image { media: "MEDIA_ID".to_owned() }]), []);
    }

    #[test]
    fn links_become_words() {
        let of = |text: &str| without_links(text);
        assert_eq!(of("看 <a href=\"https://a.example/?x=1\">这里</a>。"), "看 这里 https://a.example/?x=1。");
        assert_eq!(of("<a href='https://a.example/'>https://a.example/</a>"), "https://a.example/");
        assert_eq!(of("<a href=\"weixin://bizmsgmenu?x\">好</a>"), "好");
        assert_eq!(of("1 <a 2 <a href=\"x"), "1 <a 2 <a href=\"x");
    }

    #[test]
    fn a_stored_item_is_read_again() {
        for item in [text("{\"kind\":1}"), OutboxItem::File { key: "k".to_owned() }] {
            assert_eq!(OutboxItem::of_stored(&item.to_stored()), Some(item));
        }
        assert_eq!(OutboxItem::of_stored("{}"), None);
    }
}
