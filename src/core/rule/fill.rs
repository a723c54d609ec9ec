//! Variables in answers, like `{{nickname}}`.

use super::{
    Content,
    content::{DESCRIPTION_MAX_CHARS, LONG_TEXT_MAX_BYTES, Part, TITLE_MAX_CHARS, URL_MAX_BYTES},
};
use crate::text::cut;

/// The most bytes of a filled text: a variable takes a few bytes, but its value may be a whole message. One message more than the
/// longest text that may be typed.
const FILLED_MAX_BYTES: usize = LONG_TEXT_MAX_BYTES + 2_000;
/// The most characters of a filled title and description: twice those that may be typed.
const FILLED_TITLE_MAX_CHARS: usize = 2 * TITLE_MAX_CHARS;
const FILLED_DESCRIPTION_MAX_CHARS: usize = 2 * DESCRIPTION_MAX_CHARS;
/// The most bytes of a filled URL; a longer one stays unfilled: a part of it would lead elsewhere.
const FILLED_URL_MAX_BYTES: usize = 2 * URL_MAX_BYTES;

/// Values of variables.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    pub nickname: &'a str,
    pub user_id: &'a str,
    pub time: &'a str,
    /// The keyword found in the message, or the whole message for an exact match.
    pub keyword: &'a str,
    /// `{{1}}`, `{{2}}`, …: the groups captured by a regular expression.
    pub groups: &'a [String],
}

/// Replaces variables by their values. Values are not expanded again; an unknown variable stays as typed.
#[must_use]
pub fn fill(text: &str, values: Values<'_>) -> String {
    put(text, values, |_, value| value.to_owned())
}

/// The same for a text with links: a value can neither create a link nor end one that contains it.
fn fill_marked(text: &str, values: Values<'_>) -> String {
    put(text, values, |before, value| {
        let is_in_tag = before.rfind("<a ").is_some_and(|at| !before[at..].contains('>'));
        if is_in_tag { escaped(value) } else { value.replace('<', "＜") }
    })
}

fn escaped(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// Replaces variables by their values in the form of `form`, which gets the text before each and the value. Stops when the result
/// exceeds the longest answer.
fn put(text: &str, values: Values<'_>, form: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        if out.len() > FILLED_MAX_BYTES {
            return out;
        }
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = from.find("}}") else {
            rest = from;
            break;
        };
        let value = match from[2..end].trim() {
            "nickname" => Some(values.nickname),
            "user_id" => Some(values.user_id),
            "time" => Some(values.time),
            "keyword" => Some(values.keyword),
            number => {
                number.parse::<usize>().ok().and_then(|n| values.groups.get(n.checked_sub(1)?)).map(String::as_str)
            }
        };
        if let Some(value) = value {
            out.push_str(&form(&text[..text.len() - from.len()], value));
            rest = &from[end + 2..];
        } else {
            out.push_str("{{");
            rest = &from[2..];
        }
    }
    out.push_str(rest);
    out
}

/// The content with variables replaced; values inside a URL, including links in a text, are percent-encoded.
#[must_use]
pub fn fill_content(content: &Content, values: Values<'_>) -> Content {
    let mut filled = content.clone();
    let words = |text: &mut String, max_chars: usize| {
        let filled = fill(text, values);
        cut::chars(&filled, max_chars).clone_into(text);
    };
    let title = |text: &mut String| words(text, FILLED_TITLE_MAX_CHARS);
    let description = |text: &mut String| words(text, FILLED_DESCRIPTION_MAX_CHARS);
    let address = |text: &mut String| {
        let groups: Vec<String> = values.groups.iter().map(|g| escaped(g)).collect();
        let (nickname, keyword, time) = (escaped(values.nickname), escaped(values.keyword), escaped(values.time));
        let user_id = values.user_id;
        let full = fill(text, Values { nickname: &nickname, user_id, time: &time, keyword: &keyword, groups: &groups });
        if full.len() <= FILLED_URL_MAX_BYTES {
            *text = full;
        }
    };
    for (part, text) in filled.parts_mut() {
        match part {
            Part::Text => *text = shortened(fill_marked(text, values)),
            Part::Media | Part::Thumb => {}
            Part::Title => title(text),
            Part::Description => description(text),
            Part::Url | Part::HqUrl | Part::PictureUrl => address(text),
        }
    }
    filled
}

/// The text up to [`FILLED_MAX_BYTES`], cut between characters and outside of links.
fn shortened(mut text: String) -> String {
    if text.len() > FILLED_MAX_BYTES {
        text.truncate(cut::bytes(&text, FILLED_MAX_BYTES).len());
        if let Some(at) = text.rfind("<a ").filter(|at| !text[*at..].contains("</a>")) {
            text.truncate(at);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_inside_an_address_is_escaped() {
        let url = "https://weida.example/?q={{keyword}}&n={{nickname}}".to_owned();
        let (title, picture_url) = ("{{keyword}}".to_owned(), String::new());
        let news = Content::News { title, description: String::new(), picture_url, url };
        let Content::News { title, url, .. } = fill_content(&news, Values { keyword: "a&b 价", ..VALUES }) else {
            panic!("the kind of content changed")
        };
        assert_eq!(title, "a&b 价");
        assert_eq!(url, "https://weida.example/?q=a%26b+%E4%BB%B7&n=%7B%7Bkeyword%7D%7D");
    }

    const VALUES: Values<'_> =
        Values { nickname: "{{keyword}}", user_id: "1001", time: "12:00", keyword: "价格", groups: &[] };

    #[test]
    fn known_variables_are_filled_and_others_stay() {
        assert_eq!(fill("你好 {{ nickname }}（{{user_id}}）", VALUES), "你好 {{keyword}}（1001）");
        assert_eq!(fill("{{nobody}} {{", VALUES), "{{nobody}} {{");
        assert_eq!(fill("{{x{{keyword}}", VALUES), "{{x价格");
    }

    #[test]
    fn a_value_makes_no_link_and_ends_none() {
        let filled = |text: &str, keyword: &str| {
            let Content::Text { text } = fill_content(&Content::text(text), Values { keyword, ..VALUES }) else {
                panic!("the kind of content changed")
            };
            text
        };
        let link =
            "看 {{keyword}} <a href=\"https://shop.example/s?q={{keyword}}&n={{user_id}}\">{{keyword}}</a> {{keyword}}";
        assert_eq!(
            filled(link, "\"机\" a&b>"),
            "看 \"机\" a&b> <a href=\"https://shop.example/s?q=%22%E6%9C%BA%22+a%26b%3E&n=1001\">\"机\" a&b></a> \"机\" a&b>"
        );
        assert_eq!(filled("{{keyword}}", "<a href='x'>y</a>"), "＜a href='x'>y＜/a>");
        // Not a tag, and a tag that is closed.
        assert_eq!(filled("1 <a 2> {{keyword}}", "b c"), "1 <a 2> b c");
    }

    /// T-184.
    #[test]
    fn a_variable_multiplies_nothing() {
        let group = ["价".repeat(2_500)];
        let values = Values { groups: &group, ..VALUES };
        for text in ["{{1}}".repeat(1_200), "<a href=\"https://a.example/{{1}}\">{{1}}</a>".repeat(100)] {
            let Content::Text { text } = fill_content(&Content::text(text), values) else { panic!("not a text") };
            assert!(text.len() <= FILLED_MAX_BYTES, "{}", text.len());
            assert_eq!(text.matches("<a ").count(), text.matches("</a>").count());
        }
        let url = "https://a.example/{{1}}".to_owned();
        let news = Content::News {
            title: "{{1}}".repeat(20),
            description: "{{1}}".repeat(60),
            picture_url: String::new(),
            url: url.clone(),
        };
        let Content::News { title, description, url: filled, .. } = fill_content(&news, values) else {
            panic!("not an article")
        };
        assert_eq!((title.chars().count(), description.chars().count()), (200, 600));
        assert_eq!(filled, url, "a URL that would be too long is not filled");
    }

    #[test]
    fn groups_are_counted_from_one() {
        let groups = ["42".to_owned()];
        assert_eq!(fill("{{1}} {{2}} {{0}}", Values { groups: &groups, ..VALUES }), "42 {{2}} {{0}}");
    }
}
