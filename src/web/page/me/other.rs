//! Other accounts of the user's WeChat, shown until the user merges them in the chat.

use crate::{
    core::account::{User, session::SignInMethod},
    web::{
        component::{Cell, Cells},
        page::PageRequest,
        text::{Common, fill, me::Me},
    },
};
use leptos::prelude::*;

/// The other accounts. A browser that did not sign in with WeChat sees only their ids: it may not belong to their
/// owner.
pub fn card(request: &PageRequest, others: Vec<User>, door: Option<SignInMethod>) -> Option<AnyView> {
    if others.is_empty() {
        return None;
    }
    let t = Me::of(request.lang());
    let lang = request.lang();
    let rows = others
        .into_iter()
        .map(|other| {
            let id = other.id.to_string();
            let name = if door == Some(SignInMethod::WeChat) {
                fill(t.other_named, &[("id", &id), ("name", &other.nickname)])
            } else {
                fill(t.other_number, &[("id", &id)])
            };
            let off = if other.is_enabled { "" } else { Common::of(lang).off };
            view! { <Cell label=name value=off /> }
        })
        .collect_view();
    let view = view! { <Cells title=t.other note=t.other_note>{rows}</Cells> };
    Some(view.into_any())
}
