//! Actions that revoke earlier access to an account after its owner signed in with WeChat.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::{
            User,
            review::{self, Item},
            session::SignInMethod,
        },
    },
    http::session,
    web::{
        page::{
            PageRequest,
            path::{local_path, with_next},
        },
        text::review::Review,
    },
};
use leptos::prelude::{ServerFnError, server};

const PAGE: &str = "/me/review";

/// Revokes one item: `kind` is `password`, `browser`, `tokens` or `rule`.
#[server(prefix = "/do", endpoint = "review-end")]
pub async fn review_end(
    #[server(default)] kind: String,
    #[server(default)] id: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let page = with_next(PAGE, &next);
    let outcome = async {
        let user = reviewer(&request).await?;
        let item = item_of(&kind, &id).ok_or(CoreError::NotFound)?;
        review::end(&request.ctx, &user, item, &session::secret_of(&request.session), &request.address()).await?;
        Ok(Step::redirect_with_notice(page.clone(), Review::of(request.lang()).ended))
    };
    request.answer(outcome.await, Back::to(page.clone(), "review"))
}

/// Revokes everything except this browser.
#[server(prefix = "/do", endpoint = "review-all")]
pub async fn review_all(#[server(default)] next: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = reviewer(&request).await?;
        review::end_all(&request.ctx, &user, &session::secret_of(&request.session), &request.address()).await?;
        Ok(Step::redirect_with_notice(after(&next), Review::of(request.lang()).all_ended))
    };
    request.answer(outcome.await, Back::to(with_next(PAGE, &next), "review"))
}

/// Confirms that everything left belongs to the owner.
#[server(prefix = "/do", endpoint = "review-keep")]
pub async fn review_keep(#[server(default)] next: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        let user = reviewer(&request).await?;
        review::finish(&request.ctx, user.id).await?;
        Ok(Step::Redirect(after(&next)))
    };
    request.answer(outcome.await, Back::to(with_next(PAGE, &next), "review"))
}

/// The signed-in user, if this browser signed in with WeChat; a browser that signed in with a password may not review.
async fn reviewer(request: &PageRequest) -> Result<User, CoreError> {
    let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
    if session::door_of(&request.session).await == Some(SignInMethod::WeChat) {
        Ok(user)
    } else {
        Err(CoreError::Forbidden)
    }
}

fn item_of<'a>(kind: &str, id: &'a str) -> Option<Item<'a>> {
    match kind {
        "password" => Some(Item::Password),
        "browser" => Some(Item::Browser(id)),
        "tokens" => Some(Item::Tokens),
        "rule" => id.parse().ok().map(Item::Rule),
        _ => None,
    }
}

fn after(next: &str) -> String {
    local_path(next).unwrap_or("/me").to_owned()
}
