//! Splits a reply's text as WeChat displays it: `<a href>` is a link, and so is a bare URL; nothing else is markup. Facts:
//! docs/WECHAT.md, 3. Compiled for server and browser: the preview splits text while it is typed.

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain text; line breaks are preserved.
    Words(String),
    /// A link.
    Link { href: String, text: String },
}

/// The parts of a text, in order.
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        add_words(&mut spans, before);
        spans.push(link);
        rest = after;
    }
    add_words(&mut spans, rest);
    spans
}

/// Whether a URL in a reply may become a link here: only web pages and pages of this site. Others, above all `javascript:`, are
/// shown as plain text.
pub fn leads_to_a_page(href: &str) -> bool {
    let href = href.to_ascii_lowercase();
    ["https://", "http://", "/"].iter().any(|start| href.starts_with(start))
}

/// The text before the first link, the link, and the text after it.
fn next_link(text: &str) -> Option<(&str, Span, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("<a ") {
        let (before, found) = text.split_at_checked(from + at)?;
        if let Some((link, after)) = read_link(found) {
            return Some((before, link, after));
        }
        from += at + 1;
    }
    None
}

/// Parses `<a href="…" …>text</a>` at the beginning of `text`.
fn read_link(text: &str) -> Option<(Span, &str)> {
    let (head, rest) = text.split_once('>')?;
    let (words, after) = rest.split_once("</a>")?;
    let href = attribute(head, "href")?;
    Some((Span::Link { href: href.to_owned(), text: words.to_owned() }, after))
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = head.split_once(&format!(" {name}="))?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(value, _)| value)
}

/// Adds plain text, with bare URLs as links.
fn add_words(spans: &mut Vec<Span>, words: &str) {
    let mut plain = String::new();
    let mut rest = words;
    while let Some(at) = rest.find("http") {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !is_of_address(c)).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        plain.push_str(before);
        if is_address(address) {
            flush(spans, &mut plain);
            spans.push(Span::Link { href: address.to_owned(), text: address.to_owned() });
        } else {
            plain.push_str(address);
        }
        rest = after;
    }
    plain.push_str(rest);
    flush(spans, &mut plain);
}

fn flush(spans: &mut Vec<Span>, plain: &mut String) {
    if !plain.is_empty() {
        spans.push(Span::Words(std::mem::take(plain)));
    }
}

fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// A URL with a host; the browser checks the rest.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.and_then(|rest| rest.chars().next()).is_some_and(|first| first.is_ascii_alphanumeric() || first == '[')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Span {
        Span::Words(text.to_owned())
    }

    fn link(href: &str, text: &str) -> Span {
        Span::Link { href: href.to_owned(), text: text.to_owned() }
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
        assert_eq!(spans(text), expected);
        assert_eq!(spans("https://a.test"), [link("https://a.test", "https://a.test")]);
    }

    #[test]
    fn what_is_no_link_stays_as_it_was_written() {
        for text in ["", "a < b", "<a href=x>y</a>", "<a href=\"x\">y", "<a >", "<b>x</b>", "http", "httpd", "https://"]
        {
            let whole: String = spans(text)
                .iter()
                .map(|span| match span {
                    Span::Words(words) => words.as_str(),
                    other @ Span::Link { .. } => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_lost_or_makes_it_panic(text in "(<a |href=|\"|>|</a>|http://|[a-z好😀 ]){0,30}") {
            let shown: usize = spans(&text).iter().map(|span| match span {
                Span::Words(words) => words.len(),
                Span::Link { text, .. } => text.len(),
            }).sum();
            proptest::prop_assert!(shown <= text.len());
        }
    }
}
