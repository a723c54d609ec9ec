//! Chooses the language and theme of a response. Pure functions of the request's headers.

/// The cookie that stores the chosen language: `zh` or `en`.
pub const LANG_COOKIE: &str = "weida_lang";
/// The cookie that stores the chosen theme: `system`, `light` or `dark`.
pub const THEME_COOKIE: &str = "weida_theme";

/// The cookie that disables single-letter keyboard shortcuts: `off`.
pub const KEYS_COOKIE: &str = "weida_keys";

/// A language in which every text exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Simplified Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// In order: `?lang=`, the cookie, `Accept-Language`, Chinese. The arguments are raw header values; unreadable ones are
    /// ignored.
    pub fn of_request(query: Option<&str>, cookies: Option<&str>, accept: Option<&str>) -> Self {
        query
            .and_then(|text| pair(text, '&', "lang"))
            .and_then(Self::parse)
            .or_else(|| cookies.and_then(|text| pair(text, ';', LANG_COOKIE)).and_then(Self::parse))
            .or_else(|| accept.and_then(Self::best_of))
            .unwrap_or_default()
    }

    /// The separator of a list.
    pub const fn list_mark(self) -> &'static str {
        match self {
            Self::Zh => "、",
            Self::En => ", ",
        }
    }

    /// The separator of clauses in one sentence.
    pub const fn clause_mark(self) -> &'static str {
        match self {
            Self::Zh => "；",
            Self::En => "; ",
        }
    }

    /// The separator of a name and its value.
    pub const fn colon(self) -> &'static str {
        match self {
            Self::Zh => "：",
            Self::En => ": ",
        }
    }

    /// Parses a language tag by its first part: `zh-Hans-CN` is Chinese, `en_GB` is English, others are `None`.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The code in forms, queries and the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The value of `<html lang>`, which also selects the right glyphs of Han characters.
    pub const fn html_lang(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The language's own name, for readers who do not understand the current one.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The supported language with the highest weight in an `Accept-Language`; the first one if weights are equal.
    fn best_of(accept: &str) -> Option<Self> {
        let mut best = None;
        let mut best_weight = 0.0;
        for part in accept.split(',') {
            let (tag, weight) = part.split_once(';').map_or((part, 1.0), |(tag, rest)| (tag, weight_of(rest)));
            if let Some(lang) = Self::parse(tag.trim())
                && weight > best_weight
            {
                best = Some(lang);
                best_weight = weight;
            }
        }
        best
    }
}

/// Light, dark, or the device's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// The device's setting.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The choice stored in the cookie, else the device's.
    pub fn of_request(cookies: Option<&str>) -> Self {
        cookies.and_then(|text| pair(text, ';', THEME_COOKIE)).and_then(Self::parse).unwrap_or_default()
    }

    /// Parses the code in a form or cookie.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "system" => Some(Self::System),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// The code in forms, the cookie and `<html data-theme>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The visitor's preferences, and the page they are on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prefs {
    /// The language of every text.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// Disables single-letter keyboard shortcuts.
    pub has_no_keys: bool,
    /// Path and query of the current page, to return to after a switch of language or theme.
    pub address: String,
}

/// True if the cookies disable single-letter keyboard shortcuts.
pub fn has_no_keys(cookies: Option<&str>) -> bool {
    cookies.and_then(|text| pair(text, ';', KEYS_COOKIE)) == Some("off")
}

/// The value of `name` in a list of `name=value` pairs.
fn pair<'a>(text: &'a str, separator: char, name: &str) -> Option<&'a str> {
    text.split(separator).filter_map(|part| part.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
}

/// The weight in `q=0.8`; 1 if absent, 0 if invalid.
fn weight_of(parameters: &str) -> f32 {
    pair(parameters, ';', "q").map_or(1.0, |text| text.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_beats_the_cookie_beats_the_header_beats_chinese() {
        let (zh_cookie, en_header) = (Some("a=1; weida_lang=zh"), Some("en-GB,en;q=0.9"));
        assert_eq!(Lang::of_request(Some("q=x&lang=en"), zh_cookie, None), Lang::En);
        assert_eq!(Lang::of_request(Some("q=x"), zh_cookie, en_header), Lang::Zh);
        assert_eq!(Lang::of_request(None, None, en_header), Lang::En);
        assert_eq!(Lang::of_request(None, None, None), Lang::Zh);
    }

    #[test]
    fn an_unknown_choice_falls_through_to_the_next_source() {
        assert_eq!(Lang::of_request(Some("lang=xx"), Some("weida_lang=%00"), Some("en")), Lang::En);
        assert_eq!(Lang::of_request(Some("lang="), Some("weida_lang"), Some("fr, de;q=0.8")), Lang::Zh);
    }

    #[test]
    fn the_weight_decides_and_then_the_order() {
        for (accept, lang) in [
            ("fr-CH, en;q=0.7, zh-CN;q=0.8", Lang::Zh),
            ("zh-TW;q=0.3,en-US;q=0.9", Lang::En),
            ("en,zh", Lang::En),
            ("en;q=0, *;q=0.5", Lang::Zh),
            ("en;q=banana", Lang::Zh),
            (";;;,,=", Lang::Zh),
        ] {
            assert_eq!(Lang::of_request(None, None, Some(accept)), lang, "{accept}");
        }
    }

    #[test]
    fn a_theme_is_read_from_its_cookie_only_by_its_exact_name() {
        assert_eq!(Theme::of_request(Some("weida_lang=en; weida_theme=dark")), Theme::Dark);
        assert_eq!(Theme::of_request(Some("weida_theme=\"><script>")), Theme::System);
        assert_eq!(Theme::of_request(None), Theme::System);
    }

    #[test]
    fn every_code_reads_back() {
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(Lang::parse(lang.code()), Some(lang));
        }
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::parse(theme.code()), Some(theme));
        }
    }
}
