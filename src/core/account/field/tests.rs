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
fn a_real_name_may_have_an_emoji_and_hides_nothing() {
    for fine in ["李明", "Anna 👨‍👩‍👧", "小满 👩‍🌾🇨🇳1️⃣"] {
        assert_eq!(real_name(fine).unwrap().as_deref(), Some(fine));
    }
    for bad in ["李\u{202e}明", "李\u{200d}明", "李\u{fe0f}明", "🏴\u{e0061}\u{e007f}", "\u{3164}"] {
        assert_eq!(problem(real_name(bad)), Problem::Malformed, "{bad:?}");
    }
}

#[test]
fn a_username_has_no_emoji() {
    for bad in ["小微👨‍👩‍👧", "anna🇨🇳", "a1️⃣b", "anna😀"] {
        assert_eq!(problem(Username::parse(bad)), Problem::Malformed, "{bad:?}");
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
