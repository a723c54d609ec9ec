//! The bar at the bottom of something that was changed.

use super::{Kind, LinkButton, Submit};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// Discard or save: the last child of a `form` with `data-guard`, which the page's script watches for changes. Without a script
/// the bar is always there.
#[component]
pub fn SaveBar(
    /// The language.
    lang: Lang,
    /// The page as it was, to start again from.
    #[prop(into)]
    back: String,
    /// The act, where "保存" is not exact enough.
    #[prop(optional, into)]
    save: super::Words,
    /// There from the beginning: for something new, that nobody has changed yet.
    #[prop(optional)]
    always: bool,
    /// Another way to save.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <div class=if always { "save-bar always" } else { "save-bar" }>
            <p>{(!always).then_some(t.unsaved)}</p>
            <LinkButton href=back text=t.discard kind=Kind::Plain />
            {children.map(|children| children())}
            <Submit text=save.or(t.save) />
        </div>
    }
}
