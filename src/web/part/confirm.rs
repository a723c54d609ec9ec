//! Asking once more, as a page of its own: works everywhere, and cannot be dismissed by chance.

use super::{Icon, Kind, LinkButton, Shape, Submit, Tone};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// A question with its two answers. The children are facts about what is asked, or a field to type a confirmation into.
#[component]
pub fn ConfirmCard(
    /// The language.
    lang: Lang,
    /// The question: the `h1` of its page.
    #[prop(into)]
    title: String,
    /// What will happen.
    #[prop(into)]
    text: String,
    /// Where a yes is posted.
    #[prop(into)]
    action: String,
    /// The yes, as an act: "删除规则 03".
    #[prop(into)]
    yes: String,
    /// Where a no leads.
    #[prop(into)]
    back: String,
    /// It cannot be undone.
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
