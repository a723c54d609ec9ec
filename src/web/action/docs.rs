//! Trying the public API from its documentation.

use super::{Back, Flash, Step};
use crate::{
    core::{CoreError, account::identity, token},
    web::page::Here,
};
use leptos::prelude::{ServerFnError, server};

/// How long a token for trying is good for, in minutes: it is shown on a page.
pub const TRY_MINUTES: i64 = 15;

/// Gives whoever is signed in a token of their own, for a short while.
#[server(prefix = "/do", endpoint = "try-token")]
pub async fn try_token() -> Result<(), ServerFnError> {
    let here = Here::now();
    let outcome = async {
        let user = here.user().await?.ok_or(CoreError::NotSignedIn)?;
        let openid = identity::find_own(&here.ctx, user.id).await?.map(|identity| identity.openid);
        let token = token::issue_once(&here.ctx, &user, openid.as_deref(), TRY_MINUTES * 60).await?;
        let mut flash = Flash { form: "try".to_owned(), ..Flash::default() };
        flash.keep("token", &token, true);
        here.leave(&flash);
        Ok(Step::Go("/docs".to_owned()))
    };
    here.answer(outcome.await, Back::to("/docs", "try"))
}
