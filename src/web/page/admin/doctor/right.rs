//! The rights of the account.

use super::finding::text;
use crate::{
    core::doctor::{May, RightFound},
    text::Lang,
    web::{
        component::{Icon, Shape},
        text::doctor::Doctor,
    },
};
use leptos::prelude::*;

/// The table at the side.
pub fn section(lang: Lang, rights: &[RightFound]) -> AnyView {
    let t = Doctor::of(lang);
    let rows = rights.iter().map(|found| {
        let state = match found.may {
            May::Yes => view! { <Icon shape=Shape::Check /> {t.may_yes} }.into_any(),
            other => view! { <span class="soft">{t.may(other)}</span> }.into_any(),
        };
        let quota = found.quota.map(|quota| format!("{} / {}", quota.used, quota.limit)).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{text(lang, &found.right.name())}</th>
                <td>{state}</td>
                <td class="num soft">{quota}</td>
            </tr>
        }
    });
    view! {
        <section>
            <h2>{t.rights}</h2>
            <table class="rights">
                <thead class="sr-only"><tr><th scope="col">{t.right}</th><th scope="col">{t.state}</th><th scope="col">{t.today}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <p class="soft doctor-note">{t.rights_note}</p>
        </section>
    }
    .into_any()
}
