//! What the bench is asked for, in its address.

use crate::core::{message::preview::Input, reply::content::KINDS};

/// The word for whoever is signed in.
pub const ME: &str = "me";
/// Characters of a message that are read: a little more than the platform sends.
const SAID_MAX_CHARS: usize = 2_500;

/// What is tried. What an address says that cannot be read is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    pub kind: Kind,
    /// A message, the key of a menu item, or a scene.
    pub said: String,
    /// As whoever is signed in, not as somebody without an account.
    pub is_me: bool,
}

/// What comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Text,
    Follow,
    Menu,
    Scan,
    /// Something that is not text, by the platform's name.
    Other(&'static str),
}

impl Kind {
    /// The kinds without words of their own that are offered.
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

impl Ask {
    /// Reads an address's parameters.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let said: String = get("say").chars().filter(|c| !c.is_control() || *c == '\n').take(SAID_MAX_CHARS).collect();
        Self { kind: Kind::of(&get("kind")), said: said.trim().to_owned(), is_me: get("as") == ME }
    }

    /// The message to decide about; None where nothing is tried yet.
    pub fn input(&self) -> Option<Input> {
        let said = self.said.clone();
        Some(match self.kind {
            Kind::Text if said.is_empty() => return None,
            Kind::Text => Input::Text(said),
            // A message that is half typed is no scene.
            Kind::Follow => Input::Follow(None),
            Kind::Menu => Input::Menu(said, String::new()),
            Kind::Scan => Input::Scan(said),
            Kind::Other(kind) => Input::Kind(kind.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Ask {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ask::read(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default())
    }

    #[test]
    fn an_address_says_what_comes_in() {
        assert_eq!(ask("say=+%E4%BB%B7%0Aa+").input(), Some(Input::Text("价\na".to_owned())));
        assert_eq!(ask("kind=menu&say=V1").input(), Some(Input::Menu("V1".to_owned(), String::new())));
        assert_eq!(ask("kind=follow").input(), Some(Input::Follow(None)));
        assert_eq!(ask("kind=follow&say=x").input(), Some(Input::Follow(None)));
        assert_eq!(ask("kind=sticker&say=x").input(), Some(Input::Kind("sticker".to_owned())));
    }

    #[test]
    fn nonsense_is_a_message_or_nothing() {
        for query in ["", "say=", "kind=text&say=%00%07", "kind=;drop", "as=root"] {
            assert_eq!(ask(query), Ask::default(), "{query}");
            assert_eq!(ask(query).input(), None, "{query}");
        }
        assert_eq!(ask(&format!("say={}", "x".repeat(9_000))).said.len(), SAID_MAX_CHARS);
    }
}
