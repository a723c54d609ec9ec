//! What stands in the editor: a rule as it is stored, or as somebody has typed it so far.

use crate::{
    core::reply::{
        Answer, Cause, Content, Keyword, Matching, Rule,
        content::MOST_CONTENTS,
        draft::{Draft, MOST_KEYWORDS, PRIORITY_MAX},
        refusal::Duplicate,
    },
    web::page::Posted,
};

/// The editor's state. Fields are called as flaws are: `text`, and `text_2` for the second content.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The rule that is changed; None for a new one.
    pub number: Option<i64>,
    /// The revision that was looked at.
    pub revision: i64,
    pub draft: Draft,
    /// The priority as typed.
    pub priority: String,
    /// Field and message.
    pub flaws: Vec<(String, String)>,
    /// Keywords that other rules have.
    pub taken: Vec<Duplicate>,
    /// It says something that is not saved.
    pub is_changed: bool,
    /// The field that takes the focus.
    pub focus: Option<String>,
    /// What somebody else has saved meanwhile.
    pub theirs: Option<Rule>,
    /// The rule was deleted meanwhile: saving adds a new one.
    pub is_gone: bool,
}

/// The name of a field of the content or keyword at `index`, from 0.
pub fn field(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}_{}", index + 1) }
}

impl Form {
    /// An empty one, for a rule of this cause.
    pub fn new(cause: Cause, keyword: &str, text: &str) -> Self {
        let keywords = vec![Keyword { text: keyword.to_owned(), matching: Matching::Exact }];
        let draft = Draft { cause, keywords, contents: vec![Content::text(text)], ..Draft::default() };
        let first = if cause == Cause::Keyword && keyword.is_empty() { "keyword" } else { "text" };
        let is_changed = !keyword.is_empty();
        Self { draft, priority: "0".to_owned(), focus: Some(first.to_owned()), is_changed, ..Self::default() }
    }

    /// A stored rule.
    pub fn of(rule: &Rule) -> Self {
        Self {
            number: Some(rule.number),
            revision: rule.revision,
            draft: Draft::from(rule),
            priority: rule.priority.to_string(),
            ..Self::default()
        }
    }

    /// A new rule that says what a stored one says. It needs keywords of its own: two rules cannot have the same.
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

    /// What was typed.
    pub fn read(posted: &Posted, number: Option<i64>) -> Self {
        let priority = posted.text("priority").trim().to_owned();
        let cause = Cause::of(&posted.text("cause"));
        let draft = Draft {
            name: posted.text("name"),
            cause,
            keywords: if cause == Cause::Kind { kinds(posted) } else { keywords(posted) },
            contents: contents(posted),
            answer: Answer::of(&posted.text("answer")),
            // What is no number is out of every range.
            priority: if priority.is_empty() { 0 } else { priority.parse().unwrap_or(PRIORITY_MAX + 1) },
            is_enabled: posted.value("enabled").is_some(),
        };
        let is_gone = posted.value("gone").is_some();
        Self {
            number: number.filter(|_| !is_gone),
            revision: posted.text("revision").parse().unwrap_or_default(),
            draft,
            priority,
            is_changed: true,
            is_gone,
            ..Self::default()
        }
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<String> {
        self.flaws.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }

    /// True where this field takes the focus.
    pub fn has_focus(&self, field: &str) -> bool {
        self.flaws.is_empty() && self.focus.as_deref() == Some(field)
    }
}

fn keywords(posted: &Posted) -> Vec<Keyword> {
    // One more than there may be: so that too many are told, not dropped.
    let typed = (0..=MOST_KEYWORDS).map_while(|index| {
        let text = posted.value(&field("keyword", index))?.to_owned();
        Some(Keyword { text, matching: Matching::of(&posted.text(&field("matching", index))) })
    });
    typed.collect()
}

fn kinds(posted: &Posted) -> Vec<Keyword> {
    posted.all("kinds").map(|kind| Keyword { text: kind.to_owned(), matching: Matching::Exact }).collect()
}

fn contents(posted: &Posted) -> Vec<Content> {
    (0..=MOST_CONTENTS).map_while(|index| Some(content(posted, posted.value(&field("kind", index))?, index))).collect()
}

fn content(posted: &Posted, kind: &str, index: usize) -> Content {
    let said = |name: &str| posted.text(&field(name, index));
    let mut content = blank(kind);
    match &mut content {
        Content::Text { text } => *text = said("text"),
        Content::Image { media } | Content::Voice { media } => *media = said("media"),
        Content::Video { media, title, description } => {
            (*media, *title, *description) = (said("media"), said("title"), said("description"));
        }
        Content::Music { title, description, url, hq_url, thumb } => {
            (*title, *description, *url) = (said("title"), said("description"), said("url"));
            (*hq_url, *thumb) = (said("hq_url"), said("thumb"));
        }
        Content::News { title, description, picture_url, url } => {
            (*title, *description) = (said("title"), said("description"));
            (*picture_url, *url) = (said("picture_url"), said("url"));
        }
    }
    content
}

/// An empty content of a kind; what is not known is a text.
pub fn blank(kind: &str) -> Content {
    let none = String::new;
    match kind {
        "image" => Content::Image { media: none() },
        "voice" => Content::Voice { media: none() },
        "video" => Content::Video { media: none(), title: none(), description: none() },
        "music" => Content::Music { title: none(), description: none(), url: none(), hq_url: none(), thumb: none() },
        "news" => Content::News { title: none(), description: none(), picture_url: none(), url: none() },
        _ => Content::text(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        Posted::of(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn what_was_typed_is_read_in_its_order() {
        let form = Form::read(
            &posted(&[
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
            ]),
            Some(3),
        );
        let keywords: Vec<_> = form.draft.keywords.iter().map(|k| (k.text.as_str(), k.matching)).collect();
        assert_eq!(keywords, [("价格", Matching::Contains), ("h.*o", Matching::Regex)]);
        assert_eq!(form.draft.contents[0].caption(), "活动");
        assert_eq!(form.draft.contents[1], Content::text("a\nb"));
        assert_eq!((form.draft.priority, form.draft.is_enabled, form.draft.answer), (5, true, Answer::Random));
        assert_eq!((form.number, form.revision), (Some(3), 7));
    }

    #[test]
    fn nonsense_is_kept_to_be_refused_not_to_be_guessed_at() {
        let form = Form::read(&posted(&[("priority", "很高")]), None);
        assert!(form.draft.priority > PRIORITY_MAX);
        assert_eq!(form.priority, "很高");
        assert!(form.draft.contents.is_empty() && form.draft.keywords.is_empty());
        let many: Vec<(String, String)> = (0..100).map(|i| (field("keyword", i), "x".to_owned())).collect();
        assert_eq!(Form::read(&Posted::of(many), None).draft.keywords.len(), MOST_KEYWORDS + 1);
    }
}
