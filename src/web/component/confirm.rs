//! A confirmation as a separate page: works everywhere, and cannot be dismissed by accident.

use super::{Icon, Kind, LinkButton, Shape, Submit, Tone};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// A question with its two answers. The children are facts about the action, or a field to type a confirmation into.
#[component]
pub fn ConfirmCard(
    /// The language.
    lang: Lang,
    /// The question, as the page's `h1`.
    #[prop(into)]
    title: String,
    /// The consequences.
    #[prop(into)]
    text: String,
    /// The action that "yes" submits to.
    #[prop(into)]
    action: String,
    /// The text of "yes", as an action: "删除规则 03".
    #[prop(into)]
    yes: String,
    /// The target of "no".
    #[prop(into)]
    back: String,
    /// The action cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// Facts, or fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (tone, shape, kind) =
        if danger { (Tone::Danger, Shape::Warning, Kind::Danger) } else { (Tone::Info, Shape::Key, Kind::Primary) };
    view! {
        <section class="card confirm">
            <form class="card-body" method="post" action=action>
                <div class=format!("confirm-head {}", tone.class())>
                    <Icon shape />
                    <h1>{title}</h1>
                    <p>{text}</p>
                </div>
                {children.map(|children| children())}
                <div class="stack tight">
                    <Submit text=yes kind block=true />
                    <LinkButton href=back text=Common::of(lang).cancel kind=Kind::Plain block=true />
                </div>
            </form>
        </section>
    }
}
