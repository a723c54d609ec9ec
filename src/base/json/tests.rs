use super::*;
use proptest::prelude::*;
use serde_json::json;

fn of(bytes: &[u8]) -> (Value, Dropped) {
    cleaned(bytes).unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(bytes)))
}

#[test]
fn what_is_not_clean_is_dropped_and_counted() {
    let count = |control_characters, invalid_bytes, half_surrogates, unknown_escapes| Dropped {
        control_characters,
        invalid_bytes,
        half_surrogates,
        unknown_escapes,
    };
    for (text, clean, expected) in [
        (&b"\"\xe5\xb0\x8f\x02\xe5\xbe\xae\""[..], "小微", count(1, 0, 0, 0)),
        (b"\"a\0b\x1f\"", "ab", count(2, 0, 0, 0)),
        (b"\"a\nb\tc\"", "a\nb\tc", count(0, 0, 0, 0)),
        (br#""a\u0000b\u001bc\nd""#, "abc\nd", count(2, 0, 0, 0)),
        (b"\"\xd0\xa1\xce\xa2\"", "С\u{3a2}", count(0, 0, 0, 0)),
        (b"\"a\xc4\xe3b\"", "a\u{fffd}\u{fffd}b", count(0, 2, 0, 0)),
        (b"\"a\xe5\xb0\"", "a\u{fffd}", count(0, 1, 0, 0)),
        (b"\"\x81\\\"", "\u{fffd}", count(0, 1, 0, 0)),
        (br#""a\ud83d""#, "a", count(0, 0, 1, 0)),
        (br#""\ude00a\ud83d\ud83d\ude00""#, "a😀", count(0, 0, 2, 0)),
        (br#""\ud83dx\uD83D\u0041""#, "xA", count(0, 0, 2, 0)),
        (br#""it\'s \x41 \u12 \\ \/""#, "it's x41 12 \\ /", count(0, 0, 0, 3)),
        ("\"家庭👨‍👩‍👧 ❤️\"".as_bytes(), "家庭👨‍👩‍👧 ❤️", count(0, 0, 0, 0)),
    ] {
        assert_eq!(of(text), (json!(clean), expected), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn a_fault_outside_a_text_is_dropped_too() {
    assert_eq!(of(b"\xef\xbb\xbf{\"a\":\0 1}\x1a").0, json!({ "a": 1 }));
    for text in [&b""[..], b"{", b"<xml/>", b"{\"a\":}", b"\"a", b"\xff"] {
        assert!(cleaned(text).is_none(), "{}", String::from_utf8_lossy(text));
    }
}

proptest! {
    /// Whatever stands in one text, the others are read.
    #[test]
    fn one_text_never_costs_the_others(unclean in prop::collection::vec(
        prop_oneof![
            any::<u8>().prop_filter("", |b| !b"\"\\".contains(b)).prop_map(|b| vec![b]),
            prop::sample::select(vec![
                &br"\ud83d"[..], br"\ude00", br"\u0000", br"\x", br"\u12", br"\n", b"\x02", b"\xc4\xe3", "😀".as_bytes(),
            ]).prop_map(<[u8]>::to_vec),
        ],
        0..20,
    )) {
        let bytes = [b"{\"nickname\":\"", unclean.concat().as_slice(), b"\",\"headimgurl\":\"https://a.example/0\"}"].concat();
        let (value, _) = cleaned(&bytes).unwrap();
        prop_assert_eq!(&value["headimgurl"], "https://a.example/0");
        prop_assert!(value["nickname"].is_string());
    }

    #[test]
    fn clean_json_stays_as_it_is(text in "[^\\x00-\\x1f]{0,60}") {
        let value = json!({ "a": [text], "b": 1 });
        prop_assert_eq!(of(value.to_string().as_bytes()), (value, Dropped::default()));
    }

    #[test]
    fn any_bytes_are_read_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = cleaned(&bytes);
    }
}
