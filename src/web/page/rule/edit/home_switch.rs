//! The check box that shows a rule of the account on the home page.

use crate::{
    core::{
        CoreError,
        rule::{TriggerKind, search},
    },
    web::{
        component::{Card, Check, Kind, Submit},
        page::{Visitor, rule::RuleScope},
        text::{Common, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// The form, for keyword rules of the account: a visitor's question has nothing else.
pub async fn home_switch(visitor: &Visitor, scope: RuleScope, number: i64) -> Result<Option<AnyView>, CoreError> {
    if !scope.is_accounts() {
        return Ok(None);
    }
    let rule = search::find(&visitor.request.ctx, scope.owner_id, number).await?;
    let (c, t) = (Common::of(scope.lang), Edit::of(scope.lang));
    Ok((rule.cause == TriggerKind::Keyword).then(|| {
        view! {
            <Card>
                <form class="row spread" method="post" action="/do/rule-home">
                    <input type="hidden" name="number" value=number.to_string() />
                    <Check label=t.home name="on" note=t.home_note checked=rule.is_on_home />
                    <Submit text=c.save kind=Kind::Plain small=true />
                </form>
            </Card>
        }
        .into_any()
    }))
}
