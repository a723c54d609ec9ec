use super::*;
use crate::core::rule::{AnswerMode, Content, Keyword, Source, TriggerKind};
use proptest::{collection::vec, prelude::*};

fn rule(number: i64, draft: Draft) -> Rule {
    Rule {
        id: number,
        number,
        name: draft.name,
        cause: draft.cause,
        keywords: draft.keywords,
        contents: draft.contents,
        answer: draft.answer,
        priority: draft.priority,
        is_enabled: draft.is_enabled,
        hits: 7,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: Source::Web,
        is_on_home: false,
        revision: 1,
    }
}

fn text_rule(keyword: &str, reply: &str) -> Draft {
    Draft::of_text(TriggerKind::Keyword, keyword, MatchType::Exact, reply)
}

fn again(format: Format, rules: &[Rule], lang: Lang) -> Vec<Row> {
    let parsed = read(format, &write(format, rules, lang)).unwrap();
    assert_eq!((parsed.flaws, parsed.notes), (Vec::new(), Vec::new()));
    parsed.rows
}

/// Texts that are difficult for spreadsheets and parsers.
fn words() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[=+\\-@'\"|,;:\t ＝＋a-zA-Z0-9收到价格😀\\\\\n{}\\[\\]<>/]{1,24}")
        .unwrap()
        .prop_map(|text| text.trim().replace('\t', " "))
        .prop_filter("words", |text| !text.trim().is_empty())
}

fn one_line() -> impl Strategy<Value = String> {
    words().prop_map(|text| text.replace('\n', " ").trim().to_owned())
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => words().prop_map(Content::text),
        1 => Just(Content::Image { media: "weida:0123456789abcdefABCDEF".to_owned() }),
        1 => Just(Content::Voice { media: "MEDIA_id-1".to_owned() }),
        1 => (one_line(), one_line()).prop_map(|(title, description)| Content::Video { media: "m".to_owned(), title, description }),
        1 => one_line().prop_map(|title| Content::News {
            title,
            description: String::new(),
            picture_url: String::new(),
            url: "https://weida.example/?a=1&b=“2”".to_owned(),
        }),
    ]
}

fn draft() -> impl Strategy<Value = Draft> {
    let matching =
        prop_oneof![Just(MatchType::Exact), Just(MatchType::Prefix), Just(MatchType::Contains), Just(MatchType::Regex)];
    let keyword = (one_line(), matching).prop_map(|(text, matching)| Keyword { text, matching });
    let cause =
        prop_oneof![4 => Just(TriggerKind::Keyword), 1 => Just(TriggerKind::Menu), 1 => Just(TriggerKind::Follow)];
    (one_line(), cause, vec(keyword, 1..5), vec(content(), 1..4), any::<bool>(), -999..=999_i64, any::<bool>())
        .prop_map(|(name, cause, keywords, contents, is_random, priority, is_enabled)| Draft {
            name,
            cause,
            keywords: if cause.has_keywords() { keywords } else { Vec::new() },
            contents,
            answer: if is_random { AnswerMode::Random } else { AnswerMode::All },
            priority,
            is_enabled,
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(drafts in vec(draft(), 1..6)) {
        let rules: Vec<Rule> = (1..).zip(drafts).map(|(number, draft)| rule(number, draft)).collect();
        for format in [Format::Csv, Format::Json] {
            for lang in [Lang::Zh, Lang::En] {
                let rows = again(format, &rules, lang);
                prop_assert_eq!(rows.len(), rules.len());
                for (row, rule) in rows.iter().zip(&rules) {
                    prop_assert_eq!(row.number, Some(rule.number));
                    prop_assert_eq!(&crate::core::rule::draft::tidy(&row.draft).draft, &crate::core::rule::draft::tidy(&Draft::from(rule)).draft);
                }
            }
        }
    }

    #[test]
    fn no_cell_is_a_formula(drafts in vec(draft(), 1..4)) {
        let rules: Vec<Rule> = (1..).zip(drafts).map(|(number, draft)| rule(number, draft)).collect();
        let bytes = write(Format::Csv, &rules, Lang::Zh);
        let mut reader = ::csv::ReaderBuilder::new().from_reader(&bytes[3..]);
        for record in reader.records() {
            for (at, cell) in record.unwrap().iter().enumerate() {
                let is_number = at == 8 && cell.parse::<i64>().is_ok();
                prop_assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", cell);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_fault(bytes in vec(any::<u8>(), 0..200)) {
        let _ = read(Format::Csv, &bytes);
        let _ = read(Format::Json, &bytes);
    }
}

#[test]
fn a_spreadsheets_file_is_read_as_people_write_it() {
    let file = "\u{feff}关键词;回复;匹配方式;启用\r\n收到 | 在吗;好的;包含;是\r\n\"价格\n多少钱\";\"100 元\n起\";\"完全匹配\n开头\";否\r\n;;;\r\n'=1+1;'=SUM(A1)\r\n";
    let parsed = read(Format::Csv, file.as_bytes()).unwrap();
    assert_eq!((parsed.flaws, parsed.notes), (Vec::new(), Vec::new()));
    let [one, two, three] = parsed.rows.as_slice() else { panic!("{:?}", parsed.rows) };
    assert_eq!((one.line, two.line), (2, 3));
    let keyword = |text: &str, matching| Keyword { text: text.to_owned(), matching };
    assert_eq!(one.draft.keywords, [keyword("收到", MatchType::Contains), keyword("在吗", MatchType::Contains)]);
    assert_eq!(two.draft.keywords, [keyword("价格", MatchType::Exact), keyword("多少钱", MatchType::Prefix)]);
    assert_eq!(two.draft.contents, [Content::text("100 元\n起")]);
    assert!(one.draft.is_enabled && !two.draft.is_enabled);
    assert_eq!((three.draft.keywords[0].text.as_str(), &three.draft.contents[0]), ("=1+1", &Content::text("=SUM(A1)")));
}

#[test]
fn an_expression_is_not_taken_apart() {
    let parsed = read(Format::Csv, b"keywords,reply,matching\na|b,x,regex\na|b,y,exact\n").unwrap();
    assert_eq!(parsed.rows[0].draft.keywords.len(), 1);
    assert_eq!(parsed.rows[1].draft.keywords.len(), 2);
    let lone =
        Draft { keywords: vec![Keyword { text: "a|b".to_owned(), matching: MatchType::Exact }], ..text_rule("", "x") };
    assert_eq!(again(Format::Csv, &[rule(1, lone.clone())], Lang::Zh)[0].draft, lone);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_column() {
    let file = "keywords,reply,matching,priority,answer,prioity\na,x,fuzzy,,,\nb,x,,high,,\nc,x,,1,sometimes,\nd,x,,2.0,all,5\n";
    let parsed = read(Format::Csv, file.as_bytes()).unwrap();
    let texts: Vec<String> = parsed.flaws.iter().map(|f| error_text::flaw(Lang::En, f)).collect();
    let expected = [
        "Line 2: Invalid value in column matching: “fuzzy”",
        "Line 3: Invalid value in column priority: “high”",
        "Line 4: Invalid value in column answer: “sometimes”",
    ];
    assert_eq!(texts, expected);
    assert_eq!(parsed.rows[0].draft.priority, 2);
    assert_eq!(error_text::note(Lang::En, &parsed.notes[0]), "Line 1: “prioity” is unknown. Did you mean “priority”?");
    let parsed = read(
        Format::Json,
        br#"[{"keywords": ["a"], "contents": [{"kind": "text", "text": "x"}], "prio": 3}, {"keywords": 7}]"#,
    )
    .unwrap();
    assert_eq!((parsed.rows.len(), parsed.flaws[0].line, parsed.notes.len()), (1, 2, 1));
    assert_eq!(parsed.rows[0].draft.keywords[0].matching, MatchType::Exact);
}

#[test]
fn files_that_are_none_are_told_why() {
    let error_of = |format, bytes: &[u8]| error_text::file(Lang::Zh, &read(format, bytes).unwrap_err());
    assert!(error_of(Format::Csv, "关键词,回复".as_bytes()).contains("没有规则"));
    assert!(error_of(Format::Csv, "甲,乙\n1,2".as_bytes()).contains("第一行"));
    assert!(error_of(Format::Csv, b"\xff\xfe\x80,\n").contains("UTF-8"));
    assert!(error_of(Format::Json, b"[\xb9\xd8]").contains("UTF-8"));
    assert!(error_of(Format::Csv, format!("keywords,reply{},x\na,b", ",".repeat(70)).as_bytes()).contains("64"));
    assert!(error_of(Format::Json, b"{\"rules\": [\n{]").contains("第 2 行"));
    assert!(error_of(Format::Csv, &vec![b'a'; FILE_MAX_BYTES + 1]).contains("5 MB"));
    let many = format!("keywords,reply\n{}", "a,b\n".repeat(MOST_ROWS + 1));
    assert!(error_of(Format::Csv, many.as_bytes()).contains("20000"));
    let deep = "[".repeat(100_000);
    assert!(matches!(read(Format::Json, deep.as_bytes()), Err(FileFlaw::NotJson(_))));
}

#[test]
fn the_format_is_told_by_name_else_by_the_first_character() {
    assert_eq!(Format::of("Rules.CSV", b"{"), Format::Csv);
    assert_eq!(Format::of("a.json", b"x"), Format::Json);
    assert_eq!(Format::of("-", b"\xef\xbb\xbf [1]"), Format::Json);
    assert_eq!(Format::of("-", "关键词,回复".as_bytes()), Format::Csv);
}

#[test]
fn a_spreadsheets_gbk_is_read_and_told() {
    // 关键词,回复 and 价格,一百元, as Chinese spreadsheets write them.
    let file = b"\xb9\xd8\xbc\xfc\xb4\xca,\xbb\xd8\xb8\xb4\r\n\xbc\xdb\xb8\xf1,\xd2\xbb\xb0\xd9\xd4\xaa\r\n";
    let parsed = read(Format::Csv, file).unwrap();
    assert_eq!(parsed.rows[0].draft, text_rule("价格", "一百元"));
    assert_eq!(parsed.notes, [Note { line: 0, kind: NoteKind::Gbk }]);
}

/// Files whose parsing once took minutes. The time limit is generous: it only excludes quadratic time.
#[test]
fn no_file_takes_long_to_read() {
    let begun = std::time::Instant::now();
    let names: Vec<String> = (0..400_000_u32).map(|n| format!("\"{n:x}\":0")).collect();
    let strange = format!("{{\"rules\":[{{{}}},{{\"{}\":0}}]}}", names.join(","), "x".repeat(500_000));
    let parsed = read(Format::Json, strange.as_bytes()).unwrap();
    assert_eq!(parsed.notes.len(), MOST_UNKNOWN);
    let wide = format!("keywords,reply{}\n{}", ",".repeat(2_500_000), "a,b\n".repeat(20_000));
    assert_eq!(read(Format::Csv, wide.as_bytes()).unwrap().rows.len(), 20_000);
    let headed = format!("keywords,reply,{}\na,b\n", "栏,".repeat(1_000_000));
    assert_eq!(read(Format::Csv, headed.as_bytes()), Err(FileFlaw::TooManyColumns(MOST_COLUMNS)));
    assert!(begun.elapsed() < std::time::Duration::from_mins(1), "{:?}", begun.elapsed());
}

/// serde alone reads a struct from a list of its values, and a word from `{"exact": null}`.
#[test]
fn a_list_is_no_object_and_an_object_no_word() {
    let whole = |rule: &str| format!(r#"{{"rules":[{rule}]}}"#);
    let contents = r#""contents":[{"kind":"text","text":"100 元"}]"#;
    for (rule, place) in [
        (format!(r#"{{"keywords":[["价格","exact"]],{contents}}}"#), "keywords[0]"),
        (format!(r#"{{"keywords":["价格",["多少钱"]],{contents}}}"#), "keywords[1]"),
        (
            format!(r#"{{"keywords":[{{"text":"价格","matching":{{"exact":null}}}}],{contents}}}"#),
            "keywords[0].matching",
        ),
        (format!(r#"{{"keywords":{{"0":"价格"}},{contents}}}"#), "keywords"),
        (format!(r#"{{"keywords":["价格"],"cause":{{"keyword":null}},{contents}}}"#), "cause"),
        (format!(r#"{{"keywords":["价格"],"answer":["all"],{contents}}}"#), "answer"),
        (r#"{"keywords":["价格"],"contents":[["text","100 元"]]}"#.to_owned(), "contents[0]"),
        (r#"{"keywords":["价格"],"contents":[{"kind":"text","text":["x"]}]}"#.to_owned(), "contents[0].text"),
        (r#"{"keywords":["价格"],"contents":["100 元"]}"#.to_owned(), "contents[0]"),
        (r#"["价格",["100 元"]]"#.to_owned(), "rules"),
    ] {
        let parsed = read(Format::Json, whole(&rule).as_bytes()).unwrap();
        assert!(parsed.rows.is_empty(), "{rule}");
        let Fault::Unreadable(why) = &parsed.flaws[0].fault else { panic!("{rule}: {:?}", parsed.flaws) };
        assert!(why.starts_with(&format!("{place}:")), "{rule}: {why}");
    }
    let file = "keywords,contents\n价格,\"[[\"\"text\"\",\"\"x\"\"]]\"\n";
    let parsed = read(Format::Csv, file.as_bytes()).unwrap();
    assert!(
        parsed.rows.is_empty()
            && matches!(&parsed.flaws[0].fault, Fault::Unreadable(why) if why.starts_with("contents[0]"))
    );
    let valid = format!(r#"{{"keywords":["价格",{{"text":"多少钱"}}],{contents},"more":[1]}}"#);
    assert_eq!(read(Format::Json, whole(&valid).as_bytes()).unwrap().rows.len(), 1);
}

#[test]
fn what_a_file_does_not_say_stays() {
    let keyword = |text: &str, matching| Keyword { text: text.to_owned(), matching };
    let rich = rule(
        3,
        Draft {
            name: "价目".to_owned(),
            keywords: vec![keyword("价格", MatchType::Contains), keyword("多少钱", MatchType::Exact)],
            contents: vec![Content::text("旧"), Content::Image { media: "m".to_owned() }],
            answer: AnswerMode::Random,
            priority: 9,
            is_enabled: false,
            ..Draft::default()
        },
    );
    let over = |format, file: &str| read(format, file.as_bytes()).unwrap().rows[0].over(&rich);
    let new_text = |text: &str| vec![Content::text(text), Content::Image { media: "m".to_owned() }];
    let expected = Draft { contents: new_text("新"), ..Draft::from(&rich) };
    assert_eq!(over(Format::Csv, "关键词,回复\n价格,新\n"), expected);
    // Columns that are given count.
    assert_eq!(over(Format::Csv, "关键词,回复,优先级\n价格,新,\n").priority, 0);
    let with_new = over(Format::Csv, "关键词,回复\n价格|报价,新\n").keywords;
    assert_eq!(with_new, [rich.keywords[0].clone(), rich.keywords[1].clone(), keyword("报价", MatchType::Exact)]);
    // A line with its rule's number has all of its keywords.
    assert_eq!(over(Format::Csv, "编号,关键词,回复\n3,价格,新\n").keywords, rich.keywords[..1]);
    assert_eq!(
        over(Format::Json, r#"[{"number": 3, "keywords": ["价格"], "priority": 5}]"#),
        Draft { priority: 5, keywords: rich.keywords[..1].to_vec(), ..Draft::from(&rich) }
    );
    // A complete export is read completely.
    for format in [Format::Csv, Format::Json] {
        assert!(read(format, &write(format, std::slice::from_ref(&rich), Lang::Zh)).unwrap().rows[0].absent.is_empty());
    }
}
