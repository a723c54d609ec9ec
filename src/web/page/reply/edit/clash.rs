//! Two editors at once: the later save is told, and sees both versions; nothing is lost.

use super::{
    super::{Names, diff},
    Desk, Form,
};
use crate::{
    core::reply::{Rule, draft::Draft},
    web::{
        page::Ago,
        part::{Kind, LinkButton, Notice, Submit, Tone},
        text::{fill, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// What somebody else did to the rule meanwhile; nothing where nobody did.
pub fn clash(desk: Desk, form: &Form, names: &Names, now: i64) -> Option<AnyView> {
    let t = Edit::of(desk.lang);
    if form.is_gone {
        let notice = view! {
            <Notice tone=Tone::Warning><p>{t.gone}</p></Notice>
            <input type="hidden" name="gone" value="1" />
        };
        return Some(notice.into_any());
    }
    let theirs = form.theirs.as_ref()?;
    Some(both(desk, form, theirs, names, now))
}

fn both(desk: Desk, form: &Form, theirs: &Rule, names: &Names, now: i64) -> AnyView {
    let t = Edit::of(desk.lang);
    let found = diff::differences(desk, Some(&form.draft), Some(&Draft::from(theirs)));
    let door = desk.texts().door(theirs.updated_door);
    let who = fill(t.conflict_who, &[("who", &names.say(desk, theirs.updated_by.unwrap_or_default())), ("door", door)]);
    let drop = desk.scope.rule(theirs.number);
    let body = if found.is_empty() {
        view! { <p>{t.conflict_same}</p> }.into_any()
    } else {
        diff::table(desk, found, [t.conflict_mine, t.conflict_theirs])
    };
    let (lang, at) = (desk.lang, theirs.updated_at);
    view! {
        <section class="clash stack" aria-label=t.conflict>
            <Notice tone=Tone::Warning title=t.conflict>
                <p>{who} " " <Ago lang at now /></p>
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
