//! The doors of a sign-in session that are on the page: typing a code, and asking for another session.

use super::{Back, Step, begin::wait};
use crate::{
    core::{
        CoreError, message,
        signin::{Purpose, View, begin, typed},
    },
    web::page::Here,
};
use leptos::prelude::{ServerFnError, server};

/// Door 3: the code that the account gave.
#[server(prefix = "/do", endpoint = "code")]
pub async fn code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let secrets = here.secrets().ok_or(CoreError::SessionOver)?;
        let typed = typed::type_code(&here.ctx, &secrets, &code).await?;
        message::answer::tell(&here.ctx, typed);
        Ok(Step::Go("/signin/done".to_owned()))
    };
    let outcome = match outcome.await {
        // Whatever ended the session, its page says so better than a line could.
        Err(CoreError::SessionOver | CoreError::AlreadyRegistered | CoreError::AlreadyBound | CoreError::Disabled) => {
            Ok(Step::Go("/signin".to_owned()))
        }
        other => other,
    };
    here.answer(outcome, Back::to("/signin", "code").keep("code", &code))
}

/// A new sign-in session for one that is over; `itself`: the page's script asks, not a person.
#[server(prefix = "/do", endpoint = "renew")]
pub async fn renew(#[server(default)] itself: String) -> Result<(), ServerFnError> {
    let here = Here::now();
    let view = own_view(&here).await;
    let renewed = async {
        let secrets = here.secrets().ok_or(CoreError::SessionOver)?;
        begin::renew(&here.ctx, &secrets, here.asker(""), itself == "1").await
    };
    // A password that waited too long is forgotten: the form must be filled in again.
    let back = match (&view, renewed.await) {
        (_, Ok(secrets)) => return here.answer(Ok(wait(&here, &secrets)), Back::default()),
        (Ok(Some(view)), Err(e @ CoreError::SessionOver))
            if view.purpose == Purpose::Register && view.status.is_final() =>
        {
            let typed = view.username.clone().unwrap_or_default();
            (Err(e), Back::to("/register", "register").keep("username", &typed))
        }
        (_, Err(e)) => (Err(e), Back::to("/signin", "renew")),
    };
    here.answer(back.0, back.1)
}

async fn own_view(here: &Here) -> Result<Option<View>, CoreError> {
    match here.secrets() {
        Some(secrets) => begin::view(&here.ctx, &secrets).await,
        None => Ok(None),
    }
}
