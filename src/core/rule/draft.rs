//! Drafts of rules: limits, normalization and validation before saving.

use super::{
    ACCOUNT, AnswerMode, Content, Keyword, MatchType, Rule, Source, TriggerKind,
    content::{KINDS, LONG_TEXT_MAX_BYTES, MOST_CONTENTS},
    pattern,
};
use crate::{
    core::{CoreError, Ctx, FieldError, Problem},
    store::rule::{ContentRow, KeywordRow},
    text::{fold::fold, visible::is_deceptive},
    wechat::reply::TEXT_MAX_BYTES,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most rules of a user.
pub const MOST_RULES: usize = 10_000;
/// The most rules of the account.
pub const MOST_ACCOUNT_RULES: usize = 100_000;
/// The most keywords of a rule.
pub const MOST_KEYWORDS: usize = 20;
/// The most characters of a keyword. The longest that people write is a sentence.
pub const KEYWORD_MAX_CHARS: usize = 60;
/// The most characters of a regular expression.
pub const REGEX_MAX_CHARS: usize = 200;
/// The most regular expressions of the account: each one without a literal text is tried for every message.
pub const MOST_EXPRESSIONS: i64 = 500;
/// The most regular expressions of a user: they take memory while the user writes messages, and there may be many
/// users.
pub const MOST_EXPRESSIONS_EACH: i64 = 50;
/// The most characters of a rule's name, which has no invisible ones except inside an emoji.
pub const NAME_MAX_CHARS: usize = 60;
/// The largest absolute priority.
pub const PRIORITY_MAX: i64 = 999;
/// The most stored characters of a folded keyword: folding can make a text longer (`㋿` becomes two characters).
pub(super) const FOLDED_MAX_CHARS: usize = 200;

/// A rule as typed, imported or sent in the chat. Serialized, it is the format of exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub name: String,
    pub cause: TriggerKind,
    pub keywords: Vec<Keyword>,
    pub contents: Vec<Content>,
    pub answer: AnswerMode,
    pub priority: i64,
    pub is_enabled: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            cause: TriggerKind::Keyword,
            keywords: Vec::new(),
            contents: Vec::new(),
            answer: AnswerMode::All,
            priority: 0,
            is_enabled: true,
        }
    }
}

impl Draft {
    /// A rule with keywords, one per line, and one text.
    #[must_use]
    pub fn of_text(cause: TriggerKind, keywords: &str, matching: MatchType, text: &str) -> Self {
        let (keywords, contents) = (Keyword::lines(keywords, matching), vec![Content::text(text)]);
        Self { cause, keywords, contents, ..Self::default() }
    }
}

impl Draft {
    /// The rule that this draft would be if it were saved in the place of `saved`, and enabled. A new rule is the youngest.
    #[must_use]
    pub fn as_rule(&self, saved: Option<&Rule>) -> Rule {
        let Self { name, cause, keywords, contents, answer, priority, .. } = tidy(self).draft;
        let (id, number) = saved.map_or((i64::MAX, 0), |saved| (saved.id, saved.number));
        Rule {
            id,
            number,
            name,
            cause,
            keywords,
            contents,
            answer,
            priority: priority.clamp(-PRIORITY_MAX, PRIORITY_MAX),
            is_enabled: true,
            is_on_home: saved.is_some_and(|saved| saved.is_on_home),
            hits: 0,
            last_hit_at: None,
            created_at: 0,
            updated_at: 0,
            updated_by: None,
            updated_door: Source::default(),
            revision: 0,
        }
    }
}

impl From<&Rule> for Draft {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name.clone(),
            cause: rule.cause,
            keywords: rule.keywords.clone(),
            contents: rule.contents.clone(),
            answer: rule.answer,
            priority: rule.priority,
            is_enabled: rule.is_enabled,
        }
    }
}

/// The limits for drafts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub owner_id: i64,
    /// Bytes of one text.
    pub text_max_bytes: usize,
}

impl Limits {
    /// The current limits of this owner's rules.
    #[must_use]
    pub fn of(ctx: &Ctx, owner_id: i64) -> Self {
        // A longer text is continued: by customer-service messages, or by the “more” command.
        let is_continued = ctx.continues_answers();
        Self { owner_id, text_max_bytes: if is_continued { LONG_TEXT_MAX_BYTES } else { TEXT_MAX_BYTES } }
    }

    /// The most rules of the owner.
    #[must_use]
    pub fn most_rules(self) -> usize {
        if self.owner_id == ACCOUNT { MOST_ACCOUNT_RULES } else { MOST_RULES }
    }
}

/// A valid draft, in the form that is stored.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    /// The normalized draft.
    pub draft: Draft,
    pub keywords: Vec<KeywordRow>,
    pub contents: Vec<ContentRow>,
}

impl Parsed {
    /// The sort key of lists: the first keyword, else the name.
    pub fn sort_key(&self) -> String {
        let text = self.keywords.first().map_or(self.draft.name.as_str(), |k| k.folded.as_str());
        text.chars().take(FOLDED_MAX_CHARS).collect()
    }
}

/// Normalizes a draft without validation: for one that was valid when it was saved.
pub(super) fn tidy(draft: &Draft) -> Parsed {
    let (mut seen, mut keywords) = (HashSet::new(), Vec::new());
    if draft.cause.has_keywords() {
        for keyword in &draft.keywords {
            let matching = if draft.cause == TriggerKind::Kind { MatchType::Exact } else { keyword.matching };
            let keyword = Keyword { text: keyword.text.trim().to_owned(), matching };
            // A repeated keyword counts once.
            if !keyword.text.is_empty() && seen.insert((keyword.folded(), matching)) {
                keywords.push(keyword);
            }
        }
    }
    let contents: Vec<Content> = draft.contents.iter().map(Content::tidied).collect();
    let row = |k: &Keyword| KeywordRow {
        keyword: k.text.clone(),
        folded: k.folded(),
        matching: k.matching.as_str().to_owned(),
    };
    Parsed {
        keywords: keywords.iter().map(row).collect(),
        contents: contents.iter().map(ContentRow::from).collect(),
        draft: Draft { name: draft.name.trim().to_owned(), keywords, contents, ..draft.clone() },
    }
}

/// The regular expressions of a draft, as typed.
pub(super) fn expressions(draft: &Draft) -> impl Iterator<Item = &str> {
    draft.keywords.iter().filter(|keyword| keyword.matching == MatchType::Regex).map(|keyword| keyword.text.trim())
}

/// The most regular expressions of an owner.
pub(super) fn most_expressions(owner_id: i64) -> i64 {
    if owner_id == ACCOUNT { MOST_EXPRESSIONS } else { MOST_EXPRESSIONS_EACH }
}

/// The error of too many regular expressions.
pub(super) fn too_many_expressions(owner_id: i64) -> FieldError {
    let most = usize::try_from(most_expressions(owner_id)).unwrap_or_default();
    FieldError { field: "expressions", problem: Problem::TooMany(most) }
}

/// Parses a draft. Expressions in `known` were validated before and are trusted: a validation can take some tens of milliseconds.
///
/// # Errors
/// [`CoreError::Invalid`] with every field error of `cause`, `name`, `priority`, `keywords`, `contents`, `news`, and of each
/// content's own fields (`text`, `media`, `title`, `description`, `url`, `hq_url`, `thumb`, `picture_url`; with `_2` to `_5`
/// appended for the later contents).
pub(super) fn parse(draft: &Draft, limits: Limits, known: &HashSet<String>) -> Result<Parsed, CoreError> {
    let parsed = tidy(draft);
    let mut flaws = Vec::new();
    let mut note = |field: &'static str, problem: Problem| flaws.push(FieldError { field, problem });
    // Triggers other than keywords are for the account only.
    if limits.owner_id != ACCOUNT && draft.cause != TriggerKind::Keyword {
        note("cause", Problem::Malformed);
    }
    if let Some(problem) = name_problem(&parsed.draft.name) {
        note("name", problem);
    }
    if !(-PRIORITY_MAX..=PRIORITY_MAX).contains(&draft.priority) {
        note("priority", Problem::OutOfRange(-PRIORITY_MAX, PRIORITY_MAX));
    }
    if let Some(problem) = keywords_problem(&parsed.draft, known) {
        note("keywords", problem);
    }
    let contents = &parsed.draft.contents;
    if contents.is_empty() {
        note("text", Problem::Empty);
    } else if contents.len() > MOST_CONTENTS {
        note("contents", Problem::TooMany(MOST_CONTENTS));
    }
    // The platform shows one article per reply (docs/WECHAT.md, 3).
    let news = contents.iter().filter(|c| matches!(c, Content::News { .. })).count();
    if draft.answer == AnswerMode::All && news > 1 {
        note("news", Problem::TooMany(1));
    }
    flaws
        .extend(contents.iter().take(MOST_CONTENTS).enumerate().flat_map(|(at, c)| c.flaws(at, limits.text_max_bytes)));
    if flaws.is_empty() { Ok(parsed) } else { Err(CoreError::Invalid(flaws)) }
}

fn name_problem(name: &str) -> Option<Problem> {
    if name.chars().take(NAME_MAX_CHARS + 1).count() > NAME_MAX_CHARS {
        Some(Problem::TooLong(NAME_MAX_CHARS))
    } else {
        is_deceptive(name).then_some(Problem::Malformed)
    }
}

fn keywords_problem(draft: &Draft, known: &HashSet<String>) -> Option<Problem> {
    if draft.keywords.is_empty() {
        return (draft.cause == TriggerKind::Keyword).then_some(Problem::Empty);
    }
    if draft.keywords.len() > MOST_KEYWORDS {
        return Some(Problem::TooMany(MOST_KEYWORDS));
    }
    draft.keywords.iter().find_map(|keyword| match draft.cause {
        TriggerKind::Kind => (!KINDS.contains(&keyword.folded().as_str())).then_some(Problem::Malformed),
        _ => keyword_problem(keyword, known),
    })
}

fn keyword_problem(keyword: &Keyword, known: &HashSet<String>) -> Option<Problem> {
    let max_chars = if keyword.matching == MatchType::Regex { REGEX_MAX_CHARS } else { KEYWORD_MAX_CHARS };
    if keyword.text.chars().take(max_chars + 1).count() > max_chars {
        return Some(Problem::TooLong(max_chars));
    }
    let folded = keyword.folded();
    // A keyword of invisible characters only is empty, also as an expression: it would match every message.
    if fold(&keyword.text).is_empty()
        || folded.chars().count() > FOLDED_MAX_CHARS
        || keyword.text.chars().any(char::is_control)
    {
        return Some(Problem::Malformed);
    }
    let is_unknown = keyword.matching == MatchType::Regex && !known.contains(&keyword.text);
    (is_unknown && !pattern::is_tame(&keyword.text)).then_some(Problem::BadPattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { owner_id: ACCOUNT, text_max_bytes: 2048 };

    fn draft(keywords: &str, text: &str) -> Draft {
        Draft::of_text(TriggerKind::Keyword, keywords, MatchType::Exact, text)
    }

    fn flaws_at(limits: Limits, d: &Draft) -> Vec<(&'static str, Problem)> {
        match parse(d, limits, &HashSet::new()) {
            Err(CoreError::Invalid(flaws)) => flaws.into_iter().map(|f| (f.field, f.problem)).collect(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => Vec::new(),
        }
    }

    fn flaws(d: &Draft) -> Vec<(&'static str, Problem)> {
        flaws_at(LIMITS, d)
    }

    fn article() -> Content {
        let url = "https://weida.example/".to_owned();
        Content::News { title: "活动".to_owned(), description: String::new(), picture_url: String::new(), url }
    }

    #[test]
    fn every_flaw_is_named_at_its_field() {
        assert_eq!(flaws(&draft(" \n ", "")), [("keywords", Problem::Empty), ("text", Problem::Empty)]);
        assert_eq!(flaws(&draft("价格", &"价".repeat(683))), [("text", Problem::TooManyBytes(2048))]);
        assert_eq!(flaws(&draft(&"价".repeat(61), "x")), [("keywords", Problem::TooLong(60))]);
        assert_eq!(flaws(&draft(&"价".repeat(10_000), "x")), [("keywords", Problem::TooLong(60))]);
        assert_eq!(flaws(&draft("a", "x\u{0}y")), [("text", Problem::Malformed)]);
        assert!(flaws(&draft("价格\n多少钱", "100 元 😀")).is_empty());
        let bad = Draft { priority: 1_000, name: "x".repeat(61), contents: Vec::new(), ..draft("a", "") };
        let expected =
            [("name", Problem::TooLong(60)), ("priority", Problem::OutOfRange(-999, 999)), ("text", Problem::Empty)];
        assert_eq!(flaws(&bad), expected);
    }

    #[test]
    fn a_bad_expression_is_told_from_a_bad_keyword() {
        let regex = |text: &str| Draft::of_text(TriggerKind::Keyword, text, MatchType::Regex, "x");
        assert_eq!(flaws(&regex("(")), [("keywords", Problem::BadPattern)]);
        assert_eq!(flaws(&regex(r"(\w{100}){100}")), [("keywords", Problem::BadPattern)]);
        assert!(flaws(&regex(r"^订单：(\d+)$")).is_empty());
    }

    #[test]
    fn contents_are_counted_and_one_article_is_one_too_few_for_three() {
        let three = Draft { contents: vec![article(); 3], ..draft("a", "") };
        assert_eq!(flaws(&three), [("news", Problem::TooMany(1))]);
        assert!(flaws(&Draft { answer: AnswerMode::Random, ..three }).is_empty());
        let six = Draft { contents: vec![Content::text("x"); 6], ..draft("a", "") };
        assert_eq!(flaws(&six), [("contents", Problem::TooMany(5))]);
        let second = Draft { contents: vec![Content::text("x"), Content::text("")], ..draft("a", "") };
        assert_eq!(flaws(&second), [("text_2", Problem::Empty)]);
    }

    #[test]
    fn a_text_may_be_long_only_where_it_is_continued() {
        let long = draft("a", &"x".repeat(3_000));
        assert_eq!(flaws(&long), [("text", Problem::TooManyBytes(2048))]);
        assert!(flaws_at(Limits { text_max_bytes: LONG_TEXT_MAX_BYTES, ..LIMITS }, &long).is_empty());
    }

    #[test]
    fn a_person_answers_keywords_and_kinds_have_names() {
        let menu = Draft::of_text(TriggerKind::Menu, "", MatchType::Exact, "x");
        assert!(flaws(&menu).is_empty());
        assert_eq!(flaws_at(Limits { owner_id: 1001, ..LIMITS }, &menu), [("cause", Problem::Malformed)]);
        assert!(flaws(&Draft::of_text(TriggerKind::Kind, "image\nSticker", MatchType::Regex, "x")).is_empty());
        assert_eq!(
            flaws(&Draft::of_text(TriggerKind::Kind, "smell", MatchType::Exact, "x")),
            [("keywords", Problem::Malformed)]
        );
    }

    #[test]
    fn a_name_may_have_an_emoji_and_hides_nothing() {
        let named = |name: &str| Draft { name: name.to_owned(), ..draft("a", "x") };
        for fine in ["", "亲子活动 👨‍👩‍👧", "🇨🇳 1️⃣ ❤️"] {
            assert!(flaws(&named(fine)).is_empty(), "{fine}");
        }
        for bad in ["a\u{202e}b", "a\u{200d}b", "a\u{fe0f}", "x\u{e0061}\u{e007f}", "a\nb"] {
            assert_eq!(flaws(&named(bad)), [("name", Problem::Malformed)], "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_no_keyword() {
        for matching in [MatchType::Exact, MatchType::Contains, MatchType::Regex] {
            let invisible = Draft::of_text(TriggerKind::Keyword, "\u{200b}\u{feff}", matching, "x");
            assert_eq!(flaws(&invisible), [("keywords", Problem::Malformed)]);
        }
    }

    #[test]
    fn a_keyword_typed_twice_in_one_rule_is_one_keyword() {
        let parsed = parse(&draft("Hello\nｈｅｌｌｏ！\nhi", "x"), LIMITS, &HashSet::new()).unwrap();
        assert_eq!(parsed.keywords.len(), 2);
        assert_eq!(parsed.sort_key(), "hello");
    }
}
