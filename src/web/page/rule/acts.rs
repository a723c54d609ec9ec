//! The form of the buttons that do something with rules, in the list and in the editor.

use super::RuleScope;
use leptos::prelude::*;

/// The id of the form that the boxes and buttons belong to.
pub(super) const FORM: &str = "rules";

/// The form of all acts on rules; they return to `back`.
pub fn acts_form(scope: RuleScope, back: &str) -> AnyView {
    let back = back.to_owned();
    view! {
        <form id=FORM class="acts-form" method="post" action="/do/rules">
            <input type="hidden" name="owner" value=scope.owner.owner() />
            <input type="hidden" name="back" value=back />
        </form>
    }
    .into_any()
}
