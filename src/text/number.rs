//! Reads the numbers that people write: of a rule, of a page.

/// The number of a text of ASCII digits; the largest number if it is larger than that. `None` for any other text.
#[must_use]
pub fn saturated(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(i64::MAX))
}

/// The number of a page, from 1; the first page for a text that is no number.
#[must_use]
pub fn page(text: &str) -> i64 {
    saturated(text.trim()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_large_is_the_largest() {
        for (text, number) in [
            ("7", Some(7)),
            ("007", Some(7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", Some(i64::MAX)),
            ("99999999999999999999999999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("一", None),
        ] {
            assert_eq!(saturated(text), number, "{text}");
        }
        assert_eq!(
            (page(""), page("0"), page("-3"), page(" 2 "), page("99999999999999999999")),
            (1, 1, 1, 2, i64::MAX)
        );
    }
}
