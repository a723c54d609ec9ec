//! Rules for simple clients: pairs of a received and a replied text. Their rules have one exact keyword and one text; rules made
//! elsewhere keep what such a client cannot see: other keywords and contents, and match types.

use super::{
    Content, Keyword, MatchType, Rule, TriggerKind,
    draft::Draft,
    edit::{self, Editor},
    rejection::RuleRejection,
    search,
};
use crate::core::{CoreError, Ctx};

/// The received and the replied text.
pub type Pair = (String, String);

/// An owner's pairs by rule number; a rule with several keywords has several.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<Vec<(i64, Vec<Pair>)>, CoreError> {
    let rules = search::list(ctx, owner_id).await?;
    Ok(rules.iter().filter(|rule| rule.cause == TriggerKind::Keyword).map(|rule| (rule.number, of(rule))).collect())
}

/// The pairs of one rule.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, owner_id: i64, number: i64) -> Result<Vec<Pair>, CoreError> {
    Ok(of(&search::find(ctx, owner_id, number).await?))
}

/// Adds pairs, all or none.
///
/// # Errors
/// [`RuleRejection::Drafts`] with every field error and duplicate, also among the pairs themselves.
pub async fn add(ctx: &Ctx, editor: &Editor, pairs: Vec<Pair>) -> Result<(), RuleRejection> {
    let drafts = pairs.into_iter().map(|(received, replied)| Draft {
        keywords: vec![exact(&received)],
        contents: vec![Content::text(replied)],
        ..Draft::default()
    });
    let drafts = drafts.collect();
    edit::add_many(ctx, editor, drafts).await.map(drop)
}

/// Replaces the received and the replied text of a rule.
///
/// # Errors
/// As [`add`]; [`CoreError::NotFound`].
pub async fn update(ctx: &Ctx, editor: &Editor, number: i64, pair: Pair) -> Result<(), RuleRejection> {
    let rule = search::find(ctx, editor.owner_id, number).await?;
    let (received, replied) = pair;
    let keywords = keywords_with(&rule, &received);
    let draft = Draft { keywords, contents: contents_with(&rule.contents, replied), ..Draft::from(&rule) };
    edit::update(ctx, editor, number, rule.revision, &draft).await.map(drop)
}

fn of(rule: &Rule) -> Vec<Pair> {
    rule.keywords.iter().map(|keyword| (keyword.text.clone(), rule.text().to_owned())).collect()
}

fn exact(keyword: &str) -> Keyword {
    Keyword { text: keyword.to_owned(), matching: MatchType::Exact }
}

/// The keywords of a rule after an edit to one keyword: all of them if it is one of them, else that one alone, with the match
/// type of the rule's only keyword.
#[must_use]
pub fn keywords_with(rule: &Rule, keyword: &str) -> Vec<Keyword> {
    let is_one_of_them =
        rule.keywords.iter().any(|k| k.folded() == Keyword { matching: k.matching, ..exact(keyword) }.folded());
    match rule.keywords.as_slice() {
        keywords if is_one_of_them => keywords.to_vec(),
        [one] if one.matching != MatchType::Regex => vec![Keyword { matching: one.matching, ..exact(keyword) }],
        _ => vec![exact(keyword)],
    }
}

/// Contents with this text replacing their first text, or prepended if they have none.
pub(super) fn contents_with(contents: &[Content], text: String) -> Vec<Content> {
    let mut contents = contents.to_vec();
    let text = Content::text(text);
    match contents.iter_mut().find(|content| matches!(content, Content::Text { .. })) {
        Some(first) => *first = text,
        None => contents.insert(0, text),
    }
    contents
}
