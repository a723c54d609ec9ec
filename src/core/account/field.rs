//! What people type, parsed at the door. Past it nothing is checked twice.

use crate::core::{CoreError, Problem};
use unicode_normalization::UnicodeNormalization as _;

/// Characters that cannot be seen and change how their neighbours are read: bidirectional marks and zero-width ones.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// A name to sign in with: 2 to 32 letters, digits, `_`, `-` or `.` of any script, unique without regard to case and width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// # Errors
    /// The flaw of the field `username`.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let flaw = |p| CoreError::flaw("username", p);
        // Longer texts are refused before anything is done with them.
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
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What must be unique.
    #[must_use]
    pub fn key(&self) -> String {
        folded(&self.0)
    }
}

/// The form under which a typed name is looked up, whatever was typed.
#[must_use]
pub fn folded(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).take(64).collect()
}

/// What others see: 1 to 32 characters, no invisible ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nickname(String);

impl Nickname {
    /// # Errors
    /// The flaw of the field `nickname`.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let text = text.trim();
        let flaw = |p| CoreError::flaw("nickname", p);
        match text.chars().take(33).count() {
            0 => Err(flaw(Problem::Empty)),
            33 => Err(flaw(Problem::TooLong(32))),
            _ if text.chars().any(is_invisible) => Err(flaw(Problem::Malformed)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// What another program says somebody is called, made fit: invisible characters and what is too long are dropped. None
    /// where nothing is left.
    #[must_use]
    pub fn cleaned(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !is_invisible(*c)).take(1024).collect();
        Self::parse(&text.trim().chars().take(32).collect::<String>()).ok()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A picture's address on the web, as another program says it. None for anything else, and for what is longer than is stored.
#[must_use]
pub fn picture_url(text: &str) -> Option<String> {
    let text = text.trim();
    let is_web =
        url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    (is_web && text.chars().count() <= 500).then(|| text.to_owned())
}

/// A person's real name as an operator writes it down, or none for an empty text: up to 64 characters, no invisible ones.
///
/// # Errors
/// The flaw of the field `real_name`.
pub fn real_name(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    match text.chars().take(65).count() {
        0 => Ok(None),
        65 => Err(CoreError::flaw("real_name", Problem::TooLong(64))),
        _ if text.chars().any(is_invisible) => Err(CoreError::flaw("real_name", Problem::Malformed)),
        _ => Ok(Some(text.to_owned())),
    }
}

/// An e-mail address, or none for an empty text. Not proven to be theirs.
///
/// # Errors
/// The flaw of the field `email`.
pub fn email(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // RFC 5321, 4.5.3.1: 254 octets.
    if text.len() > 254 {
        return Err(CoreError::flaw("email", Problem::TooLong(254)));
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
    if is_fine && is_clean { Ok(Some(text.to_owned())) } else { Err(CoreError::flaw("email", Problem::Malformed)) }
}

/// A phone number, or none for an empty text: an optional `+` and 5 to 20 digits, with spaces and hyphens between.
///
/// # Errors
/// The flaw of the field `phone`.
pub fn phone(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let bad = || CoreError::flaw("phone", Problem::Malformed);
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

/// Digits of a code as typed: width folded, spaces and hyphens dropped.
///
/// # Errors
/// The flaw of the field `code`.
pub fn code(text: &str, digits: u8) -> Result<String, CoreError> {
    if text.len() > 256 {
        return Err(CoreError::flaw("code", Problem::Malformed));
    }
    let typed: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match typed.len() {
        0 => Err(CoreError::flaw("code", Problem::Empty)),
        n if n == usize::from(digits) && typed.bytes().all(|b| b.is_ascii_digit()) => Ok(typed),
        _ => Err(CoreError::flaw("code", Problem::Malformed)),
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

    #[test]
    fn nicknames_may_have_emoji_and_no_invisible_characters() {
        assert_eq!(Nickname::parse(" 小明 😀 ").unwrap().as_str(), "小明 😀");
        assert_eq!(problem(Nickname::parse("a\u{202e}b")), Problem::Malformed);
        assert_eq!(problem(Nickname::parse(&"名".repeat(33))), Problem::TooLong(32));
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
