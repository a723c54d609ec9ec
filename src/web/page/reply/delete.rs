//! Asking before a rule is deleted.

use super::{form::keywords_of, number, padded, rule, scope};
use crate::web::{
    page::{Halt, Leaf, Visitor, page},
    part::{ConfirmCard, Fact, Facts},
    text::{fill, replies::Replies},
};
use leptos::prelude::*;

#[component]
pub fn RuleDeletePage() -> impl IntoView {
    let number = number();
    page(|visitor| delete(visitor, number))
}

async fn delete(visitor: Visitor, number: String) -> Result<Leaf, Halt> {
    let (scope, owner_id) = scope(&visitor)?;
    let lang = visitor.here.lang();
    let t = Replies::of(lang);
    let rule = rule(&visitor, owner_id, &number).await?;
    let called = |template: &str| fill(template, &[("n", &padded(rule.number))]);
    let title = called(t.delete_title);
    let keywords = keywords_of(&rule);
    let body = view! {
        <ConfirmCard
            lang
            title=title.clone()
            text=t.delete_text
            action="/do/rule-delete"
            yes=called(t.delete_one)
            back=scope.list()
            danger=true
        >
            <input type="hidden" name="owner" value=scope.owner() />
            <input type="hidden" name="number" value=rule.number />
            <Facts>
                <Fact name=t.keywords>{keywords}</Fact>
                <Fact name=t.text><span class="rule-text"><span>{rule.text.clone()}</span></span></Fact>
            </Facts>
        </ConfirmCard>
    };
    Ok(Leaf::narrow(title, body))
}
