//! Invisible characters in names. They are refused, because a name with one reads like a name without it; inside an emoji they belong
//! to the picture: the joiners of a family, the tags of a flag, the selector of a keycap.

use regex::Regex;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation as _;

/// An emoji that has invisible characters (UTS 51, 1.4): pictures with joiners between them, a picture with a variation selector, a
/// keycap, and the three flags of regions that are recommended for interchange (England, Scotland, Wales): any other tags are not
/// drawn.
const EMOJI: &str = r"^(?x:
    \p{Extended_Pictographic}[\x{FE0E}\x{FE0F}]?\p{Emoji_Modifier}?
        (?:\x{200D}\p{Extended_Pictographic}\x{FE0F}?\p{Emoji_Modifier}?)*
    | [0-9\#*]\x{FE0F}\x{20E3}
    | \x{1F3F4}\x{E0067}\x{E0062}(?:\x{E0065}\x{E006E}\x{E0067}|\x{E0073}\x{E0063}\x{E0074}|\x{E0077}\x{E006C}\x{E0073})\x{E007F}
)$";

#[expect(clippy::expect_used, reason = "a constant that a test compiles")]
static IS_EMOJI: LazyLock<Regex> = LazyLock::new(|| Regex::new(EMOJI).expect("the pattern of emoji compiles"));

/// Characters that are invisible or change how their neighbours are read: what Unicode calls default ignorable (`DerivedCoreProperties`,
/// `Default_Ignorable_Code_Point`) except the two emoji variation selectors, plus letters drawn as nothing and line separators.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
                ..='\u{180F}'
        )
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}')
        || matches!(c, '\u{FE00}'..='\u{FE0D}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// True for the variation selectors that say whether the character before them is an emoji: invisible by themselves.
fn is_emoji_mark(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

/// The text without invisible characters, except those inside an emoji.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        // What stood apart may now stand together: an emoji and the accent of a letter.
        let next = without_hidden(&text);
        if next == text {
            return text;
        }
        text = next;
    }
}

fn without_hidden(text: &str) -> String {
    let hides = |c: char| is_invisible(c) || is_emoji_mark(c);
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if !cluster.contains(hides) || IS_EMOJI.is_match(cluster) {
            out.push_str(cluster);
        } else {
            out.extend(cluster.chars().filter(|c| !hides(*c)));
        }
    }
    out
}

/// True if the text has invisible characters outside of emoji, so that it may read like another text.
#[must_use]
pub fn is_deceptive(text: &str) -> bool {
    visible(text) != text
}

/// True if the text has a visible character.
#[must_use]
pub fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_emoji_mark(c) && !is_invisible(c))
}

#[cfg(test)]
mod tests;
