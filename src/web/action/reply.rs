//! Rules: added, changed, switched and deleted by their owners.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::Role,
        reply::{
            ACCOUNT, Cause, Matching,
            edit::{self, Draft, Editor},
        },
    },
    web::{
        page::{
            Here,
            reply::{Scope, padded},
        },
        text::{fill, replies::Replies},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Adds a rule.
#[server(prefix = "/do", endpoint = "rule-add")]
pub async fn rule_add(
    #[server(default)] owner: String,
    #[server(default)] cause: String,
    #[server(default)] matching: String,
    #[server(default)] keywords: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = typed(Back::to(scope.list(), "rule"), [&cause, &matching, &keywords, &text]);
    let outcome = async {
        let editor = editor(&here, scope).await?;
        let number = edit::add(&here.ctx, &editor, &draft(scope, &cause, &matching, keywords, text)).await?;
        Ok(Step::tell(scope.list(), called(Replies::of(here.lang()).added, number)))
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
    #[server(default)] matching: String,
    #[server(default)] keywords: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let (number, revision) = (parsed(&number), parsed(&revision));
    let back = typed(Back::to(scope.rule(number), "rule"), [&cause, &matching, &keywords, &text]);
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::update(&here.ctx, &editor, number, revision, &draft(scope, &cause, &matching, keywords, text)).await?;
        Ok(Step::tell(scope.list(), called(Replies::of(here.lang()).saved, number)))
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
    let (here, scope, number) = (Here::now(), Scope::of(&owner), parsed(&number));
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::set_enabled(&here.ctx, &editor, number, on == "1").await?;
        let t = Replies::of(here.lang());
        Ok(Step::tell(scope.list(), called(if on == "1" { t.enabled } else { t.disabled }, number)))
    };
    here.answer(outcome.await, Back::to(scope.list(), "rules"))
}

/// Deletes a rule.
#[server(prefix = "/do", endpoint = "rule-delete")]
pub async fn rule_delete(
    #[server(default)] owner: String,
    #[server(default)] number: String,
) -> Result<(), ServerFnError> {
    let (here, scope, number) = (Here::now(), Scope::of(&owner), parsed(&number));
    let outcome = async {
        let editor = editor(&here, scope).await?;
        edit::delete(&here.ctx, &editor, number).await?;
        Ok(Step::tell(scope.list(), called(Replies::of(here.lang()).deleted, number)))
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
fn draft(scope: Scope, cause: &str, matching: &str, keywords: String, text: String) -> Draft {
    let cause = if scope == Scope::Account { Cause::of(cause) } else { Cause::Keyword };
    Draft { cause, keywords, matching: Matching::of(matching), text }
}

fn typed(back: Back, [cause, matching, keywords, text]: [&str; 4]) -> Back {
    back.keep("cause", cause).keep("matching", matching).keep_whole("text", text).keep_whole("keywords", keywords)
}

fn called(template: &str, number: i64) -> String {
    fill(template, &[("n", &padded(number))])
}

/// What is no number is the number of no rule.
fn parsed(number: &str) -> i64 {
    number.trim().parse().unwrap_or(-1)
}
