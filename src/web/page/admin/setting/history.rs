//! The history of settings: who changed what, from which value to which, each to be taken back.

use crate::{
    store::setting::SettingChange,
    web::{
        component::{Card, Head, Kind, Submit, Table},
        page::{Ago, Visitor},
        text::{Common, setting::SettingTexts},
    },
};
use leptos::prelude::*;

/// The last changes.
pub fn card(visitor: &Visitor, changes: Vec<SettingChange>) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), SettingTexts::of(lang));
    if changes.is_empty() {
        return view! { <Card title=t.history><p class="soft">{t.history_none}</p></Card> }.into_any();
    }
    let rows = changes.into_iter().map(|change| row(visitor, change)).collect_view();
    let heads =
        vec![Head::Text(t.name), Head::Text(t.change), Head::Text(t.who), Head::Text(t.when), Head::Hidden(c.actions)];
    view! {
        <Card title=t.history flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(visitor: &Visitor, change: SettingChange) -> impl IntoView + use<> {
    let (lang, now) = (visitor.request.lang(), visitor.request.ctx.now());
    let t = SettingTexts::of(lang);
    let value = |value: Option<&str>| match value {
        Some("") => t.empty.to_owned(),
        Some(value) => t.value_of(value).to_owned(),
        None => t.from_file.to_owned(),
    };
    let (before, after) = (value(change.value_before.as_deref()), value(change.value_after.as_deref()));
    let who = change.actor_name.unwrap_or_else(|| t.gone.to_owned());
    let name = t.name_of(&change.name).to_owned();
    let undone = change.undoes.map(|_| view! { <span class="soft">{t.is_undo} ": "</span> });
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td data-label=t.change class="wrap">{undone} <s class="soft">{before}</s> " → " <b>{after}</b></td>
            <td data-label=t.who>{who}</td>
            <td data-label=t.when><Ago lang at=change.created_at now /></td>
            <td class="acts">
                <form method="post" action="/do/setting-undo">
                    <Submit text=t.undo name="change" value=change.id.to_string() label=format!("{}: {name}", t.undo) kind=Kind::Quiet small=true />
                </form>
            </td>
        </tr>
    }
}
