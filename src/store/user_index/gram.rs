//! Grams: what users are found by, cut into pieces of one or two characters, each as a number.

use std::collections::BTreeSet;

/// A gram of the folded names and numbers in `users.search_key`.
const NAME: i64 = 0;
/// A gram of an openid or a unionid.
const ID: i64 = 1;
/// A value of a filter.
const WORD: i64 = 2;
/// Which every user has.
pub const EVERY_USER: i64 = 3 << KIND_BITS;

/// A character has 21 bits; two of them stand below the kind.
const CHAR_BITS: u32 = 21;
const KIND_BITS: u32 = 2 * CHAR_BITS;

/// What the index knows of a user.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    /// As in `users.search_key`: one line a field.
    pub search_key: String,
    /// Openids and unionids.
    pub ids: Vec<String>,
    /// See [`word`].
    pub words: Vec<i64>,
}

impl Searched {
    /// All grams of the user.
    pub fn grams(&self) -> BTreeSet<i64> {
        let mut grams: BTreeSet<i64> = self.words.iter().copied().collect();
        grams.insert(EVERY_USER);
        for line in self.search_key.lines() {
            grams.extend(line.chars().map(|c| of(NAME, c, '\0')));
            grams.extend(pairs(NAME, line));
        }
        for id in &self.ids {
            grams.extend(pairs(ID, &id.to_ascii_lowercase()));
        }
        grams
    }
}

/// The grams that every search key with this folded fragment has.
pub fn of_name(fragment: &str) -> BTreeSet<i64> {
    let mut chars = fragment.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => BTreeSet::from([of(NAME, only, '\0')]),
        _ => pairs(NAME, fragment).collect(),
    }
}

/// The grams that every id with this fragment has, whatever the case of its letters. At least two characters.
pub fn of_id(fragment: &str) -> BTreeSet<i64> {
    pairs(ID, &fragment.to_ascii_lowercase()).collect()
}

/// The gram of a filter value. Two values with the same gram would do no harm: rows are compared.
pub fn word(field: &str, value: &str) -> i64 {
    // FNV-1a.
    let bytes = field.bytes().chain([b'=']).chain(value.bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    WORD << KIND_BITS | i64::try_from(hash >> (64 - KIND_BITS)).unwrap_or_default()
}

fn of(kind: i64, first: char, second: char) -> i64 {
    kind << KIND_BITS | i64::from(u32::from(first)) << CHAR_BITS | i64::from(u32::from(second))
}

fn pairs(kind: i64, text: &str) -> impl Iterator<Item = i64> {
    text.chars().zip(text.chars().skip(1)).map(move |(first, second)| of(kind, first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_grams_of_each_fragment_and_none_across_lines() {
        let user = Searched {
            search_key: "li wei\n小微".to_owned(),
            ids: vec!["oAbC_1".to_owned()],
            words: vec![word("level", "vip")],
        };
        let grams = user.grams();
        for fragment in ["l", "i w", "li wei", "小", "小微"] {
            assert!(of_name(fragment).is_subset(&grams) && !of_name(fragment).is_empty(), "{fragment}");
        }
        for fragment in ["abc_", "BC_1"] {
            assert!(of_id(fragment).is_subset(&grams) && !of_id(fragment).is_empty(), "{fragment}");
        }
        assert!(grams.contains(&EVERY_USER) && grams.contains(&word("level", "vip")));
        for fragment in ["i小", "\n", "微小", "ab"] {
            assert!(!of_name(fragment).is_subset(&grams), "{fragment}");
        }
    }

    #[test]
    fn kinds_do_not_meet() {
        let last = of(NAME, char::MAX, char::MAX);
        assert!(last < of(ID, '\0', '\0') && of(ID, char::MAX, char::MAX) < word("a", "b"));
        assert!(word("a", "b") < EVERY_USER && word("a", "b") != word("a", "c"));
    }
}
