//! Concurrent edits: the later save is refused and shows both versions; no input is lost.

use super::{
    super::{Names, diff},
    RuleScope,
};
use crate::{
    core::rule::{Rule, draft::Draft},
    web::{
        component::{Kind, LinkButton, Notice, Submit, Tone},
        form::EditorForm,
        page::Ago,
        text::{fill_spaced, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// The other editor's change since the form was loaded; `None` without a conflict.
pub fn conflict(scope: RuleScope, form: &EditorForm, names: &Names, now: i64) -> Option<AnyView> {
    let t = Edit::of(scope.lang);
    if form.is_gone {
        let notice = view! {
            <Notice tone=Tone::Warning><p>{t.gone}</p></Notice>
            <input type="hidden" name="gone" value="1" />
        };
        return Some(notice.into_any());
    }
    let theirs = form.theirs.as_ref()?;
    Some(both(scope, form, theirs, names, now))
}

fn both(scope: RuleScope, form: &EditorForm, theirs: &Rule, names: &Names, now: i64) -> AnyView {
    let t = Edit::of(scope.lang);
    let stored = Draft::from(theirs);
    let door = scope.texts().through(theirs.updated_door);
    let editor = fill_spaced(
        t.conflict_who,
        &[("who", &names.say(scope, theirs.updated_by.unwrap_or_default())), ("door", door)],
    );
    let drop = scope.owner.rule(theirs.number);
    let body = if diff::changed_fields(scope, &form.draft, &stored).is_empty() {
        view! { <p>{t.conflict_same}</p> }.into_any()
    } else {
        let both = (Some(&form.draft), Some(&stored));
        diff::table(scope, both, [t.conflict_mine, t.conflict_theirs], diff::Fields::Changed)
    };
    let (lang, at) = (scope.lang, theirs.updated_at);
    view! {
        <section class="clash stack" aria-label=t.conflict>
            <Notice tone=Tone::Warning title=t.conflict>
                <p>{editor} " " <Ago lang at now /></p>
            </Notice>
            {body}
            <div class="row end">
                <LinkButton href=drop text=t.conflict_drop kind=Kind::Plain />
                <Submit text=t.conflict_save kind=Kind::PlainDanger />
            </div>
        </section>
    }
    .into_any()
}
