//! Rules: added, changed, switched and deleted by their owners.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::Role,
        reply::{
            ACCOUNT, Cause,
            edit::{self, Draft, Editor},
        },
    },
    web::{
        page::{Here, reply::Scope},
        text::{Common, replies::Replies},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Adds a rule.
#[server(prefix = "/do", endpoint = "rule-add")]
pub async fn rule_add(
    #[server(default)] owner: String,
    #[server(default)] cause: String,
    #[server(default)] keywords: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = typed(Back::to(scope.list(), "rule"), &cause, &keywords, &text);
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::add(&here.ctx, &editor, &draft(scope, &cause, keywords, text)).await?;
        Ok(Step::Tell(scope.list(), Replies::of(here.lang()).added))
    };
    here.answer(outcome.await, back)
}

/// Replaces what a rule says.
#[server(prefix = "/do", endpoint = "rule-save")]
pub async fn rule_save(
    #[server(default)] owner: String,
    #[server(default)] number: String,
    #[server(default)] revision: String,
    #[server(default)] cause: String,
    #[server(default)] keywords: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let (number, revision) = (parsed(&number), parsed(&revision));
    let back = typed(Back::to(scope.rule(number), "rule"), &cause, &keywords, &text);
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::update(&here.ctx, &editor, number, revision, &draft(scope, &cause, keywords, text)).await?;
        Ok(Step::Tell(scope.list(), Common::of(here.lang()).saved))
    };
    here.answer(outcome.await, back)
}

/// Switches a rule on (`on=1`) or off.
#[server(prefix = "/do", endpoint = "rule-toggle")]
pub async fn rule_toggle(
    #[server(default)] owner: String,
    #[server(default)] number: String,
    #[server(default)] on: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::set_enabled(&here.ctx, &editor, parsed(&number), on == "1").await?;
        let t = Common::of(here.lang());
        Ok(Step::Tell(scope.list(), if on == "1" { t.on } else { t.off }))
    };
    here.answer(outcome.await, Back::to(scope.list(), "rules"))
}

/// Deletes a rule.
#[server(prefix = "/do", endpoint = "rule-delete")]
pub async fn rule_delete(
    #[server(default)] owner: String,
    #[server(default)] number: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::delete(&here.ctx, &editor, parsed(&number)).await?;
        Ok(Step::Tell(scope.list(), Common::of(here.lang()).deleted))
    };
    here.answer(outcome.await, Back::to(scope.list(), "rules"))
}

async fn editor(here: &Here, scope: Scope) -> Result<Editor, CoreError> {
    let user = here.user().await?.ok_or(CoreError::NotSignedIn)?;
    let owner_id = match scope {
        Scope::Own => user.id,
        Scope::Account if user.role == Role::Admin => ACCOUNT,
        Scope::Account => return Err(CoreError::Forbidden),
    };
    Ok(Editor { owner_id, actor_id: user.id, address: here.address() })
}

/// A person's own rules answer keywords only; followers and what nothing answers are the account's.
fn draft(scope: Scope, cause: &str, keywords: String, text: String) -> Draft {
    let cause = if scope == Scope::Account { Cause::of(cause) } else { Cause::Keyword };
    Draft { cause, keywords, matching: crate::core::reply::Matching::Exact, text }
}

fn typed(back: Back, cause: &str, keywords: &str, text: &str) -> Back {
    back.keep("cause", cause).keep_whole("text", text).keep_whole("keywords", keywords)
}

/// What is no number is the number of no rule.
fn parsed(number: &str) -> i64 {
    number.trim().parse().unwrap_or(-1)
}
