use super::*;
use proptest::prelude::*;

/// One of each kind that the recommended set has (emoji-test.txt), and how keyboards write them.
const EMOJI_OF_EACH_KIND: [&str; 30] = [
    "😀",
    "👨‍👩‍👧",
    "👨‍👩‍👧‍👦",
    "👩🏽‍💻",
    "🧑🏻‍🤝‍🧑🏿",
    "🧑🏻‍❤️‍💋‍🧑🏼",
    "🏃🏽‍♀️‍➡️",
    "❤️‍🔥",
    "🕵️‍♂️",
    "👁️‍🗨️",
    "🐻‍❄️",
    "⛓️‍💥",
    "🏳️‍🌈",
    "🏳️‍⚧️",
    "🏴‍☠️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "🇨🇳",
    "🇭🇰",
    "1️⃣",
    "#️⃣",
    "*️⃣",
    "👍🏿",
    "☝🏽",
    "❤️",
    "❤\u{fe0e}",
    "™️",
    "㊗️",
    "🧑‍🧑‍🧒‍🧒",
];

#[test]
fn an_emoji_of_each_kind_is_visible() {
    for emoji in EMOJI_OF_EACH_KIND {
        for text in [emoji.to_owned(), format!("小微{emoji}"), format!("{emoji}{emoji} a"), format!("a{emoji}b")] {
            assert!(!is_deceptive(&text), "{text:?}");
            assert!(has_visible(&text));
        }
    }
}

/// T-182.
#[test]
fn what_is_hidden_outside_of_an_emoji_is_found() {
    for (hidden, seen) in [
        // Joiners: alone, between letters, at an end, doubled, beside what is no picture.
        ("\u{200d}", ""),
        ("a\u{200d}b", "ab"),
        ("你\u{200d}好", "你好"),
        ("👨\u{200d}", "👨"),
        ("\u{200d}👨", "👨"),
        ("👨\u{200d}\u{200d}👩", "👨👩"),
        ("👨\u{200d}a", "👨a"),
        ("a\u{200d}👨", "a👨"),
        ("。\u{200d}。", "。。"),
        ("\u{3000}\u{200d}\u{3000}", "\u{3000}\u{3000}"),
        ("👍🏽\u{200d}", "👍🏽"),
        ("🏽\u{200d}🏽", "🏽🏽"),
        ("1\u{200d}2", "12"),
        ("🇨🇳\u{200d}🇨🇳", "🇨🇳🇨🇳"),
        ("1️⃣\u{200d}👨", "1⃣👨"),
        ("क\u{94d}\u{200d}ष", "क\u{94d}ष"),
        // Variation selectors: alone, after a letter or a digit, twice, the other fourteen, those of ideographs.
        ("\u{fe0f}", ""),
        ("\u{fe0e}\u{fe0f}", ""),
        ("a\u{fe0f}", "a"),
        ("a\u{fe0e}b", "ab"),
        ("你\u{fe0f}", "你"),
        ("1\u{fe0f}", "1"),
        ("1\u{fe0e}\u{20e3}", "1\u{20e3}"),
        ("❤\u{fe0f}\u{fe0f}", "❤"),
        ("❤\u{fe00}", "❤"),
        ("葛\u{e0100}", "葛"),
        // Tags: outside of a flag, a flag of hidden text, one without its end, one in which a letter is missing.
        ("a\u{e0061}\u{e007f}", "a"),
        ("\u{e0041}\u{e0042}", ""),
        ("🏴\u{e0061}", "🏴"),
        ("🏴\u{e0068}\u{e0069}\u{e0064}\u{e0065}\u{e007f}", "🏴"),
        ("🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}", "🏴"),
        ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}", "🏴"),
        ("👍\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "👍"),
        ("🏴\u{e007f}", "🏴"),
        // Directions, spaces of no width, letters that are drawn as nothing.
        ("a\u{202e}b", "ab"),
        ("\u{2066}a\u{2069}", "a"),
        ("a\u{200f}", "a"),
        ("👨\u{200b}👩", "👨👩"),
        ("👨\u{200c}👩", "👨👩"),
        ("👨\u{202e}\u{200d}👩", "👨👩"),
        ("a\u{feff}", "a"),
        ("\u{3164}", ""),
        ("\u{115f}\u{1160}", ""),
        ("\u{2800}", ""),
        ("a\u{ad}b", "ab"),
        ("a\u{2028}b", "ab"),
        ("a\u{0}b", "ab"),
    ] {
        assert!(is_deceptive(hidden), "{hidden:?}");
        assert_eq!(visible(hidden), seen, "{hidden:?}");
        assert_eq!(has_visible(hidden), !seen.trim().is_empty(), "{hidden:?}");
        // Not in company either.
        let among = format!("小微{hidden} 👨‍👩‍👧x");
        assert!(is_deceptive(&among), "{among:?}");
    }
}

#[test]
fn a_skin_tone_is_seen_wherever_it_stands() {
    for text in ["🏽", "a🏽", "👍🏽", "👍🏽🏽", "🏽🏽"] {
        assert!(!is_deceptive(text), "{text:?}");
    }
}

proptest! {
    /// What is left hides nothing, and cleaning it again changes nothing.
    #[test]
    fn what_was_cleaned_is_clean(parts in prop::collection::vec(prop_oneof![
        prop::sample::select(EMOJI_OF_EACH_KIND.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec!['\u{200d}', '\u{fe0f}', '\u{fe0e}', '\u{e0067}', '\u{e007f}', '\u{202e}', '\u{200b}', '\u{20e3}', '🏽', '🏴', '1', 'a', '你', '\u{301}']).prop_map(String::from),
        any::<char>().prop_map(String::from),
    ], 0..12)) {
        let text = parts.concat();
        let clean = visible(&text);
        prop_assert!(!is_deceptive(&clean), "{:?} {:?}", text, clean);
        // Each hidden character that is left stands in an emoji.
        for cluster in clean.graphemes(true) {
            let hides = cluster.chars().any(|c| is_invisible(c) || is_emoji_mark(c));
            prop_assert!(!hides || IS_EMOJI.is_match(cluster), "{:?}", cluster);
        }
    }
}
