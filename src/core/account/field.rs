//! Parsing of text fields at the input boundary. Parsed values are not checked again.

use crate::{
    core::{CoreError, Problem},
    store::user::ProfileColumn,
    text::{
        cut,
        visible::{has_visible, is_deceptive, is_invisible, visible},
    },
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection as _};

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

/// A name shown to others: 1 to 32 characters, no invisible ones except inside an emoji.
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
            _ if is_deceptive(text) || !has_visible(text) => Err(flaw(Problem::Malformed)),
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

/// A user's real name as an operator enters it, or `None` for an empty text: up to 64 characters, no invisible ones except inside an
/// emoji.
///
/// # Errors
/// The field error of `real_name`.
pub fn real_name(text: &str) -> Result<Option<String>, CoreError> {
    let text = text.trim();
    match text.chars().take(65).count() {
        0 => Ok(None),
        65 => Err(CoreError::field_error("real_name", Problem::TooLong(64))),
        _ if is_deceptive(text) || !has_visible(text) => Err(CoreError::field_error("real_name", Problem::Malformed)),
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
mod tests;
