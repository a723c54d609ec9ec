//! The test bench: shows the reply to a message as a chat, and why it is chosen. Uses the same code as the real chat
//! ([`preview`]); nothing is sent or counted.

mod chat;
mod phone;
mod query;

pub use query::BenchQuery;

use super::{RuleScope, Section, trace};
use crate::{
    core::{
        CoreError, Ctx,
        message::preview::{Input, Preview, preview},
    },
    web::{
        component::Segment,
        page::{PageContent, PageError, Visitor, page, script},
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
    let (phone, why) = (phone::phone(&visitor.request.ctx, scope, &query, tried.as_ref()), why(scope, tried.as_ref()));
    let body = view! {
        <div class="bench" data-bench=scope.owner.below("bench") data-place="page">
            {phone}
            <div class="bench-why" data-bench-why>{why}</div>
        </div>
        {script("/bench.js")}
    };
    let note = if scope.is_accounts() { t.note_account } else { t.note_own };
    Ok(scope.page(Section::Bench, t.title, note, ().into_any(), body.into_any()))
}

/// The bench beside another page: its phone, and below it the explanation after a test. Without a script it links to its page.
pub fn bench_panel(ctx: &Ctx, scope: RuleScope) -> AnyView {
    let query = BenchQuery::default();
    let phone = phone::phone(ctx, scope, &query, None);
    view! {
        <div class="bench beside" data-bench=scope.owner.below("bench")>
            {phone}
            <div class="bench-why" data-bench-why></div>
        </div>
        {script("/bench.js")}
    }
    .into_any()
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

fn why(scope: RuleScope, tried: Option<&Tried>) -> Option<AnyView> {
    let Tried { input, preview } = tried?;
    let message = if let Input::Text(text) = input { text.as_str() } else { "" };
    let view = trace::TraceView { trace: &preview.trace, disabled: &preview.disabled, message, is_shown: true };
    Some(trace::card(scope, view))
}

/// Whom to test as: on the account's bench, a user's own rules may answer first.
fn who(scope: RuleScope, query: &BenchQuery) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    if !scope.is_accounts() {
        return None;
    }
    let options = vec![(String::new(), t.who_anyone.to_owned()), (query::ME.to_owned(), t.who_me.to_owned())];
    let value = if query.is_me { query::ME } else { "" };
    Some(view! { <Segment label=t.who name="as" options value /> }.into_any())
}
