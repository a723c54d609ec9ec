//! The test bench: what would be answered to a message, shown as the chat shows it, and why. Decided by what decides in the chat
//! ([`preview`]); nothing is sent and nothing counted.

mod ask;
mod phone;
mod said;

pub use ask::Ask;

use super::{Desk, Room, trace};
use crate::{
    core::{
        CoreError, Ctx,
        message::preview::{Input, Preview, preview},
    },
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::Segment,
        text::replies::bench::Bench,
    },
};
use leptos::{nonce::use_nonce, prelude::*};

#[component]
pub fn BenchPage() -> impl IntoView {
    page(bench)
}

async fn bench(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let t = Bench::of(desk.lang);
    let ask = Ask::read(|name| visitor.here.query(name));
    let tried = tried(&visitor, desk, &ask).await?;
    let (phone, why) = (phone::phone(&visitor.here.ctx, desk, &ask, tried.as_ref()), why(desk, tried.as_ref()));
    let body = view! {
        <div class="bench" data-bench=desk.scope.below("bench") data-place="page">
            {phone}
            <div class="bench-why" data-bench-why>{why}</div>
        </div>
        <script src="/bench.js" nonce=use_nonce() defer="true"></script>
    };
    let note = if desk.is_accounts() { t.note_account } else { t.note_own };
    Ok(desk.leaf(Room::Bench, t.title, note, ().into_any(), body.into_any()))
}

/// The bench beside something else: its phone, and below it why, once something was tried. Without a script it leads to its page.
pub fn beside(ctx: &Ctx, desk: Desk) -> AnyView {
    let ask = Ask::default();
    let phone = phone::phone(ctx, desk, &ask, None);
    view! {
        <div class="bench beside" data-bench=desk.scope.below("bench")>
            {phone}
            <div class="bench-why" data-bench-why></div>
        </div>
        <script src="/bench.js" nonce=use_nonce() defer="true"></script>
    }
    .into_any()
}

/// What was tried, and what came of it.
pub struct Tried {
    input: Input,
    preview: Preview,
}

async fn tried(visitor: &Visitor, desk: Desk, ask: &Ask) -> Result<Option<Tried>, CoreError> {
    let Some(input) = ask.input() else { return Ok(None) };
    let user_id = (!desk.is_accounts() || ask.is_me).then_some(desk.user_id);
    let preview = preview(&visitor.here.ctx, user_id, &input).await?;
    Ok(Some(Tried { input, preview }))
}

fn why(desk: Desk, tried: Option<&Tried>) -> Option<AnyView> {
    let Tried { input, preview } = tried?;
    let said = if let Input::Text(text) = input { text.as_str() } else { "" };
    let told = trace::Told { trace: &preview.trace, disabled: &preview.disabled, said, is_shown: true };
    Some(trace::card(desk, told))
}

/// As whom: on the account's bench, somebody with rules of their own may be answered by those.
fn who(desk: Desk, ask: &Ask) -> Option<AnyView> {
    let t = Bench::of(desk.lang);
    if !desk.is_accounts() {
        return None;
    }
    let options = vec![(String::new(), t.who_anyone.to_owned()), (ask::ME.to_owned(), t.who_me.to_owned())];
    let value = if ask.is_me { ask::ME } else { "" };
    Some(view! { <Segment label=t.who name="as" options value /> }.into_any())
}
