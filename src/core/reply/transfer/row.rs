//! A rule of a file, and what it does not say.
//!
//! A file need not have every column. What it leaves out is no wish: where a line stands for a rule that is there, that part of the rule
//! stays as it is.

use crate::core::reply::{Content, Keyword, Matching, Rule, draft::Draft, fold::fold, pairs::contents_with};

/// A part of a rule that a file may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Cause,
    Keywords,
    /// How keywords are compared; the keywords themselves are there.
    Matching,
    Contents,
    /// Contents beside the one text that is there.
    OtherContents,
    Answer,
    Priority,
    Enabled,
}

/// A rule of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it begins: the line of a CSV file (the heading is line 1), else which rule it is, from 1.
    pub line: usize,
    /// The number that it had where it comes from.
    pub number: Option<i64>,
    /// Where the file says nothing, what a new rule has.
    pub draft: Draft,
    /// What the file says nothing of.
    pub absent: Vec<Field>,
}

impl Row {
    pub(super) fn lacks(&self, field: Field) -> bool {
        self.absent.contains(&field)
    }

    /// What a rule says when this is put over it.
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

    /// Keywords of which the file does not say how they are compared: those that the rule has keep their ways. A line without a number
    /// says what one of them is answered with, and takes none of the others away.
    fn keywords_over(&self, rule: &Rule) -> Vec<Keyword> {
        let of_rule = |typed: &Keyword| {
            let is_same = |known: &&Keyword| match known.matching {
                Matching::Regex => known.text == typed.text,
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
