//! Variables in an answer: `{{nickname}}` and its kin.

use super::Content;

/// What variables stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    pub nickname: &'a str,
    pub user_id: &'a str,
    pub time: &'a str,
    /// The keyword that was found in the message; where it was compared as a whole, the message.
    pub keyword: &'a str,
    /// `{{1}}`, `{{2}}`, …: what the groups of a regular expression caught.
    pub groups: &'a [String],
}

/// Puts values in the place of variables. A value is never looked into again; an unknown variable stays as it is typed.
#[must_use]
pub fn fill(text: &str, values: Values<'_>) -> String {
    put(text, values, |_, value| value.to_owned())
}

/// The same for a text that the chat reads links in: a value makes none, and ends none that it stands in.
fn fill_marked(text: &str, values: Values<'_>) -> String {
    put(text, values, |before, value| {
        let is_in_tag = before.rfind("<a ").is_some_and(|at| !before[at..].contains('>'));
        if is_in_tag { escaped(value) } else { value.replace('<', "＜") }
    })
}

fn escaped(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// Puts values as `form` writes them, which is told what of the text stands before each.
fn put(text: &str, values: Values<'_>, form: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
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

/// The content with values in the place of variables; inside an address, that of a link in a text as well, they are escaped.
#[must_use]
pub fn fill_content(content: &Content, values: Values<'_>) -> Content {
    let mut filled = content.clone();
    let words = |text: &mut String| *text = fill(text, values);
    let address = |text: &mut String| {
        let groups: Vec<String> = values.groups.iter().map(|g| escaped(g)).collect();
        let (nickname, keyword, time) = (escaped(values.nickname), escaped(values.keyword), escaped(values.time));
        let user_id = values.user_id;
        *text = fill(text, Values { nickname: &nickname, user_id, time: &time, keyword: &keyword, groups: &groups });
    };
    match &mut filled {
        Content::Text { text } => *text = fill_marked(text, values),
        Content::Image { .. } | Content::Voice { .. } => {}
        Content::Video { title, description, .. } => [title, description].into_iter().for_each(words),
        Content::Music { title, description, url, hq_url, .. } => {
            [title, description].into_iter().for_each(words);
            [url, hq_url].into_iter().for_each(address);
        }
        Content::News { title, description, picture_url, url } => {
            [title, description].into_iter().for_each(words);
            [picture_url, url].into_iter().for_each(address);
        }
    }
    filled
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
            panic!("it became something else")
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
                panic!("it became something else")
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
        // No tag, and a tag that is closed.
        assert_eq!(filled("1 <a 2> {{keyword}}", "b c"), "1 <a 2> b c");
    }

    #[test]
    fn groups_are_counted_from_one() {
        let groups = ["42".to_owned()];
        assert_eq!(fill("{{1}} {{2}} {{0}}", Values { groups: &groups, ..VALUES }), "42 {{2}} {{0}}");
    }
}
