//! Rules as simple clients see them: pairs of what is received and what is replied. A rule of theirs has one keyword that must be
//! the whole message, and one text; rules that were made elsewhere keep what such a client cannot see: other keywords and contents,
//! and how keywords are compared.

use super::{
    Cause, Content, Keyword, Matching, Rule,
    draft::Draft,
    edit::{self, Editor, Plan, Update},
    refusal::Refusal,
    search,
};
use crate::core::{CoreError, Ctx};

/// What is received, and what is replied.
pub type Pair = (String, String);

/// An owner's pairs by the rules' numbers; a rule with several keywords has several.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<Vec<(i64, Vec<Pair>)>, CoreError> {
    let rules = search::list(ctx, owner_id).await?;
    Ok(rules.iter().filter(|rule| rule.cause == Cause::Keyword).map(|rule| (rule.number, of(rule))).collect())
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
/// [`Refusal::Drafts`] with every flaw and duplicate, also among the pairs themselves.
pub async fn add(ctx: &Ctx, editor: &Editor, pairs: Vec<Pair>) -> Result<(), Refusal> {
    let drafts = pairs.into_iter().map(|(received, replied)| Draft {
        keywords: vec![exact(&received)],
        contents: vec![Content::text(replied)],
        ..Draft::default()
    });
    let drafts = drafts.collect();
    edit::add_many(ctx, editor, drafts).await.map(drop)
}

/// Puts a pair in the place of what a rule receives and replies.
///
/// # Errors
/// As [`add`]; [`CoreError::NotFound`].
pub async fn update(ctx: &Ctx, editor: &Editor, number: i64, pair: Pair) -> Result<(), Refusal> {
    let rule = search::find(ctx, editor.owner_id, number).await?;
    let (received, replied) = pair;
    let keywords = keywords_with(&rule, &received);
    let draft = Draft { keywords, contents: contents_with(&rule.contents, replied), ..Draft::from(&rule) };
    edit::update(ctx, editor, number, rule.revision, &draft).await.map(drop)
}

/// Takes what is received under this very word away: the rule, or of several keywords this one.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn delete(ctx: &Ctx, editor: &Editor, received: &str) -> Result<(), Refusal> {
    let rules = search::list(ctx, editor.owner_id).await?;
    let has = |rule: &&Rule| rule.keywords.iter().any(|keyword| keyword.text == received);
    let rule = rules.iter().find(has).ok_or(CoreError::NotFound)?;
    if rule.keywords.len() == 1 {
        return edit::delete(ctx, editor, &[rule.number]).await.map(drop);
    }
    let mut draft = Draft::from(rule);
    draft.keywords.retain(|keyword| keyword.text != received);
    let update = Update { number: rule.number, revision: Some(rule.revision), draft };
    edit::apply(ctx, editor, Plan { update: vec![update], ..Plan::default() }).await.map(drop)
}

fn of(rule: &Rule) -> Vec<Pair> {
    rule.keywords.iter().map(|keyword| (keyword.text.clone(), rule.text().to_owned())).collect()
}

fn exact(keyword: &str) -> Keyword {
    Keyword { text: keyword.to_owned(), matching: Matching::Exact }
}

/// A rule's keywords where one keyword is said to be its: all of them where it is one of them, else that one alone, compared as a
/// single one was before.
#[must_use]
pub fn keywords_with(rule: &Rule, keyword: &str) -> Vec<Keyword> {
    let is_one_of_them =
        rule.keywords.iter().any(|k| k.folded() == Keyword { matching: k.matching, ..exact(keyword) }.folded());
    match rule.keywords.as_slice() {
        keywords if is_one_of_them => keywords.to_vec(),
        [one] if one.matching != Matching::Regex => vec![Keyword { matching: one.matching, ..exact(keyword) }],
        _ => vec![exact(keyword)],
    }
}

/// Contents with this text in the place of their first one; in front of them where they have none.
pub(super) fn contents_with(contents: &[Content], text: String) -> Vec<Content> {
    let mut contents = contents.to_vec();
    let text = Content::text(text);
    match contents.iter_mut().find(|content| matches!(content, Content::Text { .. })) {
        Some(first) => *first = text,
        None => contents.insert(0, text),
    }
    contents
}
