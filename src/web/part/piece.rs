//! The text of an answer, taken apart as WeChat shows it: `<a href>` is a link, and so is a bare address; nothing else is markup.
//! Facts: wechat.md, 3.

use super::Piece;
use url::{Url, form_urlencoded};

/// The pieces of a text, in order; `tap` makes a piece of words that say something when they are tapped: their id, what they say, and
/// how they read.
pub fn pieces(text: &str, tap: impl Fn(&str, &str, &str) -> Piece) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest, &tap) {
        add_words(&mut pieces, before);
        pieces.push(link);
        rest = after;
    }
    add_words(&mut pieces, rest);
    pieces
}

/// What stands before the first link, the link, and what stands after it.
fn next_link<'a>(text: &'a str, tap: &impl Fn(&str, &str, &str) -> Piece) -> Option<(&'a str, Piece, &'a str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("<a ") {
        let (before, found) = text.split_at_checked(from + at)?;
        if let Some((link, after)) = read_link(found, tap) {
            return Some((before, link, after));
        }
        from += at + 1;
    }
    None
}

/// `<a href="…" …>words</a>` at the beginning of `text`.
fn read_link<'a>(text: &'a str, tap: &impl Fn(&str, &str, &str) -> Piece) -> Option<(Piece, &'a str)> {
    let (head, rest) = text.split_once('>')?;
    let (words, after) = rest.split_once("</a>")?;
    let href = attribute(head, "href")?;
    let link = match href.strip_prefix("weixin://bizmsgmenu?") {
        Some(query) => {
            let field = |name: &str| {
                let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
                found.map(|(_, value)| value.into_owned()).unwrap_or_default()
            };
            tap(&field("msgmenuid"), &field("msgmenucontent"), words)
        }
        None => Piece::Link { href: href.to_owned(), text: words.to_owned() },
    };
    Some((link, after))
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = head.split_once(&format!(" {name}="))?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(value, _)| value)
}

/// Words, bare addresses among them made links.
fn add_words(pieces: &mut Vec<Piece>, words: &str) {
    let mut plain = String::new();
    let mut rest = words;
    while let Some(at) = rest.find("http") {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !is_of_address(c)).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        plain.push_str(before);
        if is_address(address) {
            flush(pieces, &mut plain);
            pieces.push(Piece::Link { href: address.to_owned(), text: address.to_owned() });
        } else {
            plain.push_str(address);
        }
        rest = after;
    }
    plain.push_str(rest);
    flush(pieces, &mut plain);
}

fn flush(pieces: &mut Vec<Piece>, plain: &mut String) {
    if !plain.is_empty() {
        pieces.push(Piece::Words(std::mem::take(plain)));
    }
}

fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn is_address(text: &str) -> bool {
    (text.starts_with("http://") || text.starts_with("https://")) && Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        super::pieces(text, tap)
    }

    fn tap(id: &str, content: &str, text: &str) -> Piece {
        Piece::Tap { form: "f", name: id.to_owned().leak(), value: content.to_owned(), text: text.to_owned() }
    }

    fn words(text: &str) -> Piece {
        Piece::Words(text.to_owned())
    }

    fn link(href: &str, text: &str) -> Piece {
        Piece::Link { href: href.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn links_and_bare_addresses_are_taken_out_of_the_words() {
        let text =
            "看 <a href=\"https://a.test/?x=1\" data-miniprogram-appid=\"wx1\">这里</a>，或 http://b.test/c，再见";
        let expected = [
            words("看 "),
            link("https://a.test/?x=1", "这里"),
            words("，或 "),
            link("http://b.test/c", "http://b.test/c"),
            words("，再见"),
        ];
        assert_eq!(pieces(text), expected);
        assert_eq!(pieces("https://a.test"), [link("https://a.test", "https://a.test")]);
    }

    #[test]
    fn a_menu_link_is_tapped_and_not_opened() {
        let text = "<a href='weixin://bizmsgmenu?msgmenucontent=%E5%8F%96%E6%B6%88&msgmenuid=no'>不是我</a>";
        assert_eq!(pieces(text), [tap("no", "取消", "不是我")]);
    }

    #[test]
    fn what_is_no_link_stays_as_it_was_written() {
        for text in ["", "a < b", "<a href=x>y</a>", "<a href=\"x\">y", "<a >", "<b>x</b>", "http", "httpd", "https://"]
        {
            let whole: String = pieces(text)
                .iter()
                .map(|p| match p {
                    Piece::Words(w) => w.as_str(),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_lost_or_makes_it_panic(text in "(<a |href=|\"|>|</a>|http://|[a-z好😀 ]){0,30}") {
            let shown: usize = pieces(&text).iter().map(|p| match p {
                Piece::Words(w) => w.len(),
                Piece::Link { text, .. } | Piece::Tap { text, .. } => text.len(),
            }).sum();
            proptest::prop_assert!(shown <= text.len());
        }
    }
}
