//! Parsing of text fields at the input boundary. Parsed values are not checked again.

use crate::{
    core::{CoreError, Problem},
    store::user::ProfileColumn,
    text::cut,
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection as _};
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
fn visible(text: &str) -> String {
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
fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_emoji_mark(c) && !is_invisible(c))
}

/// A username: 2 to 32 letters, digits, `_`, `-` or `.` of any script, unique regardless of case and width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// # Errors
    /// The field error of `username`.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let flaw = |p| CoreError::field_error("username", p);
        // Longer texts are refused before any processing.
        if text.len() > 1024 {
            return Err(flaw(Problem::TooLong(32)));
        }
        let name: String = text.trim().nfkc().collect();
        match name.chars().count() {
            0 => return Err(flaw(Problem::Empty)),
            1 => return Err(flaw(Problem::TooShort(2))),
            2..=32 => {}
            _ => return Err(flaw(Problem::TooLong(32))),
        }
        let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        // A name of digits only would read like a user id.
        if !name.chars().all(is_fine) || name.chars().all(|c| c.is_ascii_digit()) {
            return Err(flaw(Problem::Malformed));
        }
        // `аdmin` with a Cyrillic letter reads like `admin` (UTS 39, 5.2): scripts that people write together may stand together, Latin
        // with Chinese, Japanese or Korean. Older names stay valid: they are looked up by `folded`.
        if name.chars().any(is_invisible) || !name.as_str().check_restriction_level(RestrictionLevel::HighlyRestrictive)
        {
            return Err(flaw(Problem::Malformed));
        }
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that must be unique.
    #[must_use]
    pub fn key(&self) -> String {
        folded(&self.0)
    }
}

/// The form under which a typed name is looked up, for any text.
#[must_use]
pub fn folded(name: &str) -> String {
    // Some databases cannot store a null character, and no name contains one.
    name.trim().nfkc().flat_map(char::to_lowercase).filter(|c| *c != '\0').take(64).collect()
}

/// A name shown to others: 1 to 32 characters, no invisible ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nickname(String);

impl Nickname {
    /// # Errors
    /// The field error of `nickname`.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let text = text.trim();
        let flaw = |p| CoreError::field_error("nickname", p);
        match text.chars().take(33).count() {
            0 => Err(flaw(Problem::Empty)),
            33 => Err(flaw(Problem::TooLong(32))),
            _ if visible(text) != text || !has_visible(text) => Err(flaw(Problem::Malformed)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// A nickname from another program, cleaned: invisible characters and excess length are dropped. `None` if nothing
    /// remains.
    #[must_use]
    pub fn cleaned(text: &str) -> Option<Self> {
        let text: String = visible(cut::chars(text, 1024));
        Self::parse(cut::chars(text.trim(), 32)).ok()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A picture's web address from another program. `None` for anything else, and for one that is too long to store.
#[must_use]
pub fn picture_url(text: &str) -> Option<String> {
    let text = text.trim();
    let is_web =
        url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    (is_web && text.chars().count() <= 500).then(|| text.to_owned())
}

/// A user's real name as an operator enters it, or `None` for an empty text: up to 64 characters, no invisible ones.
///
/// # Errors
/// The field error of `real_name`.
pub fn real_name(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    match text.chars().take(65).count() {
        0 => Ok(None),
        65 => Err(CoreError::field_error("real_name", Problem::TooLong(64))),
        _ if text.chars().any(is_invisible) => Err(CoreError::field_error("real_name", Problem::Malformed)),
        _ => Ok(Some(text.to_owned())),
    }
}

/// An e-mail address, or `None` for an empty text. Ownership is not verified.
///
/// # Errors
/// The field error of `email`.
pub fn email(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // RFC 5321, 4.5.3.1: 254 octets.
    if text.len() > 254 {
        return Err(CoreError::field_error("email", Problem::TooLong(254)));
    }
    let is_fine = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
    });
    let is_clean =
        !text.chars().any(|c| c.is_whitespace() || is_invisible(c) || matches!(c, '<' | '>' | '"' | ',' | ';'));
    if is_fine && is_clean {
        Ok(Some(text.to_owned()))
    } else {
        Err(CoreError::field_error("email", Problem::Malformed))
    }
}

/// A phone number, or `None` for an empty text: an optional `+` and 5 to 20 digits, with spaces and hyphens between.
///
/// # Errors
/// The field error of `phone`.
pub fn phone(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let bad = || CoreError::field_error("phone", Problem::Malformed);
    if text.len() > 32
        || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' '))
        || text.rfind('+').is_some_and(|at| at > 0)
    {
        return Err(bad());
    }
    if (5..=20).contains(&text.chars().filter(char::is_ascii_digit).count()) {
        Ok(Some(text.to_owned()))
    } else {
        Err(bad())
    }
}

/// Parses a profile field: the value, or `None` where an empty text removes it.
///
/// # Errors
/// The field error under the name of the column.
pub fn profile(column: ProfileColumn, text: &str) -> Result<Option<String>, CoreError> {
    match column {
        ProfileColumn::Nickname => Nickname::parse(text).map(|name| Some(name.0)),
        ProfileColumn::RealName => real_name(text),
        ProfileColumn::Phone => phone(text),
        ProfileColumn::Email => email(text),
    }
}

/// True for a field that users edit themselves; the others are the operator's.
#[must_use]
pub const fn is_own(column: ProfileColumn) -> bool {
    match column {
        ProfileColumn::Nickname | ProfileColumn::Phone | ProfileColumn::Email => true,
        ProfileColumn::RealName => false,
    }
}

/// The fields that users edit themselves, in the order of the forms.
pub fn own_profile() -> impl Iterator<Item = ProfileColumn> {
    ProfileColumn::ALL.iter().copied().filter(|column| is_own(*column))
}

/// The digits of a typed code: width folded, spaces and hyphens dropped.
///
/// # Errors
/// The field error of `code`.
pub fn code(text: &str, digits: u8) -> Result<String, CoreError> {
    if text.len() > 256 {
        return Err(CoreError::field_error("code", Problem::Malformed));
    }
    let typed: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match typed.len() {
        0 => Err(CoreError::field_error("code", Problem::Empty)),
        n if n == usize::from(digits) && typed.bytes().all(|b| b.is_ascii_digit()) => Ok(typed),
        _ => Err(CoreError::field_error("code", Problem::Malformed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem<T: std::fmt::Debug>(result: Result<T, CoreError>) -> Problem {
        match result.unwrap_err() {
            CoreError::Invalid(flaws) => flaws[0].problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_that_look_alike_are_one_name() {
        let key = Username::parse("Alice").unwrap().key();
        for same in ["alice", " ALICE ", "Ａｌｉｃｅ"] {
            assert_eq!(Username::parse(same).unwrap().key(), key);
            assert_eq!(folded(same), key);
        }
        assert_ne!(Username::parse("小明").unwrap().key(), key);
    }

    #[test]
    fn names_that_trick_the_eye_are_refused() {
        for bad in ["a b", "a\u{202e}b", "a\u{200b}b", "<b>", "a/b", "a\0b", "😀😀", "12345", "a\nb", "a@b"] {
            assert_eq!(problem(Username::parse(bad)), Problem::Malformed, "{bad:?}");
        }
        assert_eq!(problem(Username::parse("  ")), Problem::Empty);
        assert_eq!(problem(Username::parse("a")), Problem::TooShort(2));
        assert_eq!(problem(Username::parse(&"a".repeat(100_000))), Problem::TooLong(32));
    }

    /// T-182.
    #[test]
    fn names_that_read_like_another_are_refused() {
        for bad in [
            "admin\u{3164}",
            "ad\u{1160}min",
            "\u{115f}\u{1160}",
            "\u{ffa0}admin",
            "а\u{0064}min",
            "аdmin",
            "αdmin",
            "adмin",
        ] {
            assert_eq!(problem(Username::parse(bad)), Problem::Malformed, "{bad:?}");
        }
        for fine in [
            "admin",
            "小明",
            "小明2025",
            "wang小明",
            "ユーザー",
            "홍길동",
            "사용자01",
            "Ольга",
            "Ελένη",
            "a.b-c_d",
            "José",
            "龘龘",
        ] {
            assert!(Username::parse(fine).is_ok(), "{fine}");
        }
    }

    /// T-182.
    #[test]
    fn a_nickname_can_be_seen() {
        for blank in ["\u{3164}", "\u{2800}\u{2800}", "\u{fe0f}", "a\u{2028}b", "\u{115f}", "a\u{e0041}", "\u{34f}x"] {
            assert_eq!(problem(Nickname::parse(blank)), Problem::Malformed, "{blank:?}");
            assert!(Nickname::cleaned(blank).is_none_or(|name| has_visible(name.as_str())), "{blank:?}");
        }
        assert_eq!(Nickname::parse("❤\u{fe0f}小微").unwrap().as_str(), "❤\u{fe0f}小微");
    }

    #[test]
    fn nicknames_may_have_emoji_and_no_invisible_characters() {
        assert_eq!(Nickname::parse(" 小明 😀 ").unwrap().as_str(), "小明 😀");
        assert_eq!(problem(Nickname::parse("a\u{202e}b")), Problem::Malformed);
        assert_eq!(problem(Nickname::parse(&"名".repeat(33))), Problem::TooLong(32));
    }

    #[test]
    fn an_emoji_of_several_stays_whole_in_a_nickname() {
        for emoji in ["👨‍👩‍👧", "❤️‍🔥", "👩🏽‍💻", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏃🏽‍♀️"]
        {
            let name = format!("小微{emoji}");
            assert_eq!(Nickname::parse(&name).unwrap().as_str(), name);
            assert_eq!(Nickname::cleaned(&name).unwrap().as_str(), name);
            assert_eq!(Nickname::cleaned(&format!("{}{emoji}", "名".repeat(31))).unwrap().as_str(), "名".repeat(31));
        }
        for (hidden, seen) in [
            ("a\u{200d}b", "ab"),
            ("👨\u{200d}", "👨"),
            ("\u{200d}👨", "👨"),
            ("👨\u{200d}\u{200d}👩", "👨👩"),
            ("👨\u{200d}a", "👨a"),
            ("🏴\u{e0061}", "🏴"),
            ("a\u{e0061}\u{e007f}", "a"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}ष"),
        ] {
            assert_eq!(problem(Nickname::parse(hidden)), Problem::Malformed, "{hidden:?}");
            assert_eq!(Nickname::cleaned(hidden).unwrap().as_str(), seen, "{hidden:?}");
        }
    }

    #[test]
    fn what_another_program_says_is_made_fit() {
        assert_eq!(Nickname::cleaned(" a\u{202e}b ").unwrap().as_str(), "ab");
        assert_eq!(Nickname::cleaned(&"名".repeat(40)).unwrap().as_str().chars().count(), 32);
        assert_eq!(Nickname::cleaned("\u{200b} "), None);
        assert_eq!(picture_url("https://thirdwx.qlogo.cn/x/132").as_deref(), Some("https://thirdwx.qlogo.cn/x/132"));
        for bad in ["", "wxfile://tmp_1.jpg", "javascript:alert(1)", "//x", &format!("https://x/{}", "a".repeat(500))] {
            assert_eq!(picture_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(code(" 123 456 ", 6).unwrap(), "123456");
        assert_eq!(code("１２３-４５６", 6).unwrap(), "123456");
        assert_eq!(problem(code("12345", 6)), Problem::Malformed);
        assert_eq!(problem(code("12345a", 6)), Problem::Malformed);
        assert_eq!(problem(code("", 6)), Problem::Empty);
    }

    #[test]
    fn e_mail_and_phone_may_be_left_out_but_not_malformed() {
        assert_eq!(email(" ").unwrap(), None);
        assert_eq!(email("a@b.cn").unwrap().as_deref(), Some("a@b.cn"));
        for bad in ["a", "a@b", "@b.cn", "a@b.cn\r\nBcc: x", "a b@c.cn", "a@@b.cn", "a@.cn"] {
            assert_eq!(problem(email(bad)), Problem::Malformed, "{bad:?}");
        }
        assert_eq!(phone("+86 138-0013-8000").unwrap().as_deref(), Some("+86 138-0013-8000"));
        for bad in ["1234", "12+345", "13800138000x"] {
            assert_eq!(problem(phone(bad)), Problem::Malformed, "{bad:?}");
        }
    }
}
