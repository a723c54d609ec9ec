//! The supported languages, and the macro that declares texts in Chinese and English side by side.
//!
//! [`texts!`](crate::texts) creates one struct of a page's texts. Both languages are on one line, so neither can lack a key, and
//! a misspelt key does not compile. Use one `texts!` per file: it also generates a test of its texts.

pub mod cut;
pub mod fold;
mod lang;
pub mod number;
pub mod visible;

pub use lang::{KEYS_COOKIE, LANG_COOKIE, Lang, Prefs, THEME_COOKIE, Theme, has_no_keys};

/// Declares the texts of a page: `key: "中文" / "English"`. `Name::of(lang)` returns the set in one language.
#[macro_export]
macro_rules! texts {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$about:meta])* $key:ident: $zh:literal / $en:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name { $($(#[$about])* pub $key: &'static str),* }

        impl $name {
            const ZH: Self = Self { $($key: $zh),* };
            const EN: Self = Self { $($key: $en),* };

            /// The texts in `lang`.
            pub const fn of(lang: $crate::text::Lang) -> &'static Self {
                match lang {
                    $crate::text::Lang::Zh => &Self::ZH,
                    $crate::text::Lang::En => &Self::EN,
                }
            }
        }

        #[cfg(test)]
        mod words {
            #[test]
            fn are_written_the_way_of_the_house() {
                $($crate::text::check(stringify!($key), $zh, $en);)*
            }
        }
    };
}

/// Replaces each `{name}` by its value, and each `{name one|many}` by its value and a word for it: the first for 1, else the second.
/// Values are inserted verbatim, without further replacement; a name without a value stays visible as it is.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    filled(template, values, false)
}

/// As [`fill`], with a space between a value's Latin letter or digit and a Han character beside it.
#[must_use]
pub fn fill_spaced(template: &str, values: &[(&str, &str)]) -> String {
    filled(template, values, true)
}

fn filled(template: &str, values: &[(&str, &str)], is_spaced: bool) -> String {
    let meets = |one: Option<char>, other: Option<char>| {
        is_spaced && one.is_some_and(is_han) && other.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let hit = values.iter().find_map(|(name, value)| {
            let after = from.strip_prefix('{')?.strip_prefix(name)?;
            let (word, after) = match after.strip_prefix(' ') {
                Some(words) => {
                    let (words, after) = words.split_once('}')?;
                    let (one, many) = words.split_once('|')?;
                    (Some(if *value == "1" { one } else { many }), after)
                }
                None => (None, after.strip_prefix('}')?),
            };
            Some((value, word, after))
        });
        if let Some((value, word, after)) = hit {
            filled.extend(meets(filled.chars().next_back(), value.chars().next()).then_some(' '));
            filled.push_str(value);
            filled.extend(word.into_iter().flat_map(|word| [" ", word]));
            filled.extend(meets(after.chars().next(), value.chars().next_back()).then_some(' '));
            rest = after;
        } else {
            filled.push('{');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    filled.push_str(rest);
    filled
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Panics if a pair of texts breaks a style rule: same placeholders, a space between Han and Latin, full-width punctuation.
///
/// # Panics
///
/// On the first broken rule; called by tests only.
#[cfg(test)]
pub fn check(key: &str, zh: &str, en: &str) {
    assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{key} is empty");
    assert_eq!(placeholders(zh), placeholders(en), "{key}: the placeholders differ");
    assert!(!zh.contains('您'), "{key}: use 你");
    let chars: Vec<char> = zh.chars().collect();
    for two in chars.windows(2) {
        if let [one, other] = *two {
            let glued = is_han(one) && other.is_ascii_alphanumeric() || one.is_ascii_alphanumeric() && is_han(other);
            assert!(!glued, "{key}: a space is missing between {one} and {other} in “{zh}”");
            assert!(
                !(is_han(one) && ",.;:!?()".contains(other)),
                "{key}: full-width punctuation is missing after {one} in “{zh}”"
            );
        }
    }
    assert!(!en.chars().any(is_han), "{key}: the English has Han characters");
}

#[cfg(test)]
fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        text.split('{').skip(1).filter_map(|part| part.split_once(['}', ' '])).map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::text::Common;

    #[test]
    fn each_language_has_its_own_words() {
        assert_eq!(Common::of(Lang::Zh).sign_in, "登录");
        assert_eq!(Common::of(Lang::En).sign_in, "Sign in");
    }

    #[test]
    fn values_go_where_their_names_are() {
        assert_eq!(fill("你好 {name}，第 {n} 页，{name}", &[("name", "小微"), ("n", "3")]), "你好 小微，第 3 页，小微");
    }

    #[test]
    fn a_latin_value_stands_apart_from_han() {
        let filled = |name, level| fill_spaced("{name}改为{level}。", &[("name", name), ("level", level)]);
        assert_eq!(filled("mia", "VIP 用户"), "mia 改为 VIP 用户。");
        assert_eq!(filled("小红", "普通用户"), "小红改为普通用户。");
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("{a}{b}", &[("a", "{b}"), ("b", "{a}<i>")]), "{b}{a}<i>");
    }

    #[test]
    fn what_has_no_value_stays() {
        assert_eq!(fill("{x} {", &[("y", "1")]), "{x} {");
        let lines = |n| fill("Skip {n line|lines} now", &[("n", n)]);
        assert_eq!([lines("1"), lines("0"), lines("12")], ["Skip 1 line now", "Skip 0 lines now", "Skip 12 lines now"]);
        assert_eq!(fill("{n line} {n a|b", &[("n", "1")]), "{n line} {n a|b");
        assert_eq!(fill("{{nickname}} {n}", &[("n", "2")]), "{{nickname}} 2");
        assert_eq!(fill("", &[]), "");
    }

    #[test]
    #[should_panic(expected = "the placeholders differ")]
    fn a_lost_placeholder_is_found() {
        check("k", "第 {n} 页", "page");
    }

    #[test]
    #[should_panic(expected = "a space is missing")]
    fn a_glued_word_is_found() {
        check("k", "用QQ登录", "sign in");
    }
}
