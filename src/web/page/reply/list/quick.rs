//! One rule in one line: a keyword, how it is compared, an answer. What most rules are.

use super::{Ask, Desk};
use crate::{
    core::{
        CoreError,
        reply::{
            Cause, Matching,
            draft::Draft,
            edit::{self as rules, Plan},
            refusal::{Duplicate, Other, Refusal},
        },
    },
    web::{
        action::Flash,
        page::{Halt, Posted, Visitor, reply::padded},
        part::{Icon, Shape, Tone},
        text::{
            fill, flaw,
            replies::{edit::Edit, list::List},
        },
    },
};
use leptos::prelude::*;

/// The line as it was typed, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Quick {
    keyword: String,
    matching: Matching,
    text: String,
    keyword_error: Option<String>,
    text_error: Option<String>,
    /// The rule that has the keyword already.
    taken: Option<i64>,
    /// The line before was saved: another one is likely.
    is_next: bool,
}

/// Adds the rule, where one was sent; then the list comes again, ready for the next.
pub async fn settle(visitor: &Visitor, desk: Desk, back: &str) -> Result<Quick, Halt> {
    let Some(posted) = visitor.here.posted().filter(|posted| posted.value("form") == Some("quick")) else {
        return Ok(Quick { is_next: visitor.flash.form == "quick", ..Quick::default() });
    };
    let (mut quick, ctx) = (Quick::read(posted), &visitor.here.ctx);
    let draft = Draft::of_text(Cause::Keyword, &quick.keyword, quick.matching, &quick.text);
    match rules::apply(ctx, &desk.editor(&visitor.here), Plan { add: vec![draft], ..Plan::default() }).await {
        Ok(done) => {
            let number = done.numbers.first().copied().unwrap_or_default();
            let text = fill(List::of(desk.lang).added, &[("n", &padded(number))]);
            let offer = desk.undoing(done.change_id, back);
            let flash = Flash { form: "quick".to_owned(), offer, ..Flash::notice(Tone::Success, text) };
            Err(Halt::Tell(back.to_owned(), Box::new(flash)))
        }
        Err(Refusal::Drafts(faults)) => {
            for fault in faults {
                quick.blame(desk, &CoreError::Invalid(fault.flaws), &fault.duplicates);
            }
            Ok(quick)
        }
        Err(Refusal::Core(flawed @ CoreError::Invalid(_))) => {
            quick.blame(desk, &flawed, &[]);
            Ok(quick)
        }
        Err(Refusal::Core(other)) => Err(other.into()),
    }
}

impl Quick {
    fn read(posted: &Posted) -> Self {
        Self {
            keyword: posted.text("new_keyword").trim().to_owned(),
            matching: Matching::of(&posted.text("new_matching")),
            text: posted.text("new_text"),
            ..Self::default()
        }
    }

    fn blame(&mut self, desk: Desk, error: &CoreError, taken: &[Duplicate]) {
        let CoreError::Invalid(flaws) = error else { return };
        for flaw in flaws {
            let message = Some(flaw::told(desk.lang, flaw));
            if flaw.field == "text" { self.text_error = message } else { self.keyword_error = message }
        }
        for duplicate in taken {
            let Other::Rule(number) = duplicate.with else { continue };
            let way = desk.texts().matching(duplicate.matching);
            let values = [("keyword", duplicate.keyword.as_str()), ("way", way), ("n", &padded(number))];
            self.keyword_error = Some(fill(Edit::of(desk.lang).taken, &values));
            self.taken = Some(number);
        }
    }

    pub fn view(self, desk: Desk, ask: &Ask) -> AnyView {
        let t = List::of(desk.lang);
        let ways = Matching::ALL.map(|way| {
            let text = desk.texts().matching(way);
            view! { <option value=way.as_str() selected=way == self.matching>{text}</option> }
        });
        let errors = self.errors(desk);
        let (keyword_wrong, text_wrong) = (self.keyword_error.is_some(), self.text_error.is_some());
        // One line high until more is written. As everywhere, what stands in a text area is escaped by hand.
        let text = format!("\n{}", self.text.replace('&', "&amp;").replace('<', "&lt;"));
        view! {
            <form class="quick" method="post" action=ask.here(desk.scope.list()) aria-label=t.quick autocomplete="off">
                <input type="hidden" name="form" value="quick" />
                <label class="quick-keyword">
                    <span>{t.quick_keyword}</span>
                    <input
                        class="input"
                        name="new_keyword"
                        value=self.keyword
                        placeholder=t.quick_keyword_hint
                        autocapitalize="off"
                        autofocus=keyword_wrong || self.is_next
                        data-key="a"
                        aria-invalid=keyword_wrong.then_some("true")
                        aria-describedby=keyword_wrong.then_some("quick-errors")
                    />
                </label>
                <select class="input" name="new_matching" aria-label=t.way>{ways.collect_view()}</select>
                <label class="quick-text">
                    <span>{t.quick_text}</span>
                    <textarea
                        class="input"
                        name="new_text"
                        rows="1"
                        placeholder=t.quick_text_hint
                        autofocus=text_wrong
                        aria-invalid=text_wrong.then_some("true")
                        aria-describedby=text_wrong.then_some("quick-errors")
                        data-send
                    >
                        {text}
                    </textarea>
                </label>
                <button class="button primary">{t.quick_add}</button>
                {errors}
            </form>
        }
        .into_any()
    }

    fn errors(&self, desk: Desk) -> Option<AnyView> {
        let lines: Vec<String> = [&self.keyword_error, &self.text_error].into_iter().flatten().cloned().collect();
        if lines.is_empty() {
            return None;
        }
        let see = self.taken.map(|number| {
            let text = fill(Edit::of(desk.lang).to_taken, &[("n", &padded(number))]);
            view! { " " <a href=desk.scope.rule(number)>{text}</a> }
        });
        let lines = lines
            .into_iter()
            .map(|line| view! { <p class="field-error"><Icon shape=Shape::Bad /><span>{line}</span></p> });
        Some(view! { <div class="quick-errors" id="quick-errors">{lines.collect_view()} {see}</div> }.into_any())
    }
}
