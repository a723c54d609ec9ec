use super::*;
use crate::{
    core::rule::{AnswerMode, Content, Keyword, Source},
    text::fold::{fold, fold_part},
};
use proptest::prelude::*;

pub fn rule(id: i64, priority: i64, keywords: &[(MatchType, &str)]) -> Rule {
    Rule {
        id,
        number: id,
        cause: TriggerKind::Keyword,
        keywords: keywords
            .iter()
            .map(|(matching, text)| Keyword { text: (*text).to_owned(), matching: *matching })
            .collect(),
        name: String::new(),
        contents: vec![Content::text(format!("answer {id}"))],
        answer: AnswerMode::All,
        priority,
        is_enabled: true,
        hits: 0,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: Source::Web,
        is_on_home: false,
        revision: 1,
    }
}

fn answer(rule_set: &RuleSet, message: &str) -> Option<i64> {
    rule_set.answer(Occasion::Said, &Folded::new(message)).map(|hit| hit.rule.id)
}

#[test]
fn priority_comes_first_then_the_way_of_matching_then_age() {
    use MatchType::{Contains, Exact, Prefix, Regex};
    let rule_set = RuleSet::new(vec![
        rule(1, 0, &[(Regex, "价")]),
        rule(2, 0, &[(Contains, "价格")]),
        rule(3, 0, &[(Prefix, "价格")]),
        rule(4, 0, &[(Exact, "价格")]),
        rule(5, 0, &[(Exact, "价格")]),
        rule(6, 9, &[(Regex, "地址$")]),
        rule(7, 0, &[(Exact, "地址")]),
    ]);
    assert_eq!(answer(&rule_set, "价格"), Some(4));
    assert_eq!(answer(&rule_set, "价格多少"), Some(3));
    assert_eq!(answer(&rule_set, "问价格"), Some(2));
    assert_eq!(answer(&rule_set, "问价"), Some(1));
    assert_eq!(answer(&rule_set, "地址"), Some(6));
}

#[test]
fn matching_ignores_what_it_should_and_no_more() {
    let rule_set =
        RuleSet::new(vec![rule(1, 0, &[(MatchType::Exact, "hello")]), rule(2, 0, &[(MatchType::Contains, "价格")])]);
    assert_eq!(answer(&rule_set, "Ｈｅｌｌｏ！"), Some(1));
    assert_eq!(answer(&rule_set, "我想查价格"), Some(2));
    assert_eq!(answer(&rule_set, "价"), None);
    assert_eq!(answer(&rule_set, "hello world"), None);
}

#[test]
fn a_rule_that_is_off_never_answers() {
    let off = Rule { is_enabled: false, ..rule(1, 9, &[(MatchType::Exact, "价格")]) };
    assert_eq!(answer(&RuleSet::new(vec![off, rule(2, 0, &[(MatchType::Exact, "价格")])]), "价格"), Some(2));
}

#[test]
fn an_expression_gives_what_its_groups_caught() {
    let rule_set = RuleSet::new(vec![rule(1, 0, &[(MatchType::Regex, r"^订单\s*(\d+)(-\w)?$")])]);
    assert_eq!(rule_set.answer(Occasion::Said, &Folded::new("订单 42")).unwrap().groups, ["42", ""]);
}

#[test]
fn an_expression_may_be_typed_wide() {
    let rule_set = RuleSet::new(vec![rule(1, 0, &[(MatchType::Regex, r"^价格：（(\d+)）")])]);
    assert_eq!(rule_set.answer(Occasion::Said, &Folded::new("价格：（42）元")).unwrap().groups, ["42"]);
}

#[test]
fn closing_marks_of_a_part_are_looked_for() {
    use MatchType::{Contains, Exact, Prefix};
    let rule_set = RuleSet::new(vec![
        rule(1, 9, &[(Contains, "？")]),
        rule(2, 0, &[(Prefix, "查：")]),
        rule(3, 0, &[(Contains, "1.")]),
        rule(4, 0, &[(Contains, "Go!")]),
        rule(5, 0, &[(Exact, "多少钱？")]),
        rule(6, -1, &[(Contains, "吗")]),
    ]);
    for (message, expected) in [
        ("查：日程", Some(2)),
        ("查看一下日程", None),
        ("第１．２版", Some(3)),
        ("11 点开门", None),
        ("let us go！", Some(4)),
        ("google", None),
        ("多少钱？", Some(1)),
        ("多少钱！", Some(5)),
        ("多少钱", Some(5)),
        ("在吗。", Some(6)),
    ] {
        assert_eq!(answer(&rule_set, message), expected, "{message}");
    }
}

#[test]
fn an_expression_sees_closing_marks_if_it_asks_for_them() {
    let rule_set = RuleSet::new(vec![
        rule(1, 0, &[(MatchType::Regex, "(在吗|有人吗)？$")]),
        rule(2, 0, &[(MatchType::Regex, r"^订单：(\d+)？$")]),
        rule(3, 0, &[(MatchType::Regex, r"^地址\d$")]),
    ]);
    assert_eq!((answer(&rule_set, "在吗？"), answer(&rule_set, "在吗")), (Some(1), None));
    assert_eq!(answer(&rule_set, "订单：42？"), Some(2));
    assert_eq!((answer(&rule_set, "地址2"), answer(&rule_set, "地址2。")), (Some(3), Some(3)));
}

#[test]
fn groups_are_given_as_they_were_typed() {
    let rule_set = RuleSet::new(vec![rule(1, 0, &[(MatchType::Regex, r"^报名\s*(.+)$")])]);
    let groups = |message: &str| rule_set.answer(Occasion::Said, &Folded::new(message)).map(|hit| hit.groups);
    assert_eq!(groups("报名 Alice  ＷANG！").unwrap(), ["Alice  ＷANG"]);
    for typed in ["👨‍👩‍👧", "❤️", "我❤️👍🏽你", "🇨🇳 中国", "e\u{301}", "１２３"] {
        assert_eq!(groups(&format!("报名 {typed}")).unwrap(), [typed]);
    }
    assert_eq!(groups("报名\u{200b}AB12cd").unwrap(), ["AB12cd"]);
}

#[test]
fn no_group_breaks_what_is_seen_as_one_character() {
    let rule_set = RuleSet::new(vec![rule(1, 0, &[(MatchType::Regex, r"^要(.)(.*)$")])]);
    let groups = |message: &str| rule_set.answer(Occasion::Said, &Folded::new(message)).unwrap().groups;
    for family in ["👨‍👩‍👧", "❤️‍🔥", "👩🏽‍💻"] {
        assert_eq!(groups(&format!("要{family}")), [family, ""]);
    }
    assert_eq!(groups("要❤️！了"), ["❤️", "！了"]);
}

#[test]
fn what_cannot_be_seen_is_in_no_keyword() {
    use MatchType::{Contains, Exact, Regex};
    let rule_set = RuleSet::new(vec![
        rule(1, 0, &[(Exact, "价格\u{200b}")]),
        rule(2, 0, &[(Contains, "❤")]),
        rule(3, 0, &[(Regex, "^地\u{feff}址$")]),
    ]);
    assert_eq!(answer(&rule_set, "价格"), Some(1));
    assert_eq!(answer(&rule_set, "爱你❤\u{fe0f}"), Some(2));
    assert_eq!(answer(&rule_set, "地址"), Some(3));
}

#[test]
fn an_expression_that_explodes_is_refused() {
    assert!(compile(r"(\w{100}){100}").is_err());
    assert!(compile("(").is_err());
    assert!(compile("^好(a|b)+$").is_ok());
}

#[test]
fn an_expression_is_tried_also_where_its_text_is_a_keyword() {
    let rule_set = RuleSet::new(vec![
        rule(1, 0, &[(MatchType::Contains, "订单")]),
        rule(2, 5, &[(MatchType::Regex, r"订单\s*(\d+)"), (MatchType::Regex, r"^\d{4}$")]),
    ]);
    assert_eq!(answer(&rule_set, "查订单 42"), Some(2));
    assert_eq!(answer(&rule_set, "查订单"), Some(1));
    assert_eq!(answer(&rule_set, "２０２５"), Some(2));
}

#[test]
fn a_rule_without_keywords_answers_its_kind_last() {
    let sent = |id, keywords: &[&str]| Rule {
        cause: TriggerKind::Kind,
        ..rule(id, 0, &keywords.iter().map(|text| (MatchType::Exact, *text)).collect::<Vec<_>>())
    };
    let rule_set = RuleSet::new(vec![sent(1, &[]), sent(2, &["image"]), rule(3, 0, &[])]);
    let sent = |kind: &str| rule_set.answer(Occasion::Sent, &Folded::new(kind)).map(|hit| (hit.rule.id, hit.keyword));
    assert_eq!((sent("image"), sent("voice")), (Some((2, Some(0))), Some((1, None))));
    assert!(rule_set.answer(Occasion::Said, &Folded::new("image")).is_none());
    assert!(rule_set.answer(Occasion::Tapped, &Folded::new("image")).is_none());
}

/// T-27: two hundred rules of ten keywords, a message of two thousand characters, all repetitive. The engine must be linear:
/// without optimisation it may take twenty times the benchmark's five milliseconds.
#[test]
fn hostile_keywords_and_messages_cost_little() {
    let hostile = [
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*b",
        "(.*)*x",
        "a.*b.*c.*d",
        "(x+x+)+y",
        "[a-z]{1,60}!",
        "(a|b|ab)*c",
        "^(a?){20}a{20}$",
        ".{0,40}吗",
    ];
    let rules = (0..200_i64).map(|id| {
        let keywords = (0..10).map(|n| match n {
            0 | 1 => (MatchType::Regex, format!("{}{}", hostile[usize::try_from(id).unwrap() % 10], "a?".repeat(n))),
            2..=4 => (MatchType::Prefix, "a".repeat(usize::try_from(id).unwrap() % 60 + n)),
            _ => (MatchType::Contains, format!("{}{n}", "a".repeat(usize::try_from(id).unwrap() % 60))),
        });
        let keywords: Vec<(MatchType, String)> = keywords.collect();
        rule(id, 0, &keywords.iter().map(|(matching, text)| (*matching, text.as_str())).collect::<Vec<_>>())
    });
    let rule_set = RuleSet::new(rules.collect());
    let messages = [
        "a".repeat(2_000),
        "ab".repeat(1_000),
        format!("{}!", "a".repeat(1_999)),
        "x".repeat(2_000),
        "吗a".repeat(1_000),
    ];
    let mut slowest = std::time::Duration::ZERO;
    for message in &messages {
        let folded = Folded::new(message);
        let mut took: Vec<_> = (0..5)
            .map(|_| {
                let begun = std::time::Instant::now();
                std::hint::black_box(rule_set.answer(Occasion::Said, &folded));
                begun.elapsed()
            })
            .collect();
        took.sort_unstable();
        slowest = slowest.max(took[2]);
    }
    eprintln!("T-27, without optimisation: {slowest:?} at most");
    assert!(slowest < std::time::Duration::from_millis(100), "{slowest:?}");
}

/// A naive engine: every matching rule, in the order of answering, with its best keyword.
fn naive(rules: &[Rule], on: Occasion, message: &str) -> Vec<i64> {
    let (bare, whole) = (fold(message), fold_part(message));
    let mut ranks = Vec::new();
    for rule in rules.iter().filter(|r| r.is_enabled) {
        if (rule.cause == TriggerKind::Keyword) != (on == Occasion::Said) {
            continue;
        }
        if rule.keywords.is_empty() && rule.cause != TriggerKind::Keyword {
            ranks.push((Reverse(rule.priority), 4, rule.id));
        }
        for keyword in &rule.keywords {
            let part = fold_part(&keyword.text);
            let is_match = match keyword.matching {
                MatchType::Exact => bare == fold(&keyword.text),
                MatchType::Prefix => !part.is_empty() && whole.starts_with(&part),
                MatchType::Contains => !part.is_empty() && whole.contains(&part),
                MatchType::Regex => {
                    let regex = compile(&keyword.text).unwrap();
                    regex.is_match(&bare) || regex.is_match(&whole)
                }
            };
            if is_match {
                ranks.push((Reverse(rule.priority), keyword.matching as u8, rule.id));
            }
        }
    }
    ranks.sort_unstable();
    let mut seen = std::collections::HashSet::new();
    ranks.into_iter().map(|(_, _, id)| id).filter(|id| seen.insert(*id)).collect()
}

fn any_keyword() -> impl Strategy<Value = (MatchType, String)> {
    let plain = prop_oneof![Just(MatchType::Exact), Just(MatchType::Prefix), Just(MatchType::Contains)];
    let regex = prop_oneof![
        "[a-c价B！]{1,4}",
        "[a-c]\\+价?",
        "\\^[ab]{1,2}",
        "[a-c价]\\$",
        "\\[ab\\][bc]",
        "\\(a\\|价\\)[a-c]",
        "\\.[b价]",
        "[ab]？\\$",
        "！[bB]?"
    ];
    prop_oneof![3 => (plain, "[a-c价B！]{1,4}"), 1 => (Just(MatchType::Regex), regex)]
}

fn any_rule() -> impl Strategy<Value = (Vec<(MatchType, String)>, i64, bool, bool)> {
    (prop::collection::vec(any_keyword(), 0..4), -1_i64..2, any::<bool>(), prop::bool::weighted(0.2))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Short texts over a small alphabet, so that most sets of rules overlap.
    #[test]
    fn the_engine_agrees_with_the_naive_one(
        rules in prop::collection::vec(any_rule(), 0..12),
        messages in prop::collection::vec("[a-c价B！ ]{0,7}", 1..8),
    ) {
        let rules: Vec<Rule> = (1..).zip(rules).map(|(id, (keywords, priority, is_enabled, is_kind))| {
            let keywords: Vec<_> = keywords.iter().map(|(m, t)| (*m, t.as_str())).collect();
            let cause = if is_kind { TriggerKind::Kind } else { TriggerKind::Keyword };
            Rule { cause, is_enabled, ..rule(id, priority, &keywords) }
        }).collect();
        let rule_set = RuleSet::new(rules.clone());
        for message in messages {
            for on in [Occasion::Said, Occasion::Sent] {
                let folded = Folded::new(&message);
                let expected = naive(&rules, on, &message);
                let winner = rule_set.answer(on, &folded).map(|hit| hit.rule.id);
                prop_assert_eq!(winner, expected.first().copied(), "{:?} {:?}", on, message);
                let all: Vec<i64> = rule_set.candidates(on, &folded, 50).iter().map(|c| c.rule.id).collect();
                prop_assert_eq!(all, expected, "{:?} {:?}", on, message);
            }
        }
    }
}

#[test]
fn a_rule_that_nearly_answers_has_a_keyword_that_is_part_of_the_text() {
    use MatchType::{Contains, Exact, Prefix};
    let rule_set = RuleSet::new(vec![
        rule(1, 0, &[(Exact, "公告"), (Exact, "新公告")]),
        rule(2, 0, &[(Prefix, "有")]),
        rule(3, 0, &[(Prefix, "新"), (Contains, "公告")]),
        rule(4, 0, &[(Exact, "公告牌")]),
    ]);
    let nearly = |text: &str| {
        let folded = Folded::new(text);
        rule_set.nearly(&folded, 9).iter().map(|c| (c.rule.id, c.text().to_owned())).collect::<Vec<_>>()
    };
    // Rules 2 and 3 answer; of rule 1 the longer keyword is named.
    assert_eq!(nearly("有公告吗"), [(1, "公告".to_owned())]);
    assert_eq!(nearly("有新公告吗"), [(1, "新公告".to_owned())]);
    assert_eq!(nearly("公告"), []);
    assert_eq!(nearly("今天有雨"), [(2, "有".to_owned())]);
}

#[test]
fn a_changed_rule_is_decided_about_as_if_it_were_saved() {
    use MatchType::{Contains, Exact};
    let rules = vec![rule(1, 5, &[(Contains, "价")]), rule(2, 0, &[(Exact, "价格")]), rule(3, 0, &[(Contains, "格")])];
    let rule_set = RuleSet::new(rules.clone());
    for (changed, text) in [
        (rule(2, 9, &[(Exact, "价格")]), "价格"),
        (rule(1, -5, &[(Contains, "价")]), "价格"),
        (rule(1, 5, &[(Contains, "别的")]), "价格"),
        (rule(i64::MAX, 5, &[(Contains, "价")]), "价格"),
        (rule(3, 9, &[(Contains, "格")]), "表格"),
    ] {
        let folded = Folded::new(text);
        let saved = rules.iter().filter(|rule| rule.id != changed.id).cloned().chain([changed.clone()]).collect();
        let whole = RuleSet::new(saved);
        let around = rule_set.around(Occasion::Said, &folded, changed);
        let answer = |set: &RuleSet| set.answer(Occasion::Said, &folded).map(|hit| hit.rule.id);
        assert_eq!(answer(&around), answer(&whole), "{text}");
    }
}
