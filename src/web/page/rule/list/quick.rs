//! The first row of the list adds a simple rule: a keyword, its match type, a reply.

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

/// The id of the form that the fields in the row belong to.
const FORM: &str = "quick";

/// The row, and its form; `is_next`: the previous rule was just added, and the first field gets the focus.
pub fn quick(scope: RuleScope, query: &ListQuery, form: &QuickForm, is_next: bool) -> (AnyView, AnyView) {
    let t = List::of(scope.lang);
    let ways = MatchType::ALL.map(|way| {
        let text = scope.texts().matching(way);
        view! { <option value=way.as_str() selected=way == form.matching>{text}</option> }
    });
    let (keyword_wrong, text_wrong) = (form.keyword_error.is_some(), form.text_error.is_some());
    // One line high until it has more text.
    let text = inside_textarea(&form.text);
    let row = view! {
        <tr class="quick">
            <td></td>
            <td class="soft"><Icon shape=Shape::Plus /></td>
            <td></td>
            <td>
                <div class="quick-when">
                    <input
                        class="input bare"
                        form=FORM
                        name="new_keyword"
                        value=form.keyword.clone()
                        placeholder=t.quick_keyword_hint
                        aria-label=t.quick_keyword
                        autocapitalize="off"
                        autocomplete="off"
                        autofocus=keyword_wrong || is_next
                        data-key="a"
                        aria-invalid=keyword_wrong.then_some("true")
                        aria-describedby=keyword_wrong.then_some("quick-errors")
                    />
                    <select class="input bare" form=FORM name="new_matching" aria-label=t.quick_way>{ways.collect_view()}</select>
                </div>
            </td>
            <td>
                <textarea
                    class="input bare"
                    form=FORM
                    name="new_text"
                    rows="1"
                    placeholder=t.quick_text_hint
                    aria-label=t.quick_text
                    autofocus=text_wrong
                    aria-invalid=text_wrong.then_some("true")
                    aria-describedby=text_wrong.then_some("quick-errors")
                    data-send
                >
                    {text}
                </textarea>
            </td>
            <td colspan="2" class="quick-add"><button class="button plain small" form=FORM>{t.quick_add}<kbd>"↵"</kbd></button></td>
            <td class="when"></td>
            <td></td>
        </tr>
        {errors(scope, form)}
    };
    let form = view! {
        <form id=FORM class="acts-form" method="post" action=query.current_address(scope.owner.list()) aria-label=t.quick>
            <input type="hidden" name="form" value="quick" />
        </form>
    };
    (row.into_any(), form.into_any())
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
    let lines = lines.collect_view();
    Some(view! { <tr class="quick-errors"><td colspan="3"></td><td colspan="5" id="quick-errors">{lines} {see}</td></tr> }.into_any())
}
