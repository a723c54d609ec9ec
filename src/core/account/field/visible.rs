//! Invisible characters in names.

use unicode_segmentation::UnicodeSegmentation as _;

/// Characters that are invisible or change how their neighbours are read: what Unicode calls default ignorable (`DerivedCoreProperties`,
/// `Default_Ignorable_Code_Point`) except the two emoji variation selectors, plus letters drawn as nothing and line separators.
pub(crate) fn is_invisible(c: char) -> bool {
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

/// The text without invisible characters, except those inside an emoji: the joiners of a family, the tags of a flag.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if is_joined_emoji(cluster) {
            out.push_str(cluster);
        } else {
            out.extend(cluster.chars().filter(|c| !is_invisible(*c)));
        }
    }
    out
}

/// True for one emoji of several (UTS 51): pictures with joiners between them, or a black flag with its tags.
fn is_joined_emoji(cluster: &str) -> bool {
    let is_picture = |c: char| c >= '\u{2190}' && !is_invisible(c) && !is_emoji_mark(c) && !c.is_alphabetic();
    if let Some(tags) = cluster.strip_prefix('\u{1F3F4}').and_then(|rest| rest.strip_suffix('\u{E007F}')) {
        return !tags.is_empty() && tags.chars().all(|c| matches!(c, '\u{E0030}'..='\u{E007A}'));
    }
    cluster.contains('\u{200D}')
        && cluster.split('\u{200D}').all(|part| {
            let mut chars = part.chars();
            chars.next().is_some_and(is_picture) && chars.all(|c| is_emoji_mark(c) || is_picture(c))
        })
}

/// True if the text has a visible character.
pub(super) fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_emoji_mark(c) && !is_invisible(c))
}
