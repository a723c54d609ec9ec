//! The test bench's query.

use crate::core::{message::preview::Input, rule::content::KINDS};

/// The value for the signed-in user.
pub const ME: &str = "me";
/// The longest message that is read, in characters: a little more than the platform sends.
const SAID_MAX_CHARS: usize = 2_500;

/// The input of a test. Unreadable parameters are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BenchQuery {
    pub kind: Kind,
    /// A message, the key of a menu item, or a scene.
    pub message: String,
    /// As the signed-in user, instead of a follower without an account.
    pub is_me: bool,
}

/// The kind of input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Text,
    Follow,
    Menu,
    Scan,
    /// A message other than text, by the platform's name.
    Other(&'static str),
}

impl Kind {
    /// The offered kinds without text.
    pub const OFFERED: [&'static str; 5] = ["image", "voice", "video", "location", "sticker"];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Follow => "follow",
            Self::Menu => "menu",
            Self::Scan => "scan",
            Self::Other(kind) => kind,
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "follow" => Self::Follow,
            "menu" => Self::Menu,
            "scan" => Self::Scan,
            other => KINDS.into_iter().find(|kind| *kind == other).map_or(Self::Text, Self::Other),
        }
    }
}

impl BenchQuery {
    /// Parses the query's parameters.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let message: String =
            get("say").chars().filter(|c| !c.is_control() || *c == '\n').take(SAID_MAX_CHARS).collect();
        Self { kind: Kind::of(&get("kind")), message: message.trim().to_owned(), is_me: get("as") == ME }
    }

    /// The input to decide; `None` if nothing was entered.
    pub fn input(&self) -> Option<Input> {
        let message = self.message.clone();
        Some(match self.kind {
            Kind::Text if message.is_empty() => return None,
            Kind::Text => Input::Text(message),
            // A half-typed message must not become a scene.
            Kind::Follow => Input::Follow(None),
            Kind::Menu => Input::Menu(message, String::new()),
            Kind::Scan => Input::Scan(message),
            Kind::Other(kind) => Input::Kind(kind.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(query: &str) -> BenchQuery {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        BenchQuery::read(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default())
    }

    #[test]
    fn an_address_says_what_comes_in() {
        assert_eq!(query("say=+%E4%BB%B7%0Aa+").input(), Some(Input::Text("价\na".to_owned())));
        assert_eq!(query("kind=menu&say=V1").input(), Some(Input::Menu("V1".to_owned(), String::new())));
        assert_eq!(query("kind=follow").input(), Some(Input::Follow(None)));
        assert_eq!(query("kind=follow&say=x").input(), Some(Input::Follow(None)));
        assert_eq!(query("kind=sticker&say=x").input(), Some(Input::Kind("sticker".to_owned())));
    }

    #[test]
    fn nonsense_is_a_message_or_nothing() {
        for text in ["", "say=", "kind=text&say=%00%07", "kind=;drop", "as=root"] {
            assert_eq!(query(text), BenchQuery::default(), "{text}");
            assert_eq!(query(text).input(), None, "{text}");
        }
        assert_eq!(query(&format!("say={}", "x".repeat(9_000))).message.len(), SAID_MAX_CHARS);
    }
}
