//! The editor's buttons before saving: add a keyword, remove or move a content. Plain submits, so they work without a script: the
//! page is shown again with all input.

use super::{EditorForm, field};
use crate::core::rule::{Content, Keyword, MatchType, content::MOST_CONTENTS, draft::MOST_KEYWORDS};

impl EditorForm {
    /// Carries out a button: `add-keyword`, `add-news`, `drop-content-2`, `up-content-2`. Numbers are from 1. Impossible steps
    /// are ignored.
    pub fn take_step(&mut self, step: &str) {
        let (act, at) = match step.rsplit_once('-') {
            Some((act, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                (act, number.parse::<usize>().unwrap_or_default().wrapping_sub(1))
            }
            _ => (step, usize::MAX),
        };
        match act {
            "add-keyword" => self.add_keyword(),
            "drop-keyword" => self.drop_keyword(at),
            "drop-content" => self.drop_content(at),
            "up-content" => self.swap_contents(at, at.wrapping_sub(1)),
            "down-content" => self.swap_contents(at, at.wrapping_add(1)),
            "cause" => self.focus = Some("cause".to_owned()),
            other => self.add_content(other.strip_prefix("add-").unwrap_or_default()),
        }
        if self.draft.cause.has_keywords() && self.draft.keywords.is_empty() {
            self.draft.keywords.push(Keyword { text: String::new(), matching: MatchType::Exact });
        }
    }

    fn add_keyword(&mut self) {
        let keywords = &mut self.draft.keywords;
        if keywords.len() < MOST_KEYWORDS {
            let matching = keywords.last().map(|k| k.matching).unwrap_or_default();
            keywords.push(Keyword { text: String::new(), matching });
        }
        self.focus = Some(field("keyword", self.draft.keywords.len().saturating_sub(1)));
    }

    fn drop_keyword(&mut self, at: usize) {
        if at < self.draft.keywords.len() {
            self.draft.keywords.remove(at);
        }
        self.focus = Some(field("keyword", at.min(self.draft.keywords.len().saturating_sub(1))));
    }

    fn add_content(&mut self, kind: &str) {
        if kind.is_empty() || self.draft.contents.len() >= MOST_CONTENTS {
            return;
        }
        let content = Content::blank(kind);
        self.focus = first_field(&content, self.draft.contents.len());
        self.draft.contents.push(content);
    }

    fn drop_content(&mut self, at: usize) {
        if at < self.draft.contents.len() && self.draft.contents.len() > 1 {
            self.draft.contents.remove(at);
        }
        self.focus_on_content(at.min(self.draft.contents.len().saturating_sub(1)));
    }

    fn swap_contents(&mut self, at: usize, with: usize) {
        if at < self.draft.contents.len() && with < self.draft.contents.len() {
            self.draft.contents.swap(at, with);
            self.focus_on_content(with);
        }
    }

    fn focus_on_content(&mut self, at: usize) {
        self.focus = self.draft.contents.get(at).and_then(|content| first_field(content, at));
    }
}

/// The first field of a content.
fn first_field(content: &Content, index: usize) -> Option<String> {
    Some(content.parts().first()?.0.field(index).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::rule::TriggerKind;

    #[test]
    fn keywords_and_contents_come_go_and_change_places() {
        let mut form = EditorForm::new(TriggerKind::Keyword, "a", "first");
        form.take_step("add-keyword");
        form.draft.keywords[1].text = "b".to_owned();
        form.take_step("drop-keyword-1");
        assert_eq!(form.draft.keywords.iter().map(|k| k.text.as_str()).collect::<Vec<_>>(), ["b"]);
        form.take_step("add-news");
        assert_eq!((form.draft.contents[1].kind(), form.focus.as_deref()), ("news", Some("title_2")));
        form.take_step("up-content-2");
        assert_eq!(form.draft.contents[1], Content::text("first"));
        form.take_step("drop-content-1");
        assert_eq!(form.draft.contents, [Content::text("first")]);
    }

    #[test]
    fn what_cannot_be_done_is_not_done() {
        let mut form = EditorForm::new(TriggerKind::Keyword, "a", "first");
        for step in [
            "",
            "x",
            "add-",
            "drop-content-1",
            "up-content-1",
            "down-content-1",
            "drop-keyword-9",
            "drop-keyword-0",
            "up-content-99999999999999999999",
        ] {
            form.take_step(step);
        }
        assert_eq!((form.draft.contents.len(), form.draft.keywords.len()), (1, 1));
        for _ in 0..50 {
            form.take_step("add-text");
            form.take_step("add-keyword");
        }
        assert_eq!((form.draft.contents.len(), form.draft.keywords.len()), (MOST_CONTENTS, MOST_KEYWORDS));
    }
}
