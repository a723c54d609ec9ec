//! The editor's state: a stored rule, or the values typed so far.

mod step;

use super::{SubmittedForm, Upload};
use crate::core::rule::{
    AnswerMode, Content, Keyword, MatchType, Rule, TriggerKind,
    content::MOST_CONTENTS,
    draft::{Draft, MOST_KEYWORDS, PRIORITY_MAX},
    rejection::Duplicate,
};

/// The most characters of a message that the preview answers.
const SAY_MAX_CHARS: usize = 600;

/// The button that sent the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Button {
    #[default]
    Save,
    /// Save, then begin another rule.
    SaveAndNew,
    /// A step before saving, see [`EditorForm::take_step`].
    Step(String),
}

/// The editor's state. Fields have the names of flaws: `text`, and `text_2` for the second content.
#[derive(Debug, Clone, Default)]
pub struct EditorForm {
    /// The rule being changed; `None` for a new one.
    pub number: Option<i64>,
    /// The revision that the form was loaded with.
    pub revision: i64,
    pub draft: Draft,
    /// The priority as typed.
    pub priority: String,
    pub button: Button,
    /// The message that the preview answers; empty: one that the rule is made for.
    pub say: String,
    /// The files that were sent along, by the index of their content.
    pub files: Vec<(usize, Upload)>,
    /// Field and message.
    pub flaws: Vec<(String, String)>,
    /// Keywords that other rules have.
    pub taken: Vec<Duplicate>,
    /// The form has unsaved changes.
    pub is_changed: bool,
    /// The field that takes the focus.
    pub focus: Option<String>,
    /// The version that another editor saved since.
    pub theirs: Option<Rule>,
    /// The rule was deleted since: saving adds a new one.
    pub is_gone: bool,
}

/// The field name of the content or keyword at `index`, from 0.
pub fn field(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}_{}", index + 1) }
}

impl EditorForm {
    /// An empty form for a rule of this trigger.
    pub fn new(cause: TriggerKind, keyword: &str, text: &str) -> Self {
        let keywords = vec![Keyword { text: keyword.to_owned(), matching: MatchType::Exact }];
        let draft = Draft { cause, keywords, contents: vec![Content::text(text)], ..Draft::default() };
        let first = if cause == TriggerKind::Keyword && keyword.is_empty() { "keyword" } else { "text" };
        let is_changed = !keyword.is_empty();
        Self { draft, priority: "0".to_owned(), focus: Some(first.to_owned()), is_changed, ..Self::default() }
    }

    /// The form of a stored rule.
    pub fn of(rule: &Rule) -> Self {
        Self {
            number: Some(rule.number),
            revision: rule.revision,
            draft: Draft::from(rule),
            priority: rule.priority.to_string(),
            ..Self::default()
        }
    }

    /// A stored rule whose editor was just opened in the list: the first field has the focus.
    pub fn opened(rule: &Rule) -> Self {
        let first = if rule.cause.has_keywords() { "keyword" } else { "text" };
        Self { focus: Some(first.to_owned()), ..Self::of(rule) }
    }

    /// A new rule with the contents of a stored one. It needs its own keywords: two rules cannot have the same.
    pub fn copy(rule: &Rule) -> Self {
        let mut form = Self { number: None, revision: 0, is_changed: true, ..Self::of(rule) };
        if form.draft.cause.has_keywords() {
            form.draft.keywords.truncate(1);
            for keyword in &mut form.draft.keywords {
                keyword.text.clear();
            }
        }
        form.focus = Some(if form.draft.cause.has_keywords() { "keyword" } else { "text" }.to_owned());
        form
    }

    /// The form of the rule with this number, unless the rule was deleted.
    #[must_use]
    pub fn of_number(self, number: Option<i64>) -> Self {
        Self { number: number.filter(|_| !self.is_gone), ..self }
    }

    /// The error of a field.
    pub fn error(&self, field: &str) -> Option<String> {
        self.flaws.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }

    /// True where this field takes the focus.
    pub fn has_focus(&self, field: &str) -> bool {
        self.flaws.is_empty() && self.focus.as_deref() == Some(field)
    }

    /// True if a keyword is a regular expression: only then the answer has groups of it.
    pub fn has_regex(&self) -> bool {
        self.draft.keywords.iter().any(|keyword| keyword.matching == MatchType::Regex)
    }
}

impl From<&SubmittedForm> for EditorForm {
    fn from(submitted: &SubmittedForm) -> Self {
        let priority = submitted.text("priority").trim().to_owned();
        let cause = TriggerKind::of(&submitted.text("cause"));
        let draft = Draft {
            name: submitted.text("name"),
            cause,
            keywords: if cause == TriggerKind::Kind { kinds(submitted) } else { keywords(submitted) },
            contents: contents(submitted),
            answer: AnswerMode::of(&submitted.text("answer")),
            // Text that is not a number becomes a number out of range.
            priority: if priority.is_empty() { 0 } else { priority.parse().unwrap_or(PRIORITY_MAX + 1) },
            is_enabled: submitted.value("enabled").is_some(),
        };
        let button = match submitted.value("step") {
            Some(step) => Button::Step(step.to_owned()),
            None if submitted.value("next").is_some() => Button::SaveAndNew,
            None => Button::Save,
        };
        let file = |index: usize| Some((index, submitted.file(&field("file", index))?.clone()));
        let files = (0..draft.contents.len()).filter_map(file).collect();
        let is_gone = submitted.value("gone").is_some();
        Self {
            number: submitted.value("number").and_then(|number| number.parse().ok()).filter(|_| !is_gone),
            revision: submitted.text("revision").parse().unwrap_or_default(),
            draft,
            priority,
            button,
            say: submitted.text("say").trim().chars().take(SAY_MAX_CHARS).collect(),
            files,
            is_changed: true,
            is_gone,
            ..Self::default()
        }
    }
}

fn keywords(submitted: &SubmittedForm) -> Vec<Keyword> {
    // One more than allowed, so that an excess is reported, not dropped.
    let typed = (0..=MOST_KEYWORDS).map_while(|index| {
        let text = submitted.value(&field("keyword", index))?.to_owned();
        Some(Keyword { text, matching: MatchType::of(&submitted.text(&field("matching", index))) })
    });
    typed.collect()
}

fn kinds(submitted: &SubmittedForm) -> Vec<Keyword> {
    submitted.all("kinds").map(|kind| Keyword { text: kind.to_owned(), matching: MatchType::Exact }).collect()
}

fn contents(submitted: &SubmittedForm) -> Vec<Content> {
    (0..=MOST_CONTENTS)
        .map_while(|index| Some(content(submitted, submitted.value(&field("kind", index))?, index)))
        .collect()
}

fn content(submitted: &SubmittedForm, kind: &str, index: usize) -> Content {
    let mut content = Content::blank(kind);
    for (part, text) in content.parts_mut() {
        *text = submitted.text(part.field(index));
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submitted(fields: &[(&str, &str)]) -> SubmittedForm {
        SubmittedForm::of(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn what_was_typed_is_read_in_its_order() {
        let form = EditorForm::from(&submitted(&[
            ("keyword", "价格"),
            ("matching", "contains"),
            ("keyword_2", "h.*o"),
            ("matching_2", "regex"),
            ("kind", "news"),
            ("title", "活动"),
            ("url", "https://weida.example/"),
            ("kind_2", "text"),
            ("text_2", "a\r\nb"),
            ("priority", " 5 "),
            ("enabled", "on"),
            ("answer", "random"),
            ("revision", "7"),
        ]))
        .of_number(Some(3));
        let keywords: Vec<_> = form.draft.keywords.iter().map(|k| (k.text.as_str(), k.matching)).collect();
        assert_eq!(keywords, [("价格", MatchType::Contains), ("h.*o", MatchType::Regex)]);
        assert_eq!(form.draft.contents[0].caption(), "活动");
        assert_eq!(form.draft.contents[1], Content::text("a\nb"));
        assert_eq!((form.draft.priority, form.draft.is_enabled, form.draft.answer), (5, true, AnswerMode::Random));
        assert_eq!((form.number, form.revision), (Some(3), 7));
    }

    #[test]
    fn nonsense_is_kept_to_be_refused_not_to_be_guessed_at() {
        let form = EditorForm::from(&submitted(&[("priority", "很高")]));
        assert!(form.draft.priority > PRIORITY_MAX);
        assert_eq!(form.priority, "很高");
        assert!(form.draft.contents.is_empty() && form.draft.keywords.is_empty());
        let many: Vec<(String, String)> = (0..100).map(|i| (field("keyword", i), "x".to_owned())).collect();
        assert_eq!(EditorForm::from(&SubmittedForm::of(many)).draft.keywords.len(), MOST_KEYWORDS + 1);
    }
}
