//! Issues a token to try the public API from its documentation.

use super::{Back, Flash, Step};
use crate::{
    core::{CoreError, account::identity, token},
    dialect::openapi::groups,
    web::page::PageRequest,
};
use leptos::prelude::{ServerFnError, server};

/// How long such a token is valid, in minutes: it is shown on a page.
pub const TRY_MINUTES: i64 = 15;

const DOCS: &str = "/docs";

/// Gives the signed-in user a short-lived token. `back`: the page of the documentation that shows it.
#[server(prefix = "/do", endpoint = "try-token")]
pub async fn try_token(#[server(default)] back: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let is_dialect = |tag: &str| groups(request.lang()).iter().any(|group| group.tag == tag);
    let page = back.strip_prefix("/docs/").filter(|tag| is_dialect(tag)).map_or(DOCS, |_| back.as_str()).to_owned();
    let outcome = async {
        let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
        let openid = identity::find_own(&request.ctx, user.id).await?.map(|identity| identity.openid);
        let token = token::issue_once(&request.ctx, &user, openid.as_deref(), TRY_MINUTES * 60).await?;
        let mut flash = Flash { form: "try".to_owned(), ..Flash::default() };
        flash.keep("token", &token, true);
        request.set_flash(&flash);
        Ok(Step::Redirect(page.clone()))
    };
    request.answer(outcome.await, Back::to(page.clone(), "try"))
}
