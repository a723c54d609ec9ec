//! The users of a segment who have a gram: ascending numbers below [`SEGMENT`], and their stored text.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};

/// User ids of one segment.
pub const SEGMENT: i64 = 32_768;
/// A bitmap with one bit for each user of a segment.
const BITMAP_BYTES: usize = 4_096;

/// Ascending, without repetition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(Vec<u16>);

/// The segment of a user id, and the user's number in it.
pub fn split(user_id: i64) -> (i64, u16) {
    (user_id.div_euclid(SEGMENT), u16::try_from(user_id.rem_euclid(SEGMENT)).unwrap_or_default())
}

impl Members {
    /// Sorts the numbers.
    pub fn new(mut numbers: Vec<u16>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The user ids, ascending.
    pub fn ids(&self, segment: i64) -> impl DoubleEndedIterator<Item = i64> + '_ {
        self.0.iter().map(move |number| segment * SEGMENT + i64::from(*number))
    }

    pub fn first_and_last(&self, segment: i64) -> Option<(i64, i64)> {
        let mut ids = self.ids(segment);
        let first = ids.next()?;
        Some((first, ids.next_back().unwrap_or(first)))
    }

    pub fn has_any_of(&self, others: &Self) -> bool {
        others.0.iter().any(|number| self.0.binary_search(number).is_ok())
    }

    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut numbers = self.0.clone();
        numbers.extend(&other.0);
        Self::new(numbers)
    }

    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let is_left = |number: &&u16| other.0.binary_search(number).is_err();
        Self(self.0.iter().filter(is_left).copied().collect())
    }

    /// Those who are also in a stored text.
    #[must_use]
    pub fn those_in(&self, text: &str) -> Self {
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).unwrap_or_default();
        if bytes.len() == BITMAP_BYTES {
            let has = |number: &&u16| bytes[usize::from(**number / 8)] >> (**number % 8) & 1 == 1;
            return Self(self.0.iter().filter(has).copied().collect());
        }
        self.intersection(&Self::of_list(&bytes))
    }

    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (few, many) = if self.len() < other.len() { (self, other) } else { (other, self) };
        let is_in_both = |number: &&u16| many.0.binary_search(number).is_ok();
        Self(few.0.iter().filter(is_in_both).copied().collect())
    }

    fn of_list(bytes: &[u8]) -> Self {
        Self(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect())
    }

    /// As stored: base64 of the numbers in two bytes each, or of a bitmap where that is shorter.
    pub fn to_text(&self) -> String {
        if self.0.len() * 2 < BITMAP_BYTES {
            let bytes: Vec<u8> = self.0.iter().flat_map(|number| number.to_le_bytes()).collect();
            return BASE64_STANDARD_NO_PAD.encode(bytes);
        }
        let mut bitmap = vec![0_u8; BITMAP_BYTES];
        for number in &self.0 {
            bitmap[usize::from(number / 8)] |= 1 << (number % 8);
        }
        BASE64_STANDARD_NO_PAD.encode(bitmap)
    }

    /// Reads [`Self::to_text`]; a text of anything else has no members.
    pub fn read(text: &str) -> Self {
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).unwrap_or_default();
        if bytes.len() < BITMAP_BYTES {
            return Self::of_list(&bytes);
        }
        let mut numbers = Vec::new();
        for (at, byte) in (0_u16..).zip(bytes) {
            let mut rest = byte;
            while rest != 0 {
                numbers.push(at * 8 + u16::try_from(rest.trailing_zeros()).unwrap_or_default());
                rest &= rest - 1;
            }
        }
        Self(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(numbers: impl IntoIterator<Item = u16>) -> Members {
        Members::new(numbers.into_iter().collect())
    }

    #[test]
    fn what_is_stored_reads_back_and_fits_its_column() {
        for step in [1, 2, 7, 15, 16, 17, 100, 30_000] {
            let some = members((0..32_768).step_by(step));
            assert_eq!(Members::read(&some.to_text()), some, "{step}");
            assert!(some.to_text().len() <= 5_500, "{step}");
        }
        assert_eq!(Members::read(""), members([]));
        assert_eq!(Members::read("no base64!"), members([]));
    }

    #[test]
    fn sets_are_combined() {
        let (even, three) = (members((0..30).step_by(2)), members((0..30).step_by(3)));
        assert_eq!(even.intersection(&three), members((0..30).step_by(6)));
        let all = members(0..32_768);
        assert_eq!((even.those_in(&three.to_text()).len(), even.those_in(&all.to_text())), (5, even.clone()));
        assert_eq!(even.union(&three).len(), 20);
        assert_eq!(even.without(&three).union(&even.intersection(&three)), even);
        assert!(even.has_any_of(&three) && !even.has_any_of(&members([1, 5])));
    }

    #[test]
    fn a_user_has_a_segment_and_a_number() {
        for id in [0, 1, 1_000, SEGMENT - 1, SEGMENT, 2_000_000, i64::MAX] {
            let (segment, number) = split(id);
            assert_eq!(members([number]).ids(segment).collect::<Vec<_>>(), [id]);
        }
        assert_eq!(members([3, 7, 9]).first_and_last(1), Some((SEGMENT + 3, SEGMENT + 9)));
        assert_eq!(members([3]).first_and_last(0), Some((3, 3)));
    }
}
