//! Changing rules. All or nothing; a flaw names its field, and a duplicate its keyword.

use super::{ACCOUNT, Cause, Matching, Rule, book, fold::fold};
use crate::{
    core::{CoreError, Ctx, Flaw, Problem},
    store::{
        self, StoreError, Tx,
        audit::AuditRow,
        rule::{ContentRow, KeywordRow, RuleRecord, RuleRow},
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use std::collections::HashSet;

/// Rules a person may have.
pub const MOST_RULES: usize = 1_000;
/// Keywords a rule may have.
pub const MOST_KEYWORDS: usize = 20;
/// Characters of a keyword. The longest rule that people write is a sentence.
pub const KEYWORD_MAX_CHARS: usize = 60;

/// A rule as typed.
#[derive(Debug, Clone)]
pub struct Draft {
    pub cause: Cause,
    /// One a line.
    pub keywords: String,
    /// How they are compared.
    pub matching: Matching,
    pub text: String,
}

/// Who changes whose rules.
#[derive(Debug, Clone)]
pub struct Editor {
    pub owner_id: i64,
    pub actor_id: i64,
    pub address: String,
}

/// An owner's rules in the order of their numbers.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<Vec<Rule>, CoreError> {
    Ok(store::rule::list_rules(&mut ctx.store.read().await?, owner_id).await?.into_iter().map(Rule::from).collect())
}

/// Adds a rule and returns its number.
///
/// # Errors
/// Flaws of `keywords` and `text`; `keywords` is [`Problem::Taken`] where another rule has one of them.
pub async fn add(ctx: &Ctx, editor: &Editor, draft: &Draft) -> Result<i64, CoreError> {
    let parsed = parse(draft)?;
    let now = ctx.now();
    // Twice: somebody may take the number in between.
    for _ in 0..2 {
        let mut tx = ctx.store.begin().await?;
        let rules = store::rule::list_rules(&mut tx, editor.owner_id).await?;
        if rules.len() >= MOST_RULES {
            return Err(CoreError::flaw("keywords", Problem::TooLong(MOST_RULES)));
        }
        refuse_taken(&rules, &parsed, draft.cause, None)?;
        let number = store::rule::find_last_number(&mut tx, editor.owner_id).await? + 1;
        let record = RuleRecord {
            rule: RuleRow {
                id: ctx.next_id(),
                owner_id: editor.owner_id,
                number,
                name: String::new(),
                cause: draft.cause.as_str().to_owned(),
                answer: "all".to_owned(),
                priority: 0,
                is_enabled: 1,
                hits: 0,
                last_hit_at: None,
                revision: 1,
                created_at: now,
                updated_at: now,
            },
            keywords: parsed.keywords.clone(),
            contents: parsed.contents.clone(),
        };
        match store::rule::insert_rule(&mut tx, &record).await {
            Ok(()) => {}
            Err(StoreError::Duplicate) => {
                tx.rollback().await?;
                continue;
            }
            Err(e) => return Err(e.into()),
        }
        finish(ctx, tx, editor, "rule.add", number).await?;
        return Ok(number);
    }
    Err(CoreError::Conflict)
}

/// Replaces what a rule says, if it is still at `revision`.
///
/// # Errors
/// As [`add`]; [`CoreError::NotFound`]; [`CoreError::Conflict`] where somebody saved in between.
pub async fn update(ctx: &Ctx, editor: &Editor, number: i64, revision: i64, draft: &Draft) -> Result<(), CoreError> {
    let parsed = parse(draft)?;
    let mut tx = ctx.store.begin().await?;
    let rules = store::rule::list_rules(&mut tx, editor.owner_id).await?;
    let found = rules.iter().find(|r| r.rule.number == number).ok_or(CoreError::NotFound)?;
    refuse_taken(&rules, &parsed, draft.cause, Some(found.rule.id))?;
    let rule = RuleRow { cause: draft.cause.as_str().to_owned(), updated_at: ctx.now(), ..found.rule.clone() };
    let record = RuleRecord { rule, keywords: parsed.keywords, contents: parsed.contents };
    if !store::rule::update_rule(&mut tx, &record, revision).await? {
        return Err(CoreError::Conflict);
    }
    finish(ctx, tx, editor, "rule.update", number).await
}

/// Switches a rule on or off.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn set_enabled(ctx: &Ctx, editor: &Editor, number: i64, is_enabled: bool) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    if !store::rule::update_enabled(&mut tx, editor.owner_id, number, is_enabled, ctx.now()).await? {
        return Err(CoreError::NotFound);
    }
    finish(ctx, tx, editor, if is_enabled { "rule.enable" } else { "rule.disable" }, number).await
}

/// Deletes a rule.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn delete(ctx: &Ctx, editor: &Editor, number: i64) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    if !store::rule::delete_rule(&mut tx, editor.owner_id, number).await? {
        return Err(CoreError::NotFound);
    }
    finish(ctx, tx, editor, "rule.delete", number).await
}

struct Parsed {
    keywords: Vec<KeywordRow>,
    contents: Vec<ContentRow>,
}

fn parse(draft: &Draft) -> Result<Parsed, CoreError> {
    let mut flaws = Vec::new();
    let keywords = match draft.cause {
        Cause::Keyword => keywords(&draft.keywords, draft.matching).unwrap_or_else(|problem| {
            flaws.push(Flaw { field: "keywords", problem });
            Vec::new()
        }),
        Cause::Follow | Cause::Default => Vec::new(),
    };
    let text = draft.text.trim().replace("\r\n", "\n");
    // What the platform shows in one passive reply.
    if text.is_empty() {
        flaws.push(Flaw { field: "text", problem: Problem::Empty });
    } else if text.len() > TEXT_MAX_BYTES {
        flaws.push(Flaw { field: "text", problem: Problem::TooManyBytes(TEXT_MAX_BYTES) });
    } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        flaws.push(Flaw { field: "text", problem: Problem::Malformed });
    }
    if flaws.is_empty() {
        Ok(Parsed { keywords, contents: vec![ContentRow { kind: "text".to_owned(), body: text }] })
    } else {
        Err(CoreError::Invalid(flaws))
    }
}

fn keywords(typed: &str, matching: Matching) -> Result<Vec<KeywordRow>, Problem> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for line in typed.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if line.chars().take(KEYWORD_MAX_CHARS + 1).count() > KEYWORD_MAX_CHARS {
            return Err(Problem::TooLong(KEYWORD_MAX_CHARS));
        }
        let folded = fold(line);
        // Folding can make a text longer (`㋿` becomes two characters), and empty.
        if folded.is_empty() || folded.chars().count() > 200 || line.chars().any(char::is_control) {
            return Err(Problem::Malformed);
        }
        if matching == Matching::Regex && book::compile(line).is_err() {
            return Err(Problem::Malformed);
        }
        if seen.insert(folded.clone()) {
            rows.push(KeywordRow { keyword: line.to_owned(), folded, matching: matching.as_str().to_owned() });
        }
    }
    match rows.len() {
        0 => Err(Problem::Empty),
        1..=MOST_KEYWORDS => Ok(rows),
        _ => Err(Problem::TooLong(MOST_KEYWORDS)),
    }
}

/// One keyword answers once; an owner has one rule for followers and one default.
fn refuse_taken(rules: &[RuleRecord], parsed: &Parsed, cause: Cause, except: Option<i64>) -> Result<(), CoreError> {
    let mut others = rules.iter().filter(|r| Some(r.rule.id) != except);
    let is_taken = match cause {
        Cause::Keyword => {
            let key = |k: &KeywordRow| (k.folded.clone(), k.matching.clone());
            let wanted: HashSet<_> = parsed.keywords.iter().map(key).collect();
            others.any(|r| r.keywords.iter().map(key).any(|k| wanted.contains(&k)))
        }
        Cause::Follow | Cause::Default => others.any(|r| r.rule.cause == cause.as_str()),
    };
    if is_taken {
        Err(CoreError::flaw(if cause == Cause::Keyword { "keywords" } else { "cause" }, Problem::Taken))
    } else {
        Ok(())
    }
}

async fn finish(ctx: &Ctx, mut tx: Tx, editor: &Editor, action: &'static str, number: i64) -> Result<(), CoreError> {
    store::fact::bump_revision(&mut tx, "rules").await?;
    // What people do to their own rules is their own business; what is done to the account's is everybody's.
    if editor.owner_id == ACCOUNT {
        let row = AuditRow {
            id: ctx.next_id(),
            actor_id: Some(editor.actor_id),
            action,
            target: format!("account-rule/{number}"),
            address: editor.address.clone(),
            detail: String::new(),
            created_at: ctx.now(),
        };
        store::audit::insert_entry(&mut tx, row).await?;
    }
    tx.commit().await?;
    ctx.shelf.forget(editor.owner_id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(keywords: &str, text: &str) -> Draft {
        Draft { cause: Cause::Keyword, keywords: keywords.to_owned(), matching: Matching::Exact, text: text.to_owned() }
    }

    fn flaws(d: &Draft) -> Vec<(&'static str, Problem)> {
        match parse(d) {
            Err(CoreError::Invalid(flaws)) => flaws.into_iter().map(|f| (f.field, f.problem)).collect(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn every_flaw_is_named_at_its_field() {
        assert_eq!(flaws(&draft(" \n ", "")), [("keywords", Problem::Empty), ("text", Problem::Empty)]);
        assert_eq!(flaws(&draft("价格", &"价".repeat(683))), [("text", Problem::TooManyBytes(2048))]);
        assert_eq!(flaws(&draft(&"价".repeat(61), "x")), [("keywords", Problem::TooLong(60))]);
        assert_eq!(flaws(&draft("a", "x\u{0}y")), [("text", Problem::Malformed)]);
        assert!(flaws(&draft("价格\n多少钱", "100 元 😀")).is_empty());
    }

    #[test]
    fn a_keyword_typed_twice_in_one_rule_is_one_keyword() {
        assert_eq!(keywords("Hello\nｈｅｌｌｏ！\nhi", Matching::Exact).unwrap().len(), 2);
    }
}
