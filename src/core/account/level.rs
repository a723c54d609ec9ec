//! A level that ends: the user is `normal` from that moment on, whether or not the cleanup has lowered the stored level yet.

use crate::config::LEVELS;

/// The level that holds at `now`, and when it ends, from the stored ones; times in epoch milliseconds.
#[must_use]
pub fn current(level: String, until: Option<i64>, now: i64) -> (String, Option<i64>) {
    match until {
        Some(end) if end <= now => (LEVELS[0].to_owned(), None),
        _ => (level, until),
    }
}

/// The position of a level among all, ascending; that of an unknown one is 0.
#[must_use]
pub fn rank(level: &str) -> usize {
    LEVELS.iter().position(|known| *known == level).unwrap_or_default()
}

/// The better one of two levels with their ends: the higher one, of equal ones that which ends later.
#[must_use]
pub fn better<'a>(one: (&'a str, Option<i64>), other: (&'a str, Option<i64>)) -> (&'a str, Option<i64>) {
    let key = |(level, until): (&str, Option<i64>)| (rank(level), until.unwrap_or(i64::MAX));
    if key(one) >= key(other) { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_ends_at_its_millisecond() {
        let at = |now| current("vip".to_owned(), Some(100), now);
        assert_eq!(at(99), ("vip".to_owned(), Some(100)));
        assert_eq!(at(100), ("normal".to_owned(), None));
        assert_eq!(current("vip".to_owned(), None, i64::MAX), ("vip".to_owned(), None));
    }

    #[test]
    fn the_higher_level_is_better_and_then_the_longer_one() {
        assert_eq!(better(("premium", None), ("vip", Some(1))), ("vip", Some(1)));
        assert_eq!(better(("vip", Some(2)), ("vip", None)), ("vip", None));
        assert_eq!(better(("vip", Some(2)), ("vip", Some(1))), ("vip", Some(2)));
        assert_eq!(better(("normal", None), ("premium", Some(1))), ("premium", Some(1)));
    }
}
