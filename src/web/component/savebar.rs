//! The bar at the bottom of a form.

use super::{Kind, LinkButton, Submit};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// Discard or save: the last child of a `form` with `data-guard`, which the page's script watches for changes.
#[component]
pub fn SaveBar(
    /// The language.
    lang: Lang,
    /// The address of the unchanged page.
    #[prop(into)]
    back: String,
    /// The button's text where "保存" is not precise.
    #[prop(optional, into)]
    save: super::Words,
    /// Another save button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <div class="save-bar">
            <LinkButton href=back text=t.discard kind=Kind::Plain />
            {children.map(|children| children())}
            <Submit text=save.or(t.save) />
        </div>
    }
}
