//! The action that shows a rule of the account on the home page.

use super::{change_by, scope};
use crate::{
    core::rule::home,
    web::{
        action::{Back, Step},
        page::{PageRequest, rule::RuleOwner},
        text::{Common, replies::edit::Edit},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Shows a rule on the home page (`on=on`), or no longer.
#[server(prefix = "/do", endpoint = "rule-home")]
pub async fn rule_home(#[server(default)] number: i64, #[server(default)] on: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let back = RuleOwner::Account.rule(number);
    let outcome = async {
        let scope = scope(&request, RuleOwner::Account).await?;
        home::set(&request.ctx, &change_by(&request, scope), number, on == "on").await?;
        let t = Edit::of(scope.lang);
        let text = if on == "on" { t.home_on } else { Common::of(scope.lang).saved };
        Ok(Step::redirect_with_notice(back.clone(), text))
    };
    request.answer(outcome.await, Back::to(back.clone(), "home"))
}
