//! The test bench: shows the reply to a message as a chat, why it is chosen, and the rules with the one that answers lit. Uses the same
//! code as the real chat ([`preview`]); nothing is sent or counted.

mod chat;
mod phone;
mod query;
mod rules;

pub use chat::{bubbles, plain_tap};
pub use phone::account_name;
pub use query::BenchQuery;

use super::{RuleScope, Section, why};
use crate::{
    core::{
        CoreError,
        message::preview::{Input, Preview, preview},
    },
    web::{
        page::{PageContent, PageError, Visitor, head, page, script},
        text::replies::bench::Bench,
    },
};
use leptos::prelude::*;

#[component]
pub fn BenchPage() -> impl IntoView {
    page(bench)
}

async fn bench(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let t = Bench::of(scope.lang);
    let query = BenchQuery::read(|name| visitor.request.query(name));
    let tried = tried(&visitor, scope, &query).await?;
    let phone = phone::phone(&visitor, scope, &query, tried.as_ref());
    let rules = rules::rules(&visitor, scope, tried.as_ref()).await?;
    let back = visitor.request.address_of_page();
    let why = match &tried {
        Some(Tried { input, preview }) => why::whole(scope, &why::Explained { input, preview, edited: None }, &back),
        None => view! { <h2>{t.why}</h2> <p class="soft">{t.why_later}</p> }.into_any(),
    };
    let note = if scope.is_accounts() { t.note_account } else { t.note_own };
    let body = view! {
        {head(t.title, note, phone::who(scope, &query).into_any())}
        <div class="work bench" data-bench=scope.owner.below("bench")>
            {phone}
            <section class="scroll bench-why" aria-label=t.why tabindex="0" data-bench-why>{why}</section>
            <section class="pane bench-rules" aria-label=scope.texts().section_rules data-bench-rules>{rules}</section>
        </div>
        {script("/bench.js")}
    };
    Ok(scope.sheet(Section::Bench, t.title, body.into_any()))
}

/// The input of a test and its result.
pub struct Tried {
    input: Input,
    preview: Preview,
}

async fn tried(visitor: &Visitor, scope: RuleScope, query: &BenchQuery) -> Result<Option<Tried>, CoreError> {
    let Some(input) = query.input() else { return Ok(None) };
    let user_id = (!scope.is_accounts() || query.is_me).then_some(scope.user_id);
    // This loads all disabled rules: one request of a user at a time.
    let ctx = &visitor.request.ctx;
    let _guard = ctx.list_locks.lock(scope.user_id).await;
    let preview = preview(ctx, user_id, &input).await?;
    Ok(Some(Tried { input, preview }))
}
