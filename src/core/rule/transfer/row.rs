//! A rule of a file, and the fields that it omits.
//!
//! A file may lack columns. An omitted field of an existing rule stays unchanged.

use crate::{
    core::rule::{Content, Keyword, MatchType, Rule, draft::Draft, pairs::contents_with},
    text::fold::fold,
};

/// A field that a file may omit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Cause,
    Keywords,
    /// The match types of keywords; the keywords themselves are given.
    Matching,
    Contents,
    /// Contents besides the given text.
    OtherContents,
    Answer,
    Priority,
    Enabled,
}

/// A rule of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of a CSV file where it begins (the heading is line 1), else the rule's position, from 1.
    pub line: usize,
    /// Its number at its origin.
    pub number: Option<i64>,
    /// Omitted fields have the defaults of a new rule.
    pub draft: Draft,
    /// The omitted fields.
    pub absent: Vec<Field>,
}

impl Row {
    pub(super) fn lacks(&self, field: Field) -> bool {
        self.absent.contains(&field)
    }

    /// A rule's contents after this row is applied to it.
    pub(super) fn over(&self, rule: &Rule) -> Draft {
        let mut draft = self.draft.clone();
        for field in &self.absent {
            match field {
                Field::Name => draft.name.clone_from(&rule.name),
                Field::Cause => draft.cause = rule.cause,
                Field::Keywords => draft.keywords.clone_from(&rule.keywords),
                Field::Matching => draft.keywords = self.keywords_over(rule),
                Field::Contents => draft.contents.clone_from(&rule.contents),
                Field::OtherContents => {
                    if let [Content::Text { text }] = draft.contents.as_slice() {
                        draft.contents = contents_with(&rule.contents, text.clone());
                    }
                }
                Field::Answer => draft.answer = rule.answer,
                Field::Priority => draft.priority = rule.priority,
                Field::Enabled => draft.is_enabled = rule.is_enabled,
            }
        }
        draft
    }

    /// Keywords without match types: those that the rule has keep theirs. A line without a number replaces the answer of one of the
    /// rule's keywords, and removes none of the others.
    fn keywords_over(&self, rule: &Rule) -> Vec<Keyword> {
        let of_rule = |typed: &Keyword| {
            let is_same = |known: &&Keyword| match known.matching {
                MatchType::Regex => known.text == typed.text,
                _ => fold(&known.text) == fold(&typed.text),
            };
            rule.keywords.iter().filter(is_same).cloned().collect::<Vec<_>>()
        };
        let is_known = |typed: &Keyword| !of_rule(typed).is_empty();
        let typed = &self.draft.keywords;
        if self.number.is_none() && typed.iter().any(is_known) {
            let new = typed.iter().filter(|typed| !is_known(typed)).cloned();
            return rule.keywords.iter().cloned().chain(new).collect();
        }
        let either = |typed: &Keyword| match of_rule(typed) {
            none if none.is_empty() => vec![typed.clone()],
            known => known,
        };
        typed.iter().flat_map(either).collect()
    }
}
