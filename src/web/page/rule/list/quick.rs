//! The form that adds a simple rule in one line: a keyword, its match type, a reply.

use super::{ListQuery, RuleScope};
use crate::{
    core::rule::MatchType,
    web::{
        component::{Icon, Shape},
        escape::inside_textarea,
        form::QuickForm,
        page::rule::padded,
        text::{
            fill,
            replies::{edit::Edit, list::List},
        },
    },
};
use leptos::prelude::*;

/// The form; `is_next`: the previous rule was just added, and the first field gets the focus.
pub fn quick(scope: RuleScope, query: &ListQuery, form: &QuickForm, is_next: bool) -> AnyView {
    let t = List::of(scope.lang);
    let ways = MatchType::ALL.map(|way| {
        let text = scope.texts().matching(way);
        view! { <option value=way.as_str() selected=way == form.matching>{text}</option> }
    });
    let errors = errors(scope, form);
    let (keyword_wrong, text_wrong) = (form.keyword_error.is_some(), form.text_error.is_some());
    // One line high until it has more text.
    let text = inside_textarea(&form.text);
    view! {
        <form class="quick" method="post" action=query.current_address(scope.owner.list()) aria-label=t.quick autocomplete="off">
            <input type="hidden" name="form" value="quick" />
            <label class="quick-keyword">
                <span>{t.quick_keyword}</span>
                <input
                    class="input"
                    name="new_keyword"
                    value=form.keyword.clone()
                    placeholder=t.quick_keyword_hint
                    autocapitalize="off"
                    autofocus=keyword_wrong || is_next
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

fn errors(scope: RuleScope, form: &QuickForm) -> Option<AnyView> {
    let lines: Vec<String> = [&form.keyword_error, &form.text_error].into_iter().flatten().cloned().collect();
    if lines.is_empty() {
        return None;
    }
    let see = form.taken.map(|number| {
        let text = fill(Edit::of(scope.lang).to_taken, &[("n", &padded(number))]);
        view! { " " <a href=scope.owner.rule(number)>{text}</a> }
    });
    let lines =
        lines.into_iter().map(|line| view! { <p class="field-error"><Icon shape=Shape::Bad /><span>{line}</span></p> });
    Some(view! { <div class="quick-errors" id="quick-errors">{lines.collect_view()} {see}</div> }.into_any())
}
