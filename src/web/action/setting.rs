//! Changes of settings.

use super::{Back, Step, flash::Offer};
use crate::{
    core::{
        CoreError,
        account::directory::Admin,
        setting::{self, To},
    },
    web::{
        page::{PageRequest, path::SETTINGS},
        text::{fill, setting::SettingTexts},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Sets a value, or (`unset`) goes back to that of the file. `seen`: the value that the page showed.
#[server(prefix = "/do", endpoint = "setting")]
pub async fn set_setting(
    #[server(default)] key: String,
    #[server(default)] value: String,
    #[server(default)] seen: String,
    #[server(default)] unset: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = SettingTexts::of(request.lang());
    let back = Back::to(SETTINGS, &key).keep("value", &value).or_forbidden(t.only_environment);
    let outcome = async {
        let to = if unset.is_empty() { To::Value(&value) } else { To::Unset };
        let done = setting::set(&request.ctx, &admin(&request).await?, &key, to, &seen).await?;
        let Some(change) = done else { return Ok(Step::redirect_with_notice(SETTINGS, t.same)) };
        let undo = Offer {
            action: "/do/setting-undo".to_owned(),
            text: t.undo.to_owned(),
            fields: vec![("change".to_owned(), change.to_string())],
        };
        Ok(Step::Offer(SETTINGS.to_owned(), fill(t.saved, &[("name", t.name_of(&key))]), undo))
    };
    request.answer(outcome.await, back)
}

/// Takes a change back.
#[server(prefix = "/do", endpoint = "setting-undo")]
pub async fn undo_setting(#[server(default)] change: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = SettingTexts::of(request.lang());
    let outcome = async {
        let change = change.trim().parse().map_err(|_| CoreError::NotFound)?;
        let key = setting::undo(&request.ctx, &admin(&request).await?, change).await?;
        Ok(Step::redirect_with_notice(SETTINGS, fill(t.undone, &[("name", t.name_of(key))])))
    };
    request.answer(outcome.await, Back::to(SETTINGS, "undo"))
}

async fn admin(request: &PageRequest) -> Result<Admin, CoreError> {
    Admin::of(&request.user().await?.ok_or(CoreError::NotSignedIn)?, request.address())
}
