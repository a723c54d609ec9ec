//! Actions on the waiting page of a sign-in session: typing a code, and requesting a new session.

use super::{Back, Step, begin::wait};
use crate::{
    core::{
        CoreError, message,
        signin::{Purpose, View, begin, enter_code},
    },
    web::page::{PageRequest, path::with_next},
};
use leptos::prelude::{ServerFnError, server};

/// The third sign-in method: typing a code that the account sent.
#[server(prefix = "/do", endpoint = "code")]
pub async fn code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let secrets = request.secrets().ok_or(CoreError::SessionOver)?;
        let typed = enter_code::enter_code(&request.ctx, &secrets, &code, request.client.address).await?;
        message::answer::notify_signed_in(&request.ctx, typed);
        Ok(Step::Redirect("/signin/done".to_owned()))
    };
    let outcome = match outcome.await {
        // The session has ended; its page explains why better than an error line.
        Err(CoreError::SessionOver | CoreError::AlreadyRegistered | CoreError::AlreadyBound | CoreError::Disabled) => {
            Ok(Step::Redirect("/signin".to_owned()))
        }
        other => other,
    };
    request.answer(outcome, Back::to("/signin", "code").keep("code", &code))
}

/// Replaces an expired sign-in session; `itself`: the page's script requests it, not the user.
#[server(prefix = "/do", endpoint = "renew")]
pub async fn renew(#[server(default)] itself: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let view = own_view(&request).await;
    let renewed = async {
        let secrets = request.secrets().ok_or(CoreError::SessionOver)?;
        begin::renew(&request.ctx, &secrets, request.asker(""), itself == "1").await
    };
    // The password expired with the session: the form must be filled in again.
    let back = match (&view, renewed.await) {
        (Ok(Some(view)), Ok(secrets)) if view.purpose == Purpose::Login => {
            request.set_secrets(&secrets);
            // The page with the password beside the codes; its address tells which page the sign-in leads to.
            let place = with_next("/login", view.next_path.as_deref().unwrap_or_default());
            return request.answer(Ok(Step::Redirect(place)), Back::default());
        }
        (_, Ok(secrets)) => return request.answer(Ok(wait(&request, &secrets)), Back::default()),
        (Ok(Some(view)), Err(e @ CoreError::SessionOver))
            if view.purpose == Purpose::Register && view.status.is_final() =>
        {
            let typed = view.username.clone().unwrap_or_default();
            (Err(e), Back::to("/register", "register").keep("username", &typed))
        }
        (_, Err(e)) => (Err(e), Back::to("/signin", "renew")),
    };
    request.answer(back.0, back.1)
}

async fn own_view(request: &PageRequest) -> Result<Option<View>, CoreError> {
    match request.secrets() {
        Some(secrets) => begin::view(&request.ctx, &secrets).await,
        None => Ok(None),
    }
}
