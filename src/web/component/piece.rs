//! Splits a reply's text into plain text, links, and text that sends a message when tapped.

use super::Piece;
use crate::web::markup::{Span, spans};
use url::form_urlencoded;

/// The parts of a text, in order; `tap` creates a part that sends a message when tapped, from its id, the message and the shown text.
pub fn pieces(text: &str, tap: impl Fn(&str, &str, &str) -> Piece) -> Vec<Piece> {
    spans(text).into_iter().map(|span| piece(span, &tap)).collect()
}

fn piece(span: Span, tap: &impl Fn(&str, &str, &str) -> Piece) -> Piece {
    let (href, text) = match span {
        Span::Words(words) => return Piece::Words(words),
        Span::Link { href, text } => (href, text),
    };
    let Some(query) = href.strip_prefix("weixin://bizmsgmenu?") else { return Piece::Link { href, text } };
    let field = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    tap(&field("msgmenuid"), &field("msgmenucontent"), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(id: &str, content: &str, text: &str) -> Piece {
        Piece::Tap { form: "f", name: id.to_owned().leak(), value: content.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_menu_link_is_tapped_and_not_opened() {
        let text = "<a href='weixin://bizmsgmenu?msgmenucontent=%E5%8F%96%E6%B6%88&msgmenuid=no'>不是我</a>";
        assert_eq!(pieces(text, tap), [tap("no", "取消", "不是我")]);
    }
}
