//! An owner's rules, ready to answer: made once from the database, then only read.

use super::{Cause, Rule, fold::fold};
use std::collections::HashMap;

/// The enabled rules of one owner.
#[derive(Debug, Default)]
pub struct Book {
    rules: Vec<Rule>,
    /// Folded keyword → the rule that answers it first, as an index.
    exact: HashMap<String, usize>,
    follow: Option<usize>,
    default: Option<usize>,
}

impl Book {
    /// Higher priority first, then the older rule.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut rules: Vec<Rule> = rules.into_iter().filter(|r| r.is_enabled).collect();
        rules.sort_by_key(|r| (std::cmp::Reverse(r.priority), r.id));
        let mut book = Self::default();
        for (index, rule) in rules.iter().enumerate() {
            match rule.cause {
                Cause::Follow => book.follow = book.follow.or(Some(index)),
                Cause::Default => book.default = book.default.or(Some(index)),
                Cause::Keyword => {
                    for keyword in &rule.keywords {
                        book.exact.entry(fold(keyword)).or_insert(index);
                    }
                }
            }
        }
        book.rules = rules;
        book
    }

    /// The keyword rule that answers a folded message.
    #[must_use]
    pub fn answer(&self, folded: &str) -> Option<&Rule> {
        self.exact.get(folded).and_then(|&i| self.rules.get(i))
    }

    /// The rule for new followers.
    #[must_use]
    pub fn on_follow(&self) -> Option<&Rule> {
        self.follow.and_then(|i| self.rules.get(i))
    }

    /// The rule for what nothing else answers.
    #[must_use]
    pub fn on_nothing(&self) -> Option<&Rule> {
        self.default.and_then(|i| self.rules.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: i64, keyword: &str, priority: i64, is_enabled: bool) -> Rule {
        Rule {
            id,
            number: id,
            cause: Cause::Keyword,
            keywords: vec![keyword.to_owned()],
            text: format!("answer {id}"),
            priority,
            is_enabled,
            hits: 0,
            last_hit_at: None,
            updated_at: 0,
            revision: 1,
        }
    }

    #[test]
    fn priority_comes_first_then_age() {
        let book = Book::new(vec![rule(2, "价格", 0, true), rule(1, "价格", 0, true), rule(3, "地址", 0, true), rule(4, "地址", 5, true)]);
        assert_eq!(book.answer("价格").unwrap().id, 1);
        assert_eq!(book.answer("地址").unwrap().id, 4);
    }

    #[test]
    fn a_rule_that_is_off_never_answers() {
        let book = Book::new(vec![rule(1, "价格", 9, false), rule(2, "价格", 0, true)]);
        assert_eq!(book.answer("价格").unwrap().id, 2);
    }

    #[test]
    fn keywords_are_compared_folded() {
        let book = Book::new(vec![rule(1, "Ｈello！", 0, true)]);
        assert!(book.answer(&fold("hello")).is_some());
        assert!(book.answer(&fold("hell")).is_none());
    }
}
