//! The start of a page of the list: opaque to clients, and valid for one order only.

use super::query::Sort;
use crate::core::{CoreError, Problem};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// A longer text is not a cursor of ours.
const MAX_BYTES: usize = 128;

/// The user next to the page, and the direction in which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub sort: Sort,
    pub is_descending: bool,
    /// True for the page before that user, false for the page after.
    pub is_back: bool,
    /// The user's sort key.
    pub value: i64,
    pub id: i64,
}

impl Cursor {
    pub fn to_text(self) -> String {
        let flag = |is_on: bool| if is_on { "1" } else { "0" };
        let (way, back) = (flag(self.is_descending), flag(self.is_back));
        BASE64_URL_SAFE_NO_PAD.encode(format!("{}.{way}.{back}.{}.{}", self.sort.as_str(), self.value, self.id))
    }

    /// Parses a cursor that was issued for this order.
    ///
    /// # Errors
    /// The field error of `cursor`.
    pub fn parse(text: &str, sort: Sort, is_descending: bool) -> Result<Self, CoreError> {
        Self::read(text)
            // Only the canonical text is accepted.
            .filter(|cursor| cursor.to_text() == text && cursor.sort == sort && cursor.is_descending == is_descending)
            .ok_or_else(|| CoreError::field_error("cursor", Problem::Malformed))
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = (text.len() <= MAX_BYTES).then(|| BASE64_URL_SAFE_NO_PAD.decode(text).ok())??;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split('.');
        let mut next = || parts.next();
        Some(Self {
            sort: Sort::of(next()?)?,
            is_descending: next()? == "1",
            is_back: next()? == "1",
            value: next()?.parse().ok()?,
            id: next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_for_its_own_order_only() {
        for (sort, is_back, value) in [(Sort::Created, false, 0), (Sort::Credits, true, i64::MIN), (Sort::Id, false, 7)]
        {
            let cursor = Cursor { sort, is_descending: true, is_back, value, id: 1001 };
            let text = cursor.to_text();
            assert_eq!(Cursor::parse(&text, sort, true).unwrap(), cursor);
            assert!(Cursor::parse(&text, sort, false).is_err());
            assert!(Cursor::parse(&text, Sort::LastLogin, true).is_err());
        }
    }

    #[test]
    fn whatever_else_is_sent_is_refused() {
        let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let forged = [
            String::new(),
            "-1".to_owned(),
            "2147483648".to_owned(),
            "'; DROP TABLE users; --".to_owned(),
            "A".repeat(4_000),
            encoded("created.1.0.1"),
            encoded("created.1.0.1.2.3"),
            encoded("created.1.2.1.2"),
            encoded("created.1.0.01.2"),
            encoded("created.1.0.1.99999999999999999999"),
            encoded("password_hash.1.0.1.2"),
        ];
        for text in forged {
            assert!(Cursor::parse(&text, Sort::Created, true).is_err(), "{text:?}");
        }
    }
}
