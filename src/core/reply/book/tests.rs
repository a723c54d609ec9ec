use super::*;
use crate::core::reply::Keyword;
use proptest::prelude::*;

fn rule(id: i64, priority: i64, keywords: &[(Matching, &str)]) -> Rule {
    Rule {
        id,
        number: id,
        cause: Cause::Keyword,
        keywords: keywords
            .iter()
            .map(|(matching, text)| Keyword { text: (*text).to_owned(), matching: *matching })
            .collect(),
        text: format!("answer {id}"),
        priority,
        is_enabled: true,
        hits: 0,
        last_hit_at: None,
        updated_at: 0,
        revision: 1,
    }
}

fn answer(book: &Book, message: &str) -> Option<i64> {
    book.answer(&fold(message)).map(|hit| hit.rule.id)
}

#[test]
fn priority_comes_first_then_the_way_of_matching_then_age() {
    use Matching::{Contains, Exact, Prefix, Regex};
    let book = Book::new(vec![
        rule(1, 0, &[(Regex, "价")]),
        rule(2, 0, &[(Contains, "价格")]),
        rule(3, 0, &[(Prefix, "价格")]),
        rule(4, 0, &[(Exact, "价格")]),
        rule(5, 0, &[(Exact, "价格")]),
        rule(6, 9, &[(Regex, "地址$")]),
        rule(7, 0, &[(Exact, "地址")]),
    ]);
    assert_eq!(answer(&book, "价格"), Some(4));
    assert_eq!(answer(&book, "价格多少"), Some(3));
    assert_eq!(answer(&book, "问价格"), Some(2));
    assert_eq!(answer(&book, "问价"), Some(1));
    assert_eq!(answer(&book, "地址"), Some(6));
}

#[test]
fn matching_ignores_what_it_should_and_no_more() {
    let book = Book::new(vec![rule(1, 0, &[(Matching::Exact, "hello")]), rule(2, 0, &[(Matching::Contains, "价格")])]);
    assert_eq!(answer(&book, "Ｈｅｌｌｏ！"), Some(1));
    assert_eq!(answer(&book, "我想查价格"), Some(2));
    assert_eq!(answer(&book, "价"), None);
    assert_eq!(answer(&book, "hello world"), None);
}

#[test]
fn a_rule_that_is_off_never_answers() {
    let off = Rule { is_enabled: false, ..rule(1, 9, &[(Matching::Exact, "价格")]) };
    assert_eq!(answer(&Book::new(vec![off, rule(2, 0, &[(Matching::Exact, "价格")])]), "价格"), Some(2));
}

#[test]
fn an_expression_gives_what_its_groups_caught() {
    let book = Book::new(vec![rule(1, 0, &[(Matching::Regex, r"^订单\s*(\d+)(-\w)?$")])]);
    assert_eq!(book.answer("订单 42").unwrap().groups, ["42", ""]);
}

#[test]
fn an_expression_that_explodes_is_refused() {
    assert!(compile(r"(\w{100}){100}").is_err());
    assert!(compile("(").is_err());
    assert!(compile("^好(a|b)+$").is_ok());
}

/// The engine, in the plainest words.
fn naive(rules: &[Rule], message: &str) -> Option<i64> {
    let folded = fold(message);
    let mut ranks = Vec::new();
    for rule in rules.iter().filter(|r| r.is_enabled) {
        for keyword in &rule.keywords {
            let text = fold(&keyword.text);
            let is_match = match keyword.matching {
                Matching::Exact => folded == text,
                Matching::Prefix => folded.starts_with(&text),
                Matching::Contains => folded.contains(&text),
                Matching::Regex => compile(&keyword.text).unwrap().is_match(&folded),
            };
            if is_match {
                ranks.push((Reverse(rule.priority), keyword.matching, rule.id));
            }
        }
    }
    ranks.into_iter().min().map(|(_, _, id)| id)
}

fn any_matching() -> impl Strategy<Value = Matching> {
    prop_oneof![Just(Matching::Exact), Just(Matching::Prefix), Just(Matching::Contains), Just(Matching::Regex)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Short texts over a small alphabet, so that most sets of rules overlap.
    #[test]
    fn the_engine_agrees_with_the_naive_one(
        rules in prop::collection::vec((prop::collection::vec((any_matching(), "[a-c价B！]{1,4}"), 1..4), -1_i64..2, any::<bool>()), 0..12),
        messages in prop::collection::vec("[a-c价B！ ]{0,7}", 1..8),
    ) {
        let rules: Vec<Rule> = (1..).zip(rules).map(|(id, (keywords, priority, is_enabled))| {
            let keywords: Vec<_> = keywords.iter().map(|(m, t)| (*m, t.as_str())).collect();
            Rule { is_enabled, ..rule(id, priority, &keywords) }
        }).collect();
        let book = Book::new(rules.clone());
        for message in messages {
            prop_assert_eq!(answer(&book, &message), naive(&rules, &message), "{:?}", message);
        }
    }
}
